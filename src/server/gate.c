#include "server/gate.h"

#include "base/units.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void aw_gate_rules_init(struct aw_gate_rules *rules, const struct aw_settings *s,
                        const struct aw_keyring *keys, int64_t since_ns) {
    memset(rules, 0, sizeof *rules);
    rules->packets_per_s = s->sources_udp_packets_per_s;
    rules->require_auth = s->sources_udp_require_auth;
    rules->keys = *keys;
    rules->since_ns = since_ns;
    for (int i = 0; i < s->sources_udp_allow.n; i++) /* the settings hold nothing else than nets */
        rules->n_allow +=
            aw_net4_parse(s->sources_udp_allow.item[i], &rules->allow[rules->n_allow]);
}

static struct aw_gate_rules *copy(const struct aw_gate_rules *rules) {
    struct aw_gate_rules *own = malloc(sizeof *own);
    if (!own) return NULL;
    *own = *rules;
    own->next = NULL;
    memset(own->sender, 0, sizeof own->sender);
    for (int i = 0; i < own->keys.n; i++) own->sender[i].not_before_ns = own->since_ns;
    return own;
}

static void drop(struct aw_gate_rules *list) {
    for (struct aw_gate_rules *next; list; list = next) {
        next = list->next;
        aw_keyring_forget(&list->keys);
        free(list);
    }
}

int aw_gate_open(struct aw_gate *g, const struct aw_gate_rules *rules) {
    memset(g, 0, sizeof *g);
    if (sodium_init() < 0) return AW_ERR_IO;
    g->rules = copy(rules);
    if (!g->rules) return AW_ERR_NOMEM;
    aw_rate_init(&g->rate, rules->packets_per_s, rules->packets_per_s);
    return AW_OK;
}

void aw_gate_close(struct aw_gate *g) {
    drop(atomic_exchange(&g->arriving, NULL));
    drop(atomic_exchange(&g->leaving, NULL));
    drop(g->rules);
    g->rules = NULL;
}

int aw_gate_change(struct aw_gate *g, const struct aw_gate_rules *rules) {
    struct aw_gate_rules *own = copy(rules);
    if (!own) return AW_ERR_NOMEM;
    drop(atomic_exchange(&g->arriving, own)); /* those that never came into effect */
    drop(atomic_exchange(&g->leaving, NULL));
    return AW_OK;
}

/* Keys that stay keep what they know: what came before is still refused. */
static void carry_over(struct aw_gate_rules *next, const struct aw_gate_rules *last) {
    for (int i = 0; i < next->keys.n; i++) {
        const struct aw_key *key = &next->keys.list[i],
                            *old = aw_keyring_find(&last->keys, key->id);
        if (old && memcmp(old->key, key->key, sizeof key->key) == 0)
            next->sender[i] = last->sender[old - last->keys.list];
    }
}

void aw_gate_turn(struct aw_gate *g) {
    if (!atomic_load_explicit(&g->arriving, memory_order_relaxed)) return;
    struct aw_gate_rules *next = atomic_exchange(&g->arriving, NULL), *last = g->rules;
    if (!next) return;
    carry_over(next, last);
    g->rules = next;
    g->rate.per_s = g->rate.burst = next->packets_per_s;
    /* Only this thread adds, and the other takes all of them: the list is as it was read or empty. */
    last->next = atomic_load(&g->leaving);
    while (!atomic_compare_exchange_weak(&g->leaving, &last->next, last)) {
    }
}

static bool allowed(const struct aw_gate_rules *r, uint32_t ip) {
    for (int i = 0; i < r->n_allow; i++)
        if (aw_net4_has(&r->allow[i], ip)) return true;
    return r->n_allow == 0;
}

static int unwrap(struct aw_gate_rules *r, int64_t t_ns, const uint8_t **data, size_t *len) {
    struct aw_signed s;
    if (!aw_signed_is(*data, *len)) return r->require_auth ? AW_ERR_UNSIGNED : AW_OK;
    int err = aw_signed_read(*data, *len, &s);
    if (err != AW_OK) return err;
    const struct aw_key *key = aw_keyring_find(&r->keys, s.key);
    if (!key) return AW_ERR_UNKNOWN_KEY;
    if (!aw_signed_check(*data, *len, key->key)) return AW_ERR_BAD_MAC;
    /* Only now: what nobody signed changes nothing that is known of the sender. */
    struct aw_gate_sender *from = &r->sender[key - r->keys.list];
    if (s.t_ns < from->not_before_ns || s.t_ns < t_ns - AW_GATE_STALE_S * AW_S ||
        s.t_ns > t_ns + AW_GATE_STALE_S * AW_S)
        return AW_ERR_STALE;
    if (!aw_replay_take(&from->window, s.seq)) return AW_ERR_REPLAYED;
    *data = s.inner;
    *len = s.inner_len;
    return AW_OK;
}

int aw_gate_pass(struct aw_gate *g, uint32_t ip, int64_t now_ns, int64_t t_ns, const uint8_t **data,
                 size_t *len) {
    if (!allowed(g->rules, ip)) return AW_ERR_NOT_ALLOWED;
    if (!aw_rate_take(&g->rate, (uint64_t)ip + 1, now_ns)) return AW_ERR_TOO_OFTEN;
    return unwrap(g->rules, t_ns, data, len);
}
