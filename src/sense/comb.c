#include "sense/comb.h"

#include "dsp/clip.h"

#include <math.h>
#include <string.h>

enum { MIN_ROWS = 12 };
static const int64_t ROW_NS = 38000000;  /* 26/s */
static const int64_t GAP_NS = 400000000; /* rows further apart differ by drift and breath too */
static const float CLIP = 3.5F;          /* standard deviations, dsp/clip.h */

int aw_comb_init(struct aw_comb *c, struct aw_arena *arena, float window_s) {
    if (!(window_s >= 2 && window_s <= 10)) return AW_ERR_INVAL;
    memset(c, 0, sizeof *c);
    size_t cap = (size_t)((double)window_s * 1e9 / (double)ROW_NS) + 16;
    int err = aw_rows_init(&c->rows, arena, cap, AW_COMB_MAX, ROW_NS);
    c->even = aw_arena_alloc(arena, cap, sizeof *c->even);
    c->odd = aw_arena_alloc(arena, cap, sizeof *c->odd);
    c->scratch = aw_arena_alloc(arena, cap, sizeof *c->scratch);
    c->t_ns = aw_arena_alloc(arena, cap, sizeof *c->t_ns);
    if (err) return err;
    return c->even && c->odd && c->scratch && c->t_ns ? AW_OK : AW_ERR_NOMEM;
}

void aw_comb_reset(struct aw_comb *c) {
    aw_rows_reset(&c->rows);
}

void aw_comb_push(struct aw_comb *c, int64_t t_ns, const float *row, size_t n, size_t parts) {
    if (n < 4 || n > AW_COMB_MAX || n % 2 || parts < 2) return;
    if (n != c->rows.width || parts != c->parts) aw_comb_reset(c);
    c->parts = parts;
    aw_rows_push(&c->rows, t_ns, row, n);
}

struct moments {
    double ee, oo, eo;
    size_t n;
};

/* Mean products of the changes of the part at column 2 p. */
static struct moments moments_of(struct aw_comb *c, size_t at, size_t n, size_t p) {
    struct moments m = {0};
    aw_rows_column(&c->rows, at, n, 2 * p, c->even, c->t_ns);
    aw_rows_column(&c->rows, at, n, 2 * p + 1, c->odd, NULL);
    aw_clip_run(c->even, n, CLIP, c->scratch);
    aw_clip_run(c->odd, n, CLIP, c->scratch);
    for (size_t i = 1; i < n; i++) {
        if (c->t_ns[i] - c->t_ns[i - 1] > GAP_NS) continue;
        double e = (double)(c->even[i] - c->even[i - 1]), o = (double)(c->odd[i] - c->odd[i - 1]);
        m.ee += e * e;
        m.oo += o * o;
        m.eo += e * o;
        m.n++;
    }
    return m;
}

void aw_comb_read(struct aw_comb *c, int64_t from_ns, int64_t to_ns, struct aw_comb_result *out) {
    *out = (struct aw_comb_result){NAN, NAN, NAN};
    aw_rows_settle(&c->rows, to_ns);
    size_t at, pairs = c->rows.width / 2, changes = 0;
    size_t n = aw_rows_between(&c->rows, from_ns, to_ns, &at);
    if (n < MIN_ROWS) return;
    double agreement = 0, common = 0;
    for (size_t p = 0; p < pairs; p++) {
        struct moments m = moments_of(c, at, n, p);
        changes = m.n;
        if (changes + 1 < MIN_ROWS) return;
        if (m.ee > 0 && m.oo > 0) agreement += m.eo / sqrt(m.ee * m.oo) / (double)pairs;
        common += m.eo / 2 / (double)m.n / (double)pairs;
    }
    double tied = 1 / (2 * (double)c->parts - 1);
    out->agreement = (float)((agreement + tied) / (1 + tied));
    out->sigma = (float)(1 / ((1 + tied) * sqrt(2.0 / 3 * (double)(changes * pairs))));
    out->common = common > 0 ? (float)sqrt(common) : 0;
}
