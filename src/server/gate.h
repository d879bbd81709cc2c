/* Which datagrams come in: those of senders that are allowed, no more than one sender may send, and
 * of those that are signed (signed.h) the ones that are right, new and not sent before.
 *
 *     loop thread: aw_gate_change() --arriving--> aw_gate_turn() : sensing thread
 *                  frees            <--leaving--
 *
 * The sensing thread neither waits, nor allocates, nor frees. */
#ifndef AW_SERVER_GATE_H
#define AW_SERVER_GATE_H

#include "server/keyring.h"
#include "server/net4.h"
#include "server/rate.h"
#include "server/replay_window.h"
#include "server/settings.h"

#include <stdatomic.h>

/* A signed datagram is at most this old, or early. A clock of 40 ppm that was set a week ago is off
 * by 24 s; the network and the sender's queue take the rest. */
enum { AW_GATE_STALE_S = 30 };

struct aw_gate_rules {
    int n_allow; /* 0: everybody may send */
    struct aw_net4 allow[AW_SETTING_ITEMS];
    double packets_per_s; /* of one address; as many again at once */
    bool require_auth;    /* what is not signed is refused */
    struct aw_keyring keys;
    int64_t since_ns; /* Unix time at which these rules were made */

    /* the sensing thread's */
    struct aw_gate_sender {
        int64_t
            not_before_ns; /* what was sent before may have been taken before, by the last server */
        struct aw_replay_window window;
    } sender[AW_KEYS_MAX];      /* as the keys */
    struct aw_gate_rules *next; /* of those that leave */
};

struct aw_gate {
    struct aw_gate_rules *rules;                       /* the sensing thread's */
    struct aw_rate rate;                               /* likewise */
    _Atomic(struct aw_gate_rules *) arriving, leaving; /* leaving: a list */
};

/* The rules of the settings; keys are copied. */
void aw_gate_rules_init(struct aw_gate_rules *rules, const struct aw_settings *s,
                        const struct aw_keyring *keys, int64_t since_ns);

/* rules are copied. Errors: NOMEM, IO. */
AW_MUST_USE int aw_gate_open(struct aw_gate *g, const struct aw_gate_rules *rules);
/* No thread may use it any more. Fine when it was never opened (all zero). */
void aw_gate_close(struct aw_gate *g);

/* Loop thread: other rules, from the next aw_gate_turn() on. Errors: NOMEM. */
AW_MUST_USE int aw_gate_change(struct aw_gate *g, const struct aw_gate_rules *rules);

/* Sensing thread: the newest rules count from now on. */
void aw_gate_turn(struct aw_gate *g);

/* Sensing thread: a datagram from ip (host order), at now_ns of a clock that does not jump and Unix
 * time t_ns. AW_OK lets it in: of a signed one, *data and *len are what is inside from then on.
 * Errors: NOT_ALLOWED, TOO_OFTEN, UNSIGNED, UNKNOWN_KEY, BAD_MAC, STALE, REPLAYED, and those of
 * aw_signed_read(). */
AW_MUST_USE int aw_gate_pass(struct aw_gate *g, uint32_t ip, int64_t now_ns, int64_t t_ns,
                             const uint8_t **data, size_t *len);

#endif
