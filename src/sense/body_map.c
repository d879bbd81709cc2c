#include "sense/body_map.h"

#include <math.h>
#include <string.h>

enum { SIDE = AW_BODY_SIDE, CLASSES = AW_BODY_CLASSES };

const char *aw_body_part_key(unsigned part) {
    static const char *const keys[AW_BODY_PARTS] = AW_BODY_PART_KEYS;
    if (part == 0) return "background";
    return part <= AW_BODY_PARTS ? keys[part - 1] : "unknown";
}

int aw_body_map_init(struct aw_body_map *m, struct aw_arena *a, uint32_t cap) {
    *m = (struct aw_body_map){.cap = cap};
    if (cap < 1 || cap > SIDE * SIDE) return AW_ERR_INVAL;
    m->part = aw_arena_alloc(a, cap, 1);
    m->u = aw_arena_alloc(a, cap, 1);
    m->v = aw_arena_alloc(a, cap, 1);
    return m->part && m->u && m->v ? AW_OK : AW_ERR_NOMEM;
}

uint8_t aw_body_byte(float x) {
    return (uint8_t)lrintf(255 * fminf(fmaxf(x, 0), 1));
}

/* By the bits of the exponent: loops without branches become vector instructions. */
static bool all_finite(const float *x, size_t n) {
    uint32_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        bad |= (bits & 0x7F800000) == 0x7F800000;
    }
    return bad == 0;
}

/* One row, plane by plane: memory is read in order. */
static void winners(const struct aw_body_head *head, size_t row, uint8_t *part) {
    float best[SIDE];
    int32_t who[SIDE] = {0};
    size_t w = head->w, plane = w * head->h;
    memcpy(best, head->fine + row * w, w * sizeof *best);
    for (int32_t c = 1; c < CLASSES; c++) {
        const float *x = head->fine + (size_t)c * plane + row * w;
        for (size_t i = 0; i < w; i++) {
            who[i] = x[i] > best[i] ? c : who[i];
            best[i] = x[i] > best[i] ? x[i] : best[i];
        }
    }
    const float *back = head->coarse + row * w, *body = back + plane;
    for (size_t i = 0; i < w; i++) part[i] = (uint8_t)(body[i] > back[i] ? who[i] : 0);
}

/* Of the pixel at, which shows part. */
static float sure(const struct aw_body_head *head, size_t at, unsigned part) {
    size_t plane = (size_t)head->w * head->h;
    float sum = 0, best = head->fine[part * plane + at];
    for (size_t c = 0; c < CLASSES; c++) sum += expf(head->fine[c * plane + at] - best);
    return 1 / sum / (1 + expf(head->coarse[at] - head->coarse[plane + at]));
}

int aw_body_map_run(struct aw_body_map *m, const struct aw_body_head *head) {
    size_t w = head->w, h = head->h, plane = w * h;
    double sum[CLASSES] = {0};
    m->w = m->h = 0;
    memset(m->pixels, 0, sizeof m->pixels);
    memset(m->confidence, 0, sizeof m->confidence);
    if (w < 1 || w > SIDE || h < 1 || h > SIDE) return AW_ERR_INVAL;
    if (plane > m->cap) return AW_ERR_TOO_MANY;
    if (!all_finite(head->coarse, 2 * plane) || !all_finite(head->fine, CLASSES * plane) ||
        !all_finite(head->u, CLASSES * plane) || !all_finite(head->v, CLASSES * plane))
        return AW_ERR_RANGE;
    for (size_t row = 0; row < h; row++) winners(head, row, m->part + row * w);
    for (size_t i = 0; i < plane; i++) {
        unsigned part = m->part[i];
        m->pixels[part]++;
        m->u[i] = part ? aw_body_byte(head->u[part * plane + i]) : 0;
        m->v[i] = part ? aw_body_byte(head->v[part * plane + i]) : 0;
        if (part) sum[part] += (double)sure(head, i, part);
    }
    for (unsigned c = 1; c < CLASSES; c++)
        m->confidence[c] = m->pixels[c] ? (float)(sum[c] / m->pixels[c]) : 0;
    m->w = head->w;
    m->h = head->h;
    return AW_OK;
}
