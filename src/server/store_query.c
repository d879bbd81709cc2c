#include "server/store_query.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AUTO_POINTS = 4000 };

enum aw_resolution aw_history_auto(int64_t from_s, int64_t to_s) {
    int64_t span_s = to_s - from_s;
    return span_s <= AUTO_POINTS        ? AW_PER_SECOND
           : span_s <= AUTO_POINTS * 60 ? AW_PER_MINUTE
                                        : AW_PER_HOUR;
}

static void take_series(void *ctx, const struct aw_val *columns, int n) {
    struct aw_history_answer *a = ctx;
    if (n != 2 || a->n_series == AW_HISTORY_SERIES) return;
    a->series[a->n_series].id = aw_val_to_int(&columns[0]);
    snprintf(a->series[a->n_series++].sender, sizeof a->series[0].sender, "%s",
             aw_val_to_text(&columns[1]));
}

static int load_series(struct aw_db *db, const struct aw_history_query *q,
                       struct aw_history_answer *a) {
    char sender[24];
    snprintf(sender, sizeof sender, "%016" PRIx64, q->sender);
    struct aw_val in[] = {aw_val_text(q->room ? "room" : "link"), aw_val_text(q->name),
                          aw_val_text(sender)};
    return aw_db_run(db,
                     q->by_sender ? "SELECT id, origin FROM series WHERE kind = $1 AND name = $2 "
                                    "AND origin = $3"
                                  : "SELECT id, origin FROM series WHERE kind = $1 AND name = $2 "
                                    "ORDER BY id DESC",
                     in, q->by_sender ? 3 : 2, take_series, a);
}

static void take_point(void *ctx, const struct aw_summary *s) {
    struct aw_history_answer *a = ctx;
    if (a->n == a->cap) {
        size_t cap = a->cap ? 2 * a->cap : 256;
        struct aw_summary *more = realloc(a->points, cap * sizeof *more);
        if (!more) return;
        a->points = more;
        a->cap = cap;
    }
    a->points[a->n++] = *s;
}

static int in_order(const void *left, const void *right) {
    const struct aw_summary *a = left, *b = right;
    if (a->t_s != b->t_s) return a->t_s < b->t_s ? -1 : 1;
    if (a->series != b->series) return a->series < b->series ? -1 : 1;
    return (int)a->source - (int)b->source;
}

int aw_history_load(struct aw_db *db, const struct aw_history_query *q,
                    struct aw_history_answer *a) {
    *a = (struct aw_history_answer){.query = q};
    int err = load_series(db, q, a);
    for (int i = 0; i < a->n_series && err == AW_OK; i++)
        err = aw_summary_load(db, q->at, a->series[i].id, q->from_s, q->to_s, AW_HISTORY_POINTS + 1,
                              take_point, a);
    if (a->n) qsort(a->points, a->n, sizeof *a->points, in_order);
    if (a->n > AW_HISTORY_POINTS) {
        a->cut = true;
        a->n = AW_HISTORY_POINTS;
        /* whole times only, so that asking from `next` on shows each point once */
        while (a->n > 1 && a->points[a->n - 1].t_s == a->points[AW_HISTORY_POINTS].t_s) a->n--;
    }
    return err;
}

void aw_history_free(struct aw_history_answer *a) {
    free(a->points);
    a->points = NULL;
}

/* "reason": the commonest, when there is no value at all; "reasons": seconds of each. */
static void reasons(struct aw_json *j, const uint32_t n[AW_REASON_COUNT], bool none) {
    int most = AW_REASON_NONE;
    for (int r = 0; r < AW_REASON_COUNT; r++)
        if (n[r] > n[most]) most = r;
    aw_json_key_str(j, "reason", none && n[most] ? aw_reason_key((enum aw_reason)most) : NULL);
    aw_json_key(j, "reasons");
    aw_json_open(j, '{');
    for (int r = 0; r < AW_REASON_COUNT; r++)
        if (n[r]) aw_json_key_int(j, aw_reason_key((enum aw_reason)r), n[r]);
    aw_json_close(j, '}');
}

struct rate {
    const char *key;
    int64_t n;
    double sum, min, max, confidence_sum;
    const uint32_t *nulls;
};

static void rate(struct aw_json *j, const struct rate *v, double seconds) {
    double n = v->n ? (double)v->n : (double)NAN;
    aw_json_key(j, v->key);
    aw_json_open(j, '{');
    aw_json_key_num(j, "mean", v->sum / n, 2);
    aw_json_key_num(j, "min", v->min, 2);
    aw_json_key_num(j, "max", v->max, 2);
    aw_json_key_num(j, "confidence", v->confidence_sum / n, 3);
    aw_json_key_num(j, "coverage", fmin(1, (double)v->n / seconds), 4);
    reasons(j, v->nulls, v->n == 0);
    aw_json_close(j, '}');
}

static void state(struct aw_json *j, const struct aw_summary *s) {
    double n = (double)s->n, known = (double)(s->empty + s->still + s->moving);
    aw_json_key(j, "state");
    aw_json_open(j, '{');
    aw_json_key_num(j, "empty", (double)s->empty / n, 4);
    aw_json_key_num(j, "still", (double)s->still / n, 4);
    aw_json_key_num(j, "moving", (double)s->moving / n, 4);
    aw_json_key_num(j, "unknown", 1 - known / n, 4);
    aw_json_key_num(j, "confidence", known > 0 ? s->state_confidence_sum / known : (double)NAN, 3);
    aw_json_key_num(j, "experimental", (double)s->experimental / n, 4);
    reasons(j, s->nulls[AW_OF_STATE], !(known > 0));
    aw_json_close(j, '}');
}

static void mean(struct aw_json *j, const char *key, int64_t n, double sum, double max,
                 const uint32_t *nulls) {
    aw_json_key(j, key);
    aw_json_open(j, '{');
    aw_json_key_num(j, "mean", n ? sum / (double)n : (double)NAN, 4);
    if (!isinf(max)) aw_json_key_num(j, "max", max, 4);
    reasons(j, nulls, n == 0);
    aw_json_close(j, '}');
}

static void point(struct aw_json *j, const struct aw_summary *s, double seconds) {
    const struct rate breathing = {"breathing_bpm",          s->breathing_n,
                                   s->breathing_sum,         s->breathing_min,
                                   s->breathing_max,         s->breathing_confidence_sum,
                                   s->nulls[AW_OF_BREATHING]};
    const struct rate heart = {"heart_bpm",          s->heart_n,   s->heart_sum,
                               s->heart_min,         s->heart_max, s->heart_confidence_sum,
                               s->nulls[AW_OF_HEART]};
    aw_json_open(j, '{');
    aw_json_key_int(j, "t", s->t_s);
    aw_json_key_str(j, "source", aw_origin_kind_key(s->source));
    aw_json_key_int(j, "series", s->series);
    aw_json_key_int(j, "n", s->n);
    aw_json_key_num(j, "coverage", fmin(1, (double)s->n / seconds), 4);
    aw_json_key_num(j, "rate_hz", (double)s->frames / (double)s->n, 2);
    state(j, s);
    mean(j, "motion", s->motion_n, s->motion_sum, s->motion_max, s->nulls[AW_OF_MOTION]);
    rate(j, &breathing, seconds);
    rate(j, &heart, seconds);
    mean(j, "persons", s->persons_n, s->persons_sum, HUGE_VAL, s->nulls[AW_OF_PERSONS]);
    aw_json_key_int(j, "apnoea_s", s->apnoea);
    aw_json_key_int(j, "falls", s->falls);
    aw_json_close(j, '}');
}

void aw_history_json(struct aw_json *j, void *answer) {
    const struct aw_history_answer *a = answer;
    const struct aw_history_query *q = a->query;
    aw_json_open(j, '{');
    aw_json_key_str(j, "resolution", aw_resolution_key[q->at]);
    aw_json_key_int(j, "from", q->from_s);
    aw_json_key_int(j, "to", q->to_s);
    aw_json_key_str(j, q->room ? "room" : "link", q->name);
    aw_json_key(j, "series");
    aw_json_open(j, '[');
    for (int i = 0; i < a->n_series; i++) {
        aw_json_open(j, '{');
        aw_json_key_int(j, "id", a->series[i].id);
        aw_json_key_str(j, "sender", q->room ? NULL : a->series[i].sender);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    aw_json_key(j, "points");
    aw_json_open(j, '[');
    for (size_t i = 0; i < a->n; i++) point(j, &a->points[i], (double)aw_resolution_s[q->at]);
    aw_json_close(j, ']');
    aw_json_key(j, "next");
    if (a->cut)
        aw_json_int(j, a->points[a->n - 1].t_s + aw_resolution_s[q->at]);
    else
        aw_json_null(j);
    aw_json_close(j, '}');
}

static void take_event(void *ctx, const struct aw_val *v, int n) {
    struct aw_events_answer *a = ctx;
    if (n != 7 || a->n >= (size_t)a->limit) return;
    struct aw_events_row *r = &a->rows[a->n++];
    r->id = aw_val_to_int(&v[0]);
    struct aw_event *e = &r->event;
    e->t_ms = aw_val_to_int(&v[1]);
    snprintf(e->type, sizeof e->type, "%s", aw_val_to_text(&v[2]));
    snprintf(e->kind, sizeof e->kind, "%s", aw_val_to_text(&v[3]));
    snprintf(e->name, sizeof e->name, "%s", aw_val_to_text(&v[4]));
    snprintf(e->source, sizeof e->source, "%s", aw_val_to_text(&v[5]));
    snprintf(e->detail, sizeof e->detail, "%s", aw_val_to_text(&v[6]));
}

int aw_events_load(struct aw_db *db, const struct aw_events_query *q, struct aw_events_answer *a) {
    *a = (struct aw_events_answer){.limit = q->limit};
    a->rows = calloc((size_t)q->limit, sizeof *a->rows);
    if (!a->rows) return AW_ERR_NOMEM;
    struct aw_val in[] = {aw_val_int(q->before_id), aw_val_int(q->from_ms), aw_val_int(q->to_ms),
                          aw_val_text(q->type),     aw_val_text(q->kind),   aw_val_text(q->name),
                          aw_val_int(q->limit)};
    return aw_db_run(db,
                     "SELECT id, t_ms, type, kind, name, source, detail FROM events "
                     "WHERE id < $1 AND t_ms >= $2 AND t_ms < $3 AND ($4 = '' OR type = $4) "
                     "AND ($5 = '' OR kind = $5) AND ($6 = '' OR name = $6) "
                     "ORDER BY id DESC LIMIT $7",
                     in, 7, take_event, a);
}

void aw_events_free(struct aw_events_answer *a) {
    free(a->rows);
    a->rows = NULL;
}

/* The members of the stored detail, which is an object that this program wrote. */
static void raw_members(struct aw_json *j, const char *object) {
    size_t len = strlen(object);
    bool fine = len >= 2 && object[0] == '{' && object[len - 1] == '}';
    aw_json_key(j, "detail");
    if (!fine || j->len + len >= j->cap) {
        j->overflow = j->overflow || fine;
        aw_json_null(j);
        return;
    }
    memcpy(j->buf + j->len, object, len);
    j->len += len;
    j->comma = true;
}

void aw_events_json(struct aw_json *j, void *answer) {
    const struct aw_events_answer *a = answer;
    aw_json_open(j, '{');
    aw_json_key(j, "events");
    aw_json_open(j, '[');
    for (size_t i = 0; i < a->n; i++) {
        const struct aw_event *e = &a->rows[i].event;
        bool room = strcmp(e->kind, "room") == 0, link = strcmp(e->kind, "link") == 0;
        aw_json_open(j, '{');
        aw_json_key_int(j, "id", a->rows[i].id);
        aw_json_key_num(j, "t", (double)e->t_ms * 1e-3, 3);
        aw_json_key_str(j, "type", e->type);
        aw_json_key_str(j, "room", room ? e->name : NULL);
        aw_json_key_str(j, "link", link ? e->name : NULL);
        aw_json_key_str(j, "source", e->source[0] ? e->source : NULL);
        raw_members(j, e->detail);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    aw_json_key(j, "next");
    if (a->n && a->n == (size_t)a->limit)
        aw_json_int(j, a->rows[a->n - 1].id);
    else
        aw_json_null(j);
    aw_json_close(j, '}');
}
