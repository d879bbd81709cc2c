#include "server/ruview_model.h"

#include <math.h>
#include <string.h>

static float amplitude(const struct aw_board_row *row, unsigned i) {
    return (float)row->amp[i] / 255 * row->max;
}

/* Variance over the rows of subcarrier i, and the part of it that a straight line explains. */
static void in_time(const struct aw_board_link *l, unsigned i, double *variance, double *line) {
    double n = 0, t = 0, y = 0, tt = 0, ty = 0, yy = 0;
    int64_t t0_ns = l->rows[l->first_row % AW_BOARD_ROWS].t_ns;
    for (uint64_t r = l->first_row; r < l->next_row; r++) {
        const struct aw_board_row *row = &l->rows[r % AW_BOARD_ROWS];
        double a = amplitude(row, i), s = (double)(row->t_ns - t0_ns) * 1e-9;
        n++;
        t += s;
        y += a;
        tt += s * s;
        ty += s * a;
        yy += a * a;
    }
    double stt = tt - t * t / n, sty = ty - t * y / n;
    *variance = (yy - y * y / n) / n;
    *line = stt > 0 ? sty * sty / stt / n : 0;
}

static struct aw_ruview_features features_of(const struct aw_board_link *l, int64_t now_ns) {
    struct aw_ruview_features f = {NAN, NAN, NAN, NAN};
    if (!aw_board_fresh(l, now_ns)) return f;
    f.mean_rssi = l->info.rssi_dbm;
    if (l->next_row == l->first_row) return f;
    const struct aw_board_row *newest = &l->rows[(l->next_row - 1) % AW_BOARD_ROWS];
    double power = 0, sum = 0, lines = 0;
    for (unsigned i = 0; i < l->n; i++) {
        double variance, line, a = amplitude(newest, i);
        in_time(l, i, &variance, &line);
        power += a * a;
        sum += variance;
        lines += line;
    }
    f.spectral_power = power / l->n;
    if (l->next_row - l->first_row < 8) return f;
    f.variance = fmax(sum / l->n, 0);
    f.motion_band_power = fmax((sum - lines) / l->n, 0);
    return f;
}

static bool better(const struct aw_board_link *a, const struct aw_board_link *b, int64_t now_ns) {
    bool fresh_a = aw_board_fresh(a, now_ns), fresh_b = aw_board_fresh(b, now_ns);
    return fresh_a != fresh_b ? fresh_a : a->info.frames > b->info.frames;
}

static void add_node(struct aw_ruview_model *m, const struct aw_board_link *l) {
    for (size_t i = 0; i < m->n_nodes; i++) {
        const struct aw_link_info *have = &m->node[i].link->info;
        if (have->node != l->info.node || have->origin != l->info.origin) continue;
        if (better(l, m->node[i].link, m->now_ns)) m->node[i].link = l;
        return;
    }
    if (m->n_nodes < AW_RUVIEW_NODES)
        m->node[m->n_nodes++] = (struct aw_ruview_node){.id = l->info.node, .link = l};
}

static bool shown(const struct aw_ruview_model *m, enum aw_origin_kind origin) {
    return strcmp(m->source, "waiting") == 0 || strcmp(m->source, aw_origin_kind_key(origin)) == 0;
}

static void add_up(double *sum, int *n, double v) {
    if (!isfinite(v)) return;
    *sum += v;
    ++*n;
}

static double mean(const struct aw_ruview_model *m, size_t offset) {
    double sum = 0;
    int n = 0;
    for (size_t i = 0; i < m->n_nodes; i++) {
        double v;
        memcpy(&v, (const char *)&m->node[i].features + offset, sizeof v);
        add_up(&sum, &n, v);
    }
    return n ? sum / n : (double)NAN;
}

/* The room with most links, else the first link that says something. */
static void find_update(struct aw_ruview_model *m, const struct aw_board *b) {
    uint32_t links = 0;
    for (size_t i = 0; i < AW_BOARD_ROOMS; i++) {
        const struct aw_board_room *r = &b->rooms[i];
        if (!r->used || !shown(m, r->origin) || r->update.links <= links) continue;
        if (aw_board_room_reason(r, m->now_ns) != AW_REASON_NONE) continue;
        links = r->update.links;
        m->update = &r->update;
        m->why = AW_REASON_NONE;
    }
    for (size_t i = 0; i < AW_BOARD_LINKS && m->why != AW_REASON_NONE; i++) {
        const struct aw_board_link *l = &b->links[i];
        if (!l->used || !l->has_update || !shown(m, l->origin)) continue;
        m->update = &l->update;
        m->why = aw_board_link_reason(l, m->now_ns);
    }
}

void aw_ruview_model(struct aw_ruview_model *m, const struct aw_board *b, int64_t now_ns) {
    const char *origin = aw_board_origin(b, now_ns);
    memset(m, 0, sizeof *m);
    m->now_ns = now_ns;
    m->source = origin ? origin : "waiting";
    m->why = AW_REASON_NO_FRAMES;
    for (size_t i = 0; i < AW_BOARD_LINKS; i++) {
        const struct aw_board_link *l = &b->links[i];
        if (!l->used || !l->has_info || !shown(m, l->origin)) continue;
        if (aw_board_age_s(l, now_ns) <= AW_RUVIEW_FORGET_S) add_node(m, l);
    }
    for (size_t i = 0; i < m->n_nodes; i++)
        m->node[i].features = features_of(m->node[i].link, now_ns);
    m->features.mean_rssi = mean(m, offsetof(struct aw_ruview_features, mean_rssi));
    m->features.variance = mean(m, offsetof(struct aw_ruview_features, variance));
    m->features.motion_band_power = mean(m, offsetof(struct aw_ruview_features, motion_band_power));
    m->features.spectral_power = mean(m, offsetof(struct aw_ruview_features, spectral_power));
    find_update(m, b);
}

const char *aw_ruview_level(const struct aw_update *u, enum aw_reason why) {
    if (!u || why != AW_REASON_NONE) return "unknown";
    switch (u->state) {
    case AW_STATE_EMPTY:
        return "absent";
    case AW_STATE_STILL:
        return "present_still";
    case AW_STATE_MOVING:
        return "present_moving";
    case AW_STATE_NULL:
        break;
    }
    return "unknown";
}
