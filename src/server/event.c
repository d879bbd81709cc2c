#include "server/event.h"

#include "base/units.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct aw_event aw_event_make(int64_t now_ns, const char *type, const char *detail_format, ...) {
    struct aw_event e = {.t_ms = now_ns / AW_MS};
    va_list args;
    snprintf(e.type, sizeof e.type, "%s", type);
    va_start(args, detail_format);
    int n = vsnprintf(e.detail, sizeof e.detail, detail_format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof e.detail) snprintf(e.detail, sizeof e.detail, "{}");
    return e;
}

static void tell_about(const struct aw_event_subject *s, struct aw_event e, aw_event_tell *tell,
                       void *ctx) {
    snprintf(e.kind, sizeof e.kind, "%s", s->room ? "room" : "link");
    snprintf(e.name, sizeof e.name, "%s", s->name);
    snprintf(e.source, sizeof e.source, "%s", aw_origin_kind_key(s->origin));
    tell(ctx, &e);
}

static struct aw_event_subject *find(struct aw_event_watch *w, bool room, uint32_t id, bool make) {
    struct aw_event_subject *unused = NULL;
    for (int i = 0; i < AW_EVENT_SUBJECTS; i++) {
        struct aw_event_subject *s = &w->subjects[i];
        if (s->used && s->room == room && s->id == id) return s;
        if (!s->used && !unused) unused = s;
    }
    if (!make) return NULL;
    if (!unused) {
        w->ignored++;
        return NULL;
    }
    *unused = (struct aw_event_subject){.used = true, .room = room, .id = id};
    return unused;
}

static const char *state_key(enum aw_state s) {
    return s == AW_STATE_NULL ? "null" : aw_state_key(s);
}

static void quote(const char *word, char out[24]) {
    snprintf(out, 24, strcmp(word, "null") == 0 ? "%s" : "\"%s\"", word);
}

static void on_update(struct aw_event_subject *s, const struct aw_msg *m, aw_event_tell *tell,
                      void *ctx) {
    const struct aw_update *u = &m->update;
    int64_t now = m->wall_ns;
    if (!s->has_state || u->state != s->state) {
        char from[24], to[24], why[48] = "null";
        quote(s->has_state ? state_key(s->state) : "null", from);
        quote(state_key(u->state), to);
        if (u->state == AW_STATE_NULL)
            snprintf(why, sizeof why, "\"%s\"", aw_reason_key(u->state_reason));
        double sure = u->state == AW_STATE_NULL ? NAN : (double)u->state_confidence;
        char confidence[16] = "null";
        if (isfinite(sure)) snprintf(confidence, sizeof confidence, "%.3f", sure);
        bool first_null = !s->has_state && u->state == AW_STATE_NULL; /* nothing changed */
        if (!first_null)
            tell_about(s,
                       aw_event_make(now, "state",
                                     "{\"from\":%s,\"to\":%s,\"reason\":%s,\"confidence\":%s,"
                                     "\"experimental\":%s}",
                                     from, to, why, confidence,
                                     u->state_experimental ? "true" : "false"),
                       tell, ctx);
        s->has_state = true;
        s->state = u->state;
    }
    if (u->fall) tell_about(s, aw_event_make(now, "fall", "{\"experimental\":true}"), tell, ctx);
    if (u->apnoea != s->apnoea)
        tell_about(s, aw_event_make(now, u->apnoea ? "apnoea" : "apnoea-end", "{}"), tell, ctx);
    s->apnoea = u->apnoea;
}

static void on_link(struct aw_event_subject *s, const struct aw_msg *m, aw_event_tell *tell,
                    void *ctx) {
    const struct aw_link_info *i = &m->link_info.info;
    bool is_new = !s->name[0], alive = i->frames != s->frames;
    snprintf(s->name, sizeof s->name, "%s", m->link_info.name);
    s->sender = i->origin;
    s->frames = i->frames;
    if (alive) s->seen_ns = m->wall_ns;
    if (is_new && alive) {
        tell_about(s,
                   aw_event_make(m->wall_ns, "node-appeared", "{\"format\":\"%s\",\"channel\":%u}",
                                 aw_format_key(i->format), i->channel),
                   tell, ctx);
    } else if (s->silent && alive) {
        s->silent = false;
        tell_about(s, aw_event_make(m->wall_ns, "node-returned", "{}"), tell, ctx);
    }
}

/* One that was restored after a start was armed long ago, and is no event. */
static void on_calibration(struct aw_event_subject *s, const struct aw_msg *m, aw_event_tell *tell,
                           void *ctx) {
    int64_t at_ns = m->link_info.calibrated_ns;
    bool armed = at_ns && at_ns != s->calibrated_ns && m->wall_ns - at_ns < 60 * AW_S;
    bool removed = !at_ns && s->calibrated_ns;
    s->calibrated_ns = at_ns;
    if (armed || removed)
        tell_about(s,
                   aw_event_make(m->wall_ns, "calibration", "{\"state\":\"%s\"}",
                                 armed ? "armed" : "removed"),
                   tell, ctx);
}

static void go_silent(struct aw_event_subject *s, int64_t now_ns, const char *why,
                      aw_event_tell *tell, void *ctx) {
    double silent_s = now_ns > s->seen_ns ? (double)(now_ns - s->seen_ns) * 1e-9 : 0;
    tell_about(s,
               aw_event_make(now_ns, "node-silent", "{\"silent_s\":%.1f,\"reason\":\"%s\"}",
                             silent_s, why),
               tell, ctx);
    s->silent = true;
}

const struct aw_event_subject *aw_event_push(struct aw_event_watch *w, const struct aw_msg *m,
                                             aw_event_tell *tell, void *ctx) {
    struct aw_event_subject *s;
    switch (m->kind) {
    case AW_MSG_LINK:
        if (!(s = find(w, false, m->link, true))) return NULL;
        s->origin = m->origin;
        on_link(s, m, tell, ctx);
        on_calibration(s, m, tell, ctx);
        return s;
    case AW_MSG_UPDATE:
        s = find(w, false, m->link, false);
        if (!s || !s->name[0]) return NULL;
        s->origin = m->origin;
        on_update(s, m, tell, ctx);
        return s;
    case AW_MSG_ROOM:
        if (!m->wall_ns || !(s = find(w, true, m->link, true))) return NULL; /* 0: lane closed */
        if (m->room.key[0])
            snprintf(s->name, sizeof s->name, "%s", m->room.key);
        else
            snprintf(s->name, sizeof s->name, "%u", m->link);
        s->origin = m->origin;
        on_update(s, m, tell, ctx);
        return s;
    case AW_MSG_GONE:
    case AW_MSG_REPORT:
        if ((s = find(w, false, m->link, false))) {
            if (!s->silent && s->name[0])
                go_silent(s, m->wall_ns ? m->wall_ns : s->seen_ns, "gone", tell, ctx);
            s->used = false;
        }
        return NULL;
    default:
        return NULL;
    }
}

void aw_event_second(struct aw_event_watch *w, int64_t now_ns, aw_event_tell *tell, void *ctx) {
    for (int i = 0; i < AW_EVENT_SUBJECTS; i++) {
        struct aw_event_subject *s = &w->subjects[i];
        if (s->used && !s->room && !s->silent && s->name[0] &&
            now_ns - s->seen_ns > AW_EVENT_SILENT_S * AW_S)
            go_silent(s, now_ns, "no-frames", tell, ctx);
    }
}
