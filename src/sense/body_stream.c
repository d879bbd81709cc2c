#include "sense/body_stream.h"

#include "base/cursor.h"

static const uint8_t MAGIC[4] = {'A', 'W', 'B', '1'};

/* ---- Writing --------------------------------------------------------------------------------- */

struct sink {
    uint8_t *buf;
    size_t cap, len;
};

static void put(struct sink *s, unsigned byte) {
    if (s->len < s->cap) s->buf[s->len] = (uint8_t)byte;
    s->len++;
}

static void put_varint(struct sink *s, size_t n) {
    for (; n > 0x7F; n >>= 7) put(s, 0x80 | (n & 0x7F));
    put(s, (unsigned)n);
}

static void put_runs(struct sink *s, const uint8_t *part, size_t n) {
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && part[end] == part[i];) end++;
        put(s, part[i]);
        put_varint(s, end - i);
    }
}

int aw_body_stream_write(const struct aw_body_map *m, uint8_t *buf, size_t cap) {
    struct sink s = {buf, cap, 0};
    size_t n = (size_t)m->w * m->h;
    unsigned parts = 0;
    if (n == 0) return AW_ERR_EMPTY;
    for (int i = 0; i < 4; i++) put(&s, MAGIC[i]);
    put(&s, m->w & 0xFF);
    put(&s, m->w >> 8);
    put(&s, m->h & 0xFF);
    put(&s, m->h >> 8);
    for (unsigned c = 1; c < AW_BODY_CLASSES; c++) parts += m->pixels[c] > 0;
    put(&s, parts);
    for (unsigned c = 1; c < AW_BODY_CLASSES; c++) {
        if (m->pixels[c] == 0) continue;
        put(&s, c);
        put(&s, aw_body_byte(m->confidence[c]));
    }
    put_runs(&s, m->part, n);
    for (size_t i = 0; i < n; i++)
        if (m->part[i]) put(&s, m->u[i]);
    for (size_t i = 0; i < n; i++)
        if (m->part[i]) put(&s, m->v[i]);
    return s.len <= cap ? (int)s.len : AW_ERR_NOMEM;
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* 1..limit; 0: it is not, or not the shortest form. */
static size_t take_varint(struct aw_cursor *c, size_t limit) {
    size_t n = 0;
    for (unsigned shift = 0; shift < 21; shift += 7) {
        uint8_t b = aw_cursor_u8(c);
        n |= (size_t)(b & 0x7F) << shift;
        if (b & 0x80) continue;
        return n <= limit && (b != 0 || shift == 0) ? n : 0;
    }
    return 0;
}

static int take_runs(struct aw_body_map *m, struct aw_cursor *c, size_t n) {
    unsigned before = AW_BODY_CLASSES;
    for (size_t at = 0; at < n;) {
        unsigned part = aw_cursor_u8(c);
        size_t run = take_varint(c, n - at);
        if (c->short_read) return AW_ERR_TRUNCATED;
        if (part >= AW_BODY_CLASSES) return AW_ERR_RANGE;
        if (run == 0 || part == before) return AW_ERR_LENGTH;
        memset(m->part + at, (int)part, run);
        m->pixels[part] += (uint32_t)run;
        at += run;
        before = part;
    }
    return AW_OK;
}

static int take_coordinates(struct aw_body_map *m, struct aw_cursor *c, size_t n) {
    size_t f = n - m->pixels[0];
    const uint8_t *u = aw_cursor_take(c, f), *v = aw_cursor_take(c, f);
    if (!u || !v) return AW_ERR_TRUNCATED;
    if (aw_cursor_left(c) > 0) return AW_ERR_LENGTH;
    for (size_t i = 0; i < n; i++) {
        m->u[i] = m->part[i] ? *u++ : 0;
        m->v[i] = m->part[i] ? *v++ : 0;
    }
    return AW_OK;
}

/* The table of parts, which says the same as the runs. */
static int check_table(struct aw_body_map *m, const uint8_t *table, unsigned parts) {
    unsigned at = 0;
    for (unsigned p = 1; p < AW_BODY_CLASSES; p++) {
        if (m->pixels[p] == 0) continue;
        if (at == parts || table[2 * at] != p) return AW_ERR_LENGTH;
        m->confidence[p] = (float)table[2 * at++ + 1] / 255;
    }
    return at == parts ? AW_OK : AW_ERR_LENGTH;
}

int aw_body_stream_read(struct aw_body_map *m, const uint8_t *buf, size_t len) {
    struct aw_cursor c = aw_cursor_init(buf, len);
    const uint8_t *magic = aw_cursor_take(&c, sizeof MAGIC);
    uint32_t w = aw_cursor_u16le(&c), h = aw_cursor_u16le(&c);
    unsigned parts = aw_cursor_u8(&c);
    m->w = m->h = 0;
    memset(m->pixels, 0, sizeof m->pixels);
    memset(m->confidence, 0, sizeof m->confidence);
    if (magic && memcmp(magic, MAGIC, sizeof MAGIC) != 0) return AW_ERR_MAGIC;
    if (c.short_read) return AW_ERR_TRUNCATED;
    if (w < 1 || w > AW_BODY_SIDE || h < 1 || h > AW_BODY_SIDE || parts > AW_BODY_PARTS)
        return AW_ERR_RANGE;
    if (w * h > m->cap) return AW_ERR_TOO_MANY;
    const uint8_t *table = aw_cursor_take(&c, 2 * (size_t)parts);
    if (!table) return AW_ERR_TRUNCATED;
    int err = take_runs(m, &c, (size_t)w * h);
    if (err == AW_OK) err = check_table(m, table, parts);
    if (err == AW_OK) err = take_coordinates(m, &c, (size_t)w * h);
    if (err != AW_OK) return err;
    m->w = w;
    m->h = h;
    return AW_OK;
}
