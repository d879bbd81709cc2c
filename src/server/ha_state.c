#include "server/ha.h"

#include "base/units.h"
#include "server/update_json.h"

#include <math.h>
#include <string.h>
#include <time.h>

enum { QUALITY_MIN_S = 10, QUALITY_LATE_S = 2 }; /* an update comes 0.25 s after its second */

static const struct aw_update nothing = {
    .state_reason = AW_REASON_NO_FRAMES,
    .motion = {NAN, NAN, AW_REASON_NO_FRAMES},
    .motion_threshold = NAN,
    .speed_mps = {NAN, NAN, AW_REASON_NO_FRAMES},
    .breathing_bpm = {NAN, NAN, AW_REASON_NO_FRAMES},
    .heart_bpm = {NAN, NAN, AW_REASON_NO_FRAMES},
    .persons = {NAN, NAN, AW_REASON_NO_FRAMES},
    .breathing_wave = NAN,
};

static struct aw_ha_view view_link(const struct aw_board_link *l, int64_t now_ns) {
    return (struct aw_ha_view){l->has_update ? &l->update : NULL, l,
                               l->has_update ? aw_board_link_reason(l, now_ns)
                                             : AW_REASON_WARMING_UP,
                               l->origin, l->seen_wall_ns};
}

/* A room of which one link alone is left says what that link says: no update is made for it. */
static struct aw_ha_view view_room(const struct aw_ha *h, const struct aw_board_room *r,
                                   int64_t now_ns) {
    struct aw_ha_view v = {&r->update, NULL, aw_board_room_reason(r, now_ns), r->origin, 0};
    const struct aw_board_link *last = NULL;
    int fresh = 0;
    for (size_t i = 0; i < AW_BOARD_LINKS; i++) {
        const struct aw_board_link *l = &h->board->links[i];
        if (!l->used || !l->has_info || l->room != r->id) continue;
        if (l->seen_wall_ns > v.seen_ns) v.seen_ns = l->seen_wall_ns;
        if (!aw_board_fresh(l, now_ns)) continue;
        fresh++;
        last = l;
    }
    if (fresh == 0) v.why = AW_REASON_NO_FRAMES;
    if (fresh == 1 && v.why != AW_REASON_NONE) {
        v = view_link(last, now_ns);
        v.link = NULL;
    }
    return v;
}

struct aw_ha_view aw_ha_view(const struct aw_ha *h, const struct aw_ha_place *p, int64_t now_ns) {
    struct aw_ha_view none = {NULL, NULL, AW_REASON_NO_FRAMES, AW_SOURCE_LIVE, p->seen_ns};
    if (!p->present) return none;
    if (p->kind == AW_HA_KIND_LINK) return view_link(&h->board->links[p->slot], now_ns);
    if (p->kind == AW_HA_KIND_ROOM) return view_room(h, &h->board->rooms[p->slot], now_ns);
    return none;
}

static uint64_t shifted(uint64_t bits, int64_t by) {
    return by >= 64 ? 0 : by > 0 ? bits << by : bits;
}

void aw_ha_note_second(struct aw_ha_place *p, bool known, int64_t wall_ns) {
    int64_t s = wall_ns / AW_S;
    if (!p->known_first_s || s < p->known_s) { /* the first, or the clock was set back */
        p->known_first_s = p->known_s = s;
        p->known = 0;
    }
    p->known = shifted(p->known, s - p->known_s) | known;
    p->known_s = s;
}

double aw_ha_quality(const struct aw_ha_place *p, int64_t now_ns) {
    int64_t now_s = now_ns / AW_S, late_s = now_s - p->known_s - QUALITY_LATE_S;
    int64_t n = now_s - p->known_first_s + 1 - (late_s > 0 ? QUALITY_LATE_S : now_s - p->known_s);
    if (!p->known_first_s || n < QUALITY_MIN_S) return NAN;
    if (n > AW_HA_WINDOW_S) n = AW_HA_WINDOW_S;
    uint64_t bits = shifted(p->known, late_s) & (~0ull >> (64 - n));
    return 100.0 * __builtin_popcountll(bits) / (double)n;
}

static void key_reason(struct aw_json *j, const char *key, enum aw_reason r) {
    aw_json_key_str(j, key, r == AW_REASON_NONE ? NULL : aw_reason_key(r));
}

static void key_time(struct aw_json *j, const char *key, int64_t t_ns) {
    char text[32];
    struct tm tm;
    time_t t = t_ns / AW_S;
    if (t_ns > 0 && gmtime_r(&t, &tm) && strftime(text, sizeof text, "%FT%TZ", &tm))
        aw_json_key_str(j, key, text);
    else
        aw_json_key_str(j, key, NULL);
}

static uint64_t mix(uint64_t sign, uint64_t value) {
    return (sign ^ value) * 0x100000001B3ull; /* FNV-1a's prime, by words */
}

static void sensing(struct aw_json *j, const struct aw_ha_place *p, const struct aw_ha_view *v,
                    int64_t now_ns, uint64_t *sign) {
    const struct aw_update *u = v->update ? v->update : &nothing;
    bool known = v->why == AW_REASON_NONE && u->state != AW_STATE_NULL;
    enum aw_reason why = v->why != AW_REASON_NONE ? v->why
                         : known                  ? AW_REASON_NONE
                         : u->state_reason        ? u->state_reason
                                                  : AW_REASON_WARMING_UP;
    bool fell = p->fall_ns && now_ns - p->fall_ns < (int64_t)AW_HA_FALL_S * AW_S;
    aw_json_key_str(j, "presence", !known ? NULL : u->state == AW_STATE_EMPTY ? "OFF" : "ON");
    aw_json_key_str(j, "motion", !known ? NULL : u->state == AW_STATE_MOVING ? "ON" : "OFF");
    aw_json_key_str(j, "fall_alarm", fell ? "ON" : known ? "OFF" : NULL);
    key_reason(j, "fall_reason", fell ? AW_REASON_NONE : why);
    key_time(j, "fall_time", p->fall_ns);
    double quality = aw_ha_quality(p, now_ns);
    aw_json_key(j, "signal_quality_percent");
    aw_json_num(j, quality, 0);
    key_reason(j, "signal_quality_reason", isnan(quality) ? AW_REASON_WARMING_UP : AW_REASON_NONE);
    aw_update_json(j, u, v->why);
    *sign = mix(mix(mix(*sign, known ? u->state : 0), why), fell);
    *sign = mix(*sign, known && u->apnoea);
}

static void node(struct aw_json *j, const struct aw_ha_place *p, const struct aw_ha_view *v,
                 int64_t now_ns) {
    const struct aw_link_info *i = v->link ? &v->link->info : NULL;
    bool fresh = v->link && aw_board_fresh(v->link, now_ns);
    int64_t seen_ns = v->link ? v->link->seen_wall_ns : p->seen_ns;
    /* While frames arrive it is of no use to the second, and would fill a history. */
    if (fresh) seen_ns -= seen_ns % (60 * AW_S);
    aw_json_key(j, "rate_hz");
    aw_json_num(j, fresh ? (double)i->rate_hz : NAN, 1);
    key_reason(j, "rate_reason",
               !fresh              ? AW_REASON_NO_FRAMES
               : isnan(i->rate_hz) ? AW_REASON_WARMING_UP
                                   : AW_REASON_NONE);
    aw_json_key(j, "rssi_dbm");
    aw_json_num(j, fresh ? (double)i->rssi_dbm : NAN, 0);
    key_time(j, "last_seen", seen_ns);
    static const char *const keys[] = {"frames", "lost", "refused"};
    const uint64_t counts[] = {i ? i->frames : 0, i ? i->lost : 0,
                               i ? i->duplicates + i->reordered : 0};
    for (int k = 0; k < 3; k++) {
        aw_json_key(j, keys[k]);
        if (i)
            aw_json_uint(j, counts[k]);
        else
            aw_json_null(j);
    }
}

static void server(struct aw_json *j, const struct aw_ha *h, int64_t now_ns) {
    uint64_t links = 0, refused[AW_ERR_COUNT] = {0}, all = 0;
    for (size_t i = 0; i < AW_BOARD_LINKS; i++)
        links += h->board->links[i].used && aw_board_fresh(&h->board->links[i], now_ns);
    for (size_t s = 0; s < AW_BOARD_SOURCES; s++)
        for (int e = 1; e < AW_ERR_COUNT; e++) {
            refused[e] += h->board->sources[s].counts.refused[e];
            all += h->board->sources[s].counts.refused[e];
        }
    aw_json_key(j, "links");
    aw_json_uint(j, links);
    aw_json_key(j, "refused");
    aw_json_uint(j, all);
    aw_json_key(j, "refused_by_reason");
    aw_refused_json(j, refused);
}

void aw_ha_state(struct aw_json *j, const struct aw_ha *h, const struct aw_ha_place *p,
                 unsigned groups, int64_t now_ns, uint64_t *sign) {
    struct aw_ha_view v = aw_ha_view(h, p, now_ns);
    bool is_server = p->kind == AW_HA_KIND_SERVER;
    *sign = mix(mix(0xCBF29CE484222325ull, v.origin), p->present);
    aw_json_open(j, '{');
    aw_json_key_str(j, "source",
                    is_server    ? aw_board_origin(h->board, now_ns)
                    : p->present ? aw_origin_kind_key(v.origin)
                                 : NULL);
    key_reason(j, "reason",
               is_server || (p->present && now_ns - v.seen_ns <= AW_BOARD_STALE_S * AW_S)
                   ? AW_REASON_NONE
                   : AW_REASON_NO_FRAMES);
    if (groups & AW_HA_BRIDGE) server(j, h, now_ns);
    if (groups & AW_HA_NODE) node(j, p, &v, now_ns);
    if (groups & AW_HA_SENSING) sensing(j, p, &v, now_ns, sign);
    aw_json_close(j, '}');
}
