#include "server/gate.h"

#include <stdlib.h>
#include <string.h>

void aw_gate_rules_init(struct aw_gate_rules *rules, const struct aw_settings *s) {
    memset(rules, 0, sizeof *rules);
    rules->packets_per_s = s->sources_udp_packets_per_s;
    for (int i = 0; i < s->sources_udp_allow.n; i++) /* the settings hold nothing else than nets */
        rules->n_allow +=
            aw_net4_parse(s->sources_udp_allow.item[i], &rules->allow[rules->n_allow]);
}

static struct aw_gate_rules *copy(const struct aw_gate_rules *rules) {
    struct aw_gate_rules *own = malloc(sizeof *own);
    if (own) *own = *rules, own->next = NULL;
    return own;
}

int aw_gate_open(struct aw_gate *g, const struct aw_gate_rules *rules) {
    memset(g, 0, sizeof *g);
    g->rules = copy(rules);
    if (!g->rules) return AW_ERR_NOMEM;
    aw_rate_init(&g->rate, rules->packets_per_s, rules->packets_per_s);
    return AW_OK;
}

static void free_all(struct aw_gate_rules *r) {
    for (struct aw_gate_rules *next; r; r = next) {
        next = r->next;
        free(r);
    }
}

void aw_gate_close(struct aw_gate *g) {
    free(atomic_exchange(&g->arriving, NULL));
    free_all(atomic_exchange(&g->leaving, NULL));
    free(g->rules);
    g->rules = NULL;
}

int aw_gate_change(struct aw_gate *g, const struct aw_gate_rules *rules) {
    struct aw_gate_rules *own = copy(rules);
    if (!own) return AW_ERR_NOMEM;
    free(atomic_exchange(&g->arriving, own)); /* those that never came into effect */
    free_all(atomic_exchange(&g->leaving, NULL));
    return AW_OK;
}

void aw_gate_turn(struct aw_gate *g) {
    if (!atomic_load_explicit(&g->arriving, memory_order_relaxed)) return;
    struct aw_gate_rules *next = atomic_exchange(&g->arriving, NULL), *last = g->rules;
    if (!next) return;
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

int aw_gate_pass(struct aw_gate *g, uint32_t ip, int64_t now_ns) {
    if (!allowed(g->rules, ip)) return AW_ERR_NOT_ALLOWED;
    if (!aw_rate_take(&g->rate, (uint64_t)ip + 1, now_ns)) return AW_ERR_TOO_OFTEN;
    return AW_OK;
}
