#include "server/ruview_view.h"

#include "server/ruview_model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void key_open(struct aw_json *j, const char *key, char bracket) {
    aw_json_key(j, key);
    aw_json_open(j, bracket);
}

static void key_empty(struct aw_json *j, const char *key) {
    key_open(j, key, '[');
    aw_json_close(j, ']');
}

static void model_of(struct aw_ruview_model *m, const struct aw_http *h) {
    aw_ruview_model(m, h->board, aw_loop_wall_ns());
}

/* NAN unless the value may be shown. */
static double shown(const struct aw_update *u, enum aw_reason why, const struct aw_estimate *e) {
    return u && why == AW_REASON_NONE && e->reason == AW_REASON_NONE ? (double)e->value
                                                                     : (double)NAN;
}

static double persons(const struct aw_ruview_model *m) {
    return shown(m->update, m->why, m->update ? &m->update->persons : NULL);
}

static double breathing_bpm(const struct aw_update *u, enum aw_reason why) {
    return shown(u, why, u ? &u->breathing_bpm : NULL);
}

static double worth(const struct aw_update *u, enum aw_reason why, const struct aw_estimate *e) {
    return isnan(shown(u, why, e)) ? (double)NAN : fmin(fmax((double)e->confidence, 0), 1);
}

static double state_confidence(const struct aw_update *u, enum aw_reason why) {
    if (!u || why != AW_REASON_NONE || u->state == AW_STATE_NULL) return NAN;
    return fmin(fmax((double)u->state_confidence, 0), 1);
}

static void features(struct aw_json *j, const struct aw_ruview_features *f, double breathing) {
    key_open(j, "features", '{');
    aw_json_key_num(j, "mean_rssi", f->mean_rssi, 1);
    aw_json_key_num(j, "variance", f->variance, 4);
    aw_json_key_num(j, "motion_band_power", f->motion_band_power, 4);
    aw_json_key_null(j, "breathing_band_power"); /* the rows kept are shorter than a breath */
    aw_json_key_num(j, "dominant_freq_hz", breathing / 60, 3);
    aw_json_key_null(j, "change_points");
    aw_json_key_num(j, "spectral_power", f->spectral_power, 4);
    aw_json_close(j, '}');
}

static void classification(struct aw_json *j, const struct aw_update *u, enum aw_reason why) {
    bool known = !isnan(state_confidence(u, why));
    key_open(j, "classification", '{');
    aw_json_key_str(j, "motion_level", aw_ruview_level(u, why));
    aw_json_key(j, "presence");
    if (known)
        aw_json_bool(j, u->state != AW_STATE_EMPTY);
    else
        aw_json_null(j);
    aw_json_key_num(j, "confidence", state_confidence(u, why), 3);
    aw_json_key_bool(j, "fall_detected", u && why == AW_REASON_NONE && u->fall);
    aw_json_close(j, '}');
}

/* Theirs, then the names that the phone app and the desktop app read. */
static void vital_signs(struct aw_json *j, const struct aw_ruview_model *m) {
    const struct aw_update *u = m->update;
    double breathing = breathing_bpm(u, m->why), heart = shown(u, m->why, u ? &u->heart_bpm : NULL);
    key_open(j, "vital_signs", '{');
    aw_json_key_num(j, "breathing_rate_bpm", breathing, 2);
    aw_json_key_num(j, "heart_rate_bpm", heart, 1);
    aw_json_key_num(j, "breathing_confidence", worth(u, m->why, u ? &u->breathing_bpm : NULL), 3);
    aw_json_key_num(j, "heartbeat_confidence", worth(u, m->why, u ? &u->heart_bpm : NULL), 3);
    aw_json_key_null(j, "signal_quality");
    aw_json_key_num(j, "breathing_bpm", breathing, 2);
    aw_json_key_num(j, "hr_proxy_bpm", heart, 1);
    aw_json_key_num(j, "breathing_rate_hz", breathing / 60, 4);
    aw_json_close(j, '}');
}

static void amplitudes(struct aw_json *j, const struct aw_board_link *l, bool fresh) {
    key_open(j, "amplitude", '[');
    if (fresh && l->next_row > l->first_row) {
        const struct aw_board_row *row = &l->rows[(l->next_row - 1) % AW_BOARD_ROWS];
        unsigned step = (l->n + AW_RUVIEW_AMPLITUDES - 1u) / AW_RUVIEW_AMPLITUDES;
        for (unsigned i = 0; i < l->n; i += step)
            aw_json_num(j, (double)row->amp[i] / 255 * (double)row->max, 2);
    }
    aw_json_close(j, ']');
}

static void nodes(struct aw_json *j, const struct aw_ruview_model *m) {
    key_open(j, "nodes", '[');
    for (size_t i = 0; i < m->n_nodes; i++) {
        const struct aw_ruview_node *n = &m->node[i];
        if (!aw_board_fresh(n->link, m->now_ns)) continue;
        aw_json_open(j, '{');
        aw_json_key_uint(j, "node_id", n->id);
        aw_json_key_num(j, "rssi_dbm", n->features.mean_rssi, 1);
        amplitudes(j, n->link, true);
        aw_json_key_uint(j, "subcarrier_count", n->link->info.n_live);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
}

static double seen_ms(const struct aw_ruview_model *m, const struct aw_ruview_node *n) {
    return 1e3 * aw_board_age_s(n->link, m->now_ns);
}

static enum aw_reason node_why(const struct aw_ruview_model *m, const struct aw_ruview_node *n) {
    return n->link->has_update ? aw_board_link_reason(n->link, m->now_ns) : AW_REASON_WARMING_UP;
}

static void node_features(struct aw_json *j, const struct aw_ruview_model *m) {
    key_open(j, "node_features", '[');
    for (size_t i = 0; i < m->n_nodes; i++) {
        const struct aw_ruview_node *n = &m->node[i];
        const struct aw_update *u = &n->link->update;
        enum aw_reason why = node_why(m, n);
        bool fresh = aw_board_fresh(n->link, m->now_ns);
        aw_json_open(j, '{');
        aw_json_key_uint(j, "node_id", n->id);
        features(j, &n->features, breathing_bpm(u, why));
        classification(j, u, why);
        aw_json_key_num(j, "rssi_dbm", n->features.mean_rssi, 1);
        aw_json_key_num(j, "last_seen_ms", seen_ms(m, n), 0);
        aw_json_key_num(j, "frame_rate_hz", fresh ? (double)n->link->info.rate_hz : (double)NAN, 1);
        aw_json_key_bool(j, "stale", !fresh);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
}

/* What both of their streams carry. */
static void everything(struct aw_json *j, const struct aw_ruview_model *m) {
    nodes(j, m);
    features(j, &m->features, breathing_bpm(m->update, m->why));
    classification(j, m->update, m->why);
    key_open(j, "signal_field", '{'); /* one link cannot say where; no picture is drawn */
    key_empty(j, "grid_size");
    key_empty(j, "values");
    aw_json_close(j, '}');
    vital_signs(j, m);
    if (!isnan(persons(m))) aw_json_key_num(j, "estimated_persons", persons(m), 0);
    key_empty(j, "persons");
    node_features(j, m);
}

void aw_ruview_sensing(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    struct aw_ruview_model m;
    model_of(&m, h);
    aw_json_open(j, '{');
    aw_json_key_str(j, "type", "sensing_update");
    aw_json_key_num(j, "timestamp", (double)m.now_ns * 1e-9, 3);
    aw_json_key_str(j, "source", m.source);
    aw_json_key_uint(j, "tick", h->board->updates);
    everything(j, &m);
    aw_json_close(j, '}');
}

/* "2026-01-31T12:34:56.789Z": their page reads a number as ms, the phone as s. */
static void key_time(struct aw_json *j, const char *key, int64_t t_ns) {
    time_t s = (time_t)(t_ns / 1000000000);
    struct tm tm;
    char text[48];
    gmtime_r(&s, &tm);
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + n, sizeof text - n, ".%03dZ", (int)(t_ns % 1000000000 / 1000000));
    aw_json_key_str(j, key, text);
}

static void pose_metadata(struct aw_json *j, const struct aw_http *h,
                          const struct aw_ruview_model *m) {
    char id[32];
    snprintf(id, sizeof id, "%llu", (unsigned long long)h->board->updates);
    key_open(j, "metadata", '{');
    aw_json_key_str(j, "frame_id", id);
    aw_json_key_str(j, "source", m->source);
    aw_json_key_uint(j, "tick", h->board->updates);
    aw_json_key_num(j, "signal_strength", m->features.mean_rssi, 1);
    aw_json_key_num(j, "motion_band_power", m->features.motion_band_power, 4);
    aw_json_key_null(j, "breathing_band_power");
    aw_json_key_num(j, "estimated_persons", persons(m), 0);
    aw_json_close(j, '}');
}

void aw_ruview_pose(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    struct aw_ruview_model m;
    model_of(&m, h);
    aw_json_open(j, '{');
    aw_json_key_str(j, "type", "pose_data");
    aw_json_key_str(j, "zone_id", "all");
    key_time(j, "timestamp", m.now_ns);
    aw_json_key_str(j, "source", m.source);
    aw_json_key_uint(j, "tick", h->board->updates);
    key_open(j, "payload", '{');
    key_open(j, "pose", '{');
    key_empty(j, "persons");
    aw_json_close(j, '}');
    aw_json_key_num(j, "confidence", state_confidence(m.update, m.why), 3);
    aw_json_key_str(j, "activity", aw_ruview_level(m.update, m.why));
    aw_json_key_str(j, "pose_source", "none");
    pose_metadata(j, h, &m);
    aw_json_close(j, '}');
    everything(j, &m);
    aw_json_close(j, '}');
}

/* Their names of regimes; moving is what is not stationary. */
static const char *regime(const struct aw_ruview_model *m) {
    if (!m->update || m->why != AW_REASON_NONE) return "unknown";
    if (m->update->state == AW_STATE_MOVING) return "transient";
    if (m->update->breathing_bpm.reason == AW_REASON_NONE) return "periodic";
    return m->update->state == AW_STATE_EMPTY ? "idle" : "unknown";
}

static uint64_t frames(const struct aw_board *b) {
    uint64_t n = 0;
    for (size_t i = 0; i < AW_BOARD_LINKS; i++)
        if (b->links[i].used) n += b->links[i].info.frames;
    return n;
}

void aw_ruview_introspection(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    struct aw_ruview_model m;
    model_of(&m, h);
    aw_json_open(j, '{');
    aw_json_key_uint(j, "timestamp_ns", (uint64_t)m.now_ns);
    aw_json_key_uint(j, "frame_count", frames(h->board));
    aw_json_key_str(j, "regime", regime(&m));
    aw_json_key_null(j, "lyapunov_exponent");
    aw_json_key_null(j, "attractor_dim");
    aw_json_key_null(j, "attractor_confidence");
    aw_json_key_null(j, "regime_changed");
    key_empty(j, "top_k_similarity");
    aw_json_key_str(j, "source", m.source);
    aw_json_close(j, '}');
}

void aw_ruview_status(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    struct aw_ruview_model m;
    model_of(&m, h);
    const char *why = aw_board_not_ready(h->board);
    aw_json_open(j, '{');
    aw_json_key_str(j, "status", why ? "not-ready" : "ready");
    aw_json_key_str(j, "reason", why);
    aw_json_key_str(j, "source", m.source);
    aw_json_close(j, '}');
}

void aw_ruview_nodes(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    struct aw_ruview_model m;
    model_of(&m, h);
    aw_json_open(j, '{');
    key_open(j, "nodes", '[');
    for (size_t i = 0; i < m.n_nodes; i++) {
        const struct aw_ruview_node *n = &m.node[i];
        enum aw_reason why = node_why(&m, n);
        aw_json_open(j, '{');
        aw_json_key_uint(j, "node_id", n->id);
        aw_json_key_str(j, "status", aw_board_fresh(n->link, m.now_ns) ? "active" : "stale");
        aw_json_key_num(j, "last_seen_ms", seen_ms(&m, n), 0);
        aw_json_key_num(j, "rssi_dbm", n->features.mean_rssi, 1);
        aw_json_key_str(j, "motion_level", aw_ruview_level(&n->link->update, why));
        aw_json_key_num(j, "person_count", shown(&n->link->update, why, &n->link->update.persons),
                        0);
        aw_json_key_str(j, "source", aw_origin_kind_key(n->link->origin));
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    aw_json_key_uint(j, "total", m.n_nodes);
    aw_json_close(j, '}');
}

void aw_ruview_vital_signs(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    struct aw_ruview_model m;
    model_of(&m, h);
    aw_json_open(j, '{');
    vital_signs(j, &m);
    key_open(j, "buffer_status", '{'); /* of their detectors; we have others */
    aw_json_key_null(j, "breathing_samples");
    aw_json_key_null(j, "breathing_capacity");
    aw_json_key_null(j, "heartbeat_samples");
    aw_json_key_null(j, "heartbeat_capacity");
    aw_json_close(j, '}');
    aw_json_key_str(j, "source", m.source);
    aw_json_key_uint(j, "tick", h->board->updates);
    aw_json_close(j, '}');
}

static const struct aw_board_report *newest_report(const struct aw_board *b, int64_t now_ns) {
    const struct aw_board_report *newest = NULL;
    for (size_t i = 0; i < AW_BOARD_REPORTS; i++) {
        const struct aw_board_report *r = &b->reports[i];
        if (!r->wall_ns || now_ns - r->wall_ns > (int64_t)AW_BOARD_STALE_S * 1000000000) continue;
        if (!newest || r->wall_ns > newest->wall_ns) newest = r;
    }
    return newest;
}

void aw_ruview_edge_vitals(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    int64_t now_ns = aw_loop_wall_ns();
    const struct aw_board_report *r = newest_report(h->board, now_ns);
    aw_json_open(j, '{');
    aw_json_key_str(j, "status", r ? "ok" : "no_data");
    if (!r) {
        aw_json_key_null(j, "edge_vitals");
        aw_json_key_str(j, "message",
                        "no node has reported vital signs of its own in the last 5 s");
        aw_json_close(j, '}');
        return;
    }
    const struct aw_ruview_vitals *v = &r->report.vitals;
    key_open(j, "edge_vitals", '{');
    aw_json_key_uint(j, "node_id", r->report.node);
    aw_json_key_bool(j, "presence", v->flags & AW_RUVIEW_PRESENCE);
    aw_json_key_bool(j, "fall_detected", v->flags & AW_RUVIEW_FALL);
    aw_json_key_bool(j, "motion", v->flags & AW_RUVIEW_MOTION);
    aw_json_key_num(j, "breathing_rate_bpm", (double)v->breathing_bpm, 2);
    aw_json_key_num(j, "heartrate_bpm", (double)v->heart_bpm, 2);
    aw_json_key_num(j, "rssi", v->rssi_dbm, 0);
    aw_json_key_null(j, "n_persons"); /* the firmware sends its number of slots */
    aw_json_key_num(j, "motion_energy", (double)v->motion_energy, 4);
    aw_json_key_num(j, "presence_score", (double)v->presence_score, 4);
    aw_json_key_uint(j, "timestamp_ms", v->timestamp_ms);
    aw_json_close(j, '}');
    aw_json_key_str(j, "source", aw_origin_kind_key(r->origin));
    aw_json_key_num(j, "age_s", (double)(now_ns - r->wall_ns) * 1e-9, 1);
    aw_json_key_str(j, "message", "as the node's own firmware reports; not measured here");
    aw_json_close(j, '}');
}

static const char no_pose[] = "no pose is estimated: nothing here can measure keypoints";

void aw_ruview_pose_current(struct aw_json *j, void *arg) {
    struct aw_ruview_model m;
    model_of(&m, arg);
    aw_json_open(j, '{');
    aw_json_key_num(j, "timestamp", (double)m.now_ns * 1e-9, 3);
    key_empty(j, "persons");
    aw_json_key_num(j, "total_persons", persons(&m), 0);
    aw_json_key_str(j, "source", m.source);
    aw_json_key_str(j, "reason", no_pose);
    aw_json_close(j, '}');
}

void aw_ruview_pose_stats(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    struct aw_ruview_model m;
    model_of(&m, h);
    aw_json_open(j, '{');
    aw_json_key_null(j, "total_detections");
    aw_json_key_null(
        j, "average_confidence"); /* left out, their page would show a number of its own */
    aw_json_key_uint(j, "frames_processed", frames(h->board));
    aw_json_key_str(j, "source", m.source);
    aw_json_key_str(j, "reason", no_pose);
    aw_json_close(j, '}');
}

void aw_ruview_zones(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    struct aw_ruview_model m;
    model_of(&m, h);
    aw_json_open(j, '{');
    key_open(j, "zones", '{');
    for (size_t i = 0; i < AW_BOARD_ROOMS; i++) {
        const struct aw_board_room *r = &h->board->rooms[i];
        if (!r->used || strcmp(m.source, aw_origin_kind_key(r->origin)) != 0) continue;
        enum aw_reason why = aw_board_room_reason(r, m.now_ns);
        key_open(j, r->key, '{');
        aw_json_key_num(j, "person_count", shown(&r->update, why, &r->update.persons), 0);
        aw_json_key_str(j, "status", aw_ruview_level(&r->update, why));
        aw_json_close(j, '}');
    }
    aw_json_close(j, '}');
    aw_json_key_str(j, "source", m.source);
    aw_json_close(j, '}');
}

void aw_ruview_stream_status(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    struct aw_ruview_model m;
    model_of(&m, h);
    aw_json_open(j, '{');
    aw_json_key_bool(j, "active", h->n_clients > 0);
    aw_json_key_uint(j, "clients", h->n_clients);
    aw_json_key_uint(j, "fps", h->ruview_fps);
    aw_json_key_str(j, "source", m.source);
    aw_json_close(j, '}');
}
