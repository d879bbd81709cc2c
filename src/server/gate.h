/* Which datagrams come in: those of senders that are allowed, and no more than one sender may send.
 *
 *     loop thread: aw_gate_change() --arriving--> aw_gate_turn() : sensing thread
 *                  frees            <--leaving--
 *
 * The sensing thread neither waits, nor allocates, nor frees. */
#ifndef AW_SERVER_GATE_H
#define AW_SERVER_GATE_H

#include "server/net4.h"
#include "server/rate.h"
#include "server/settings.h"

#include <stdatomic.h>

struct aw_gate_rules {
    int n_allow; /* 0: everybody may send */
    struct aw_net4 allow[AW_SETTING_ITEMS];
    double packets_per_s;       /* of one address; as many again at once */
    struct aw_gate_rules *next; /* of those that leave */
};

struct aw_gate {
    struct aw_gate_rules *rules;                       /* the sensing thread's */
    struct aw_rate rate;                               /* likewise */
    _Atomic(struct aw_gate_rules *) arriving, leaving; /* leaving: a list */
};

/* The rules of the settings. */
void aw_gate_rules_init(struct aw_gate_rules *rules, const struct aw_settings *s);

/* rules are copied. Errors: NOMEM. */
AW_MUST_USE int aw_gate_open(struct aw_gate *g, const struct aw_gate_rules *rules);
/* No thread may use it any more. Fine when it was never opened (all zero). */
void aw_gate_close(struct aw_gate *g);

/* Loop thread: other rules, from the next aw_gate_turn() on. Errors: NOMEM. */
AW_MUST_USE int aw_gate_change(struct aw_gate *g, const struct aw_gate_rules *rules);

/* Sensing thread: the newest rules count from now on. */
void aw_gate_turn(struct aw_gate *g);

/* Sensing thread: a datagram from ip (host order) at now_ns of a clock that does not jump. AW_OK
 * lets it in; NOT_ALLOWED, TOO_OFTEN. */
AW_MUST_USE int aw_gate_pass(struct aw_gate *g, uint32_t ip, int64_t now_ns);

#endif
