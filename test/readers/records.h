/* Records of the binary formats: room for the largest frame, every truncation of one record, and
 * the sum of all that a file holds. */
#ifndef AW_TEST_READERS_RECORDS_H
#define AW_TEST_READERS_RECORDS_H

#include "base/crc32.h"
#include "readers/vectors.h"

static float rec_iq[2 * AW_MAX_CSI];

static inline void rec_fail(const char *what) {
    test_checked++;
    test_failed++;
    fprintf(stderr, "failed: %s\n", what);
}

static inline struct aw_frame rec_frame(void) {
    struct aw_frame f;
    memset(&f, 0x5A, sizeof f);
    f.iq = rec_iq;
    f.iq_cap = AW_MAX_CSI;
    return f;
}

/* One call of read with what must always hold: progress, bounds, the frame untouched. */
static inline int rec_read(const struct aw_reader *r, struct aw_reader_state *st,
                           const uint8_t *buf, size_t len, bool eof, struct aw_frame *f,
                           size_t *consumed) {
    struct aw_frame before;
    memcpy(&before, f, sizeof before);
    *consumed = SIZE_MAX;
    int rc = r->read(st, buf, len, eof, f, consumed);
    if (*consumed > len || (eof && len && !*consumed) || (!eof && rc != 0 && !*consumed)) {
        rec_fail("consumed is outside its range");
        fprintf(stderr, "  len %zu eof %d rc %d consumed %zu\n", len, eof, rc, *consumed);
        *consumed = len ? len : 0;
    }
    if (r->unit == AW_READER_DATAGRAM && *consumed != len) rec_fail("a datagram is consumed whole");
    if (rc <= 0 && memcmp(&before, f, sizeof before) != 0)
        rec_fail("frame touched without a frame");
    if (rc > 0 && (f->n_rx < 1 || f->n_tx < 1 || f->n_sub < 1 || !f->k || !f->kind || !f->chip ||
                   aw_frame_values(f) > f->iq_cap))
        rec_fail("frame is not whole");
    return rc;
}

/* The vector whole and at every truncation, last and not last, against a guard page. A stream
 * that is not at its end may wait; at its end a part of a record is refused. */
static inline void rec_truncations(const struct aw_reader *r, const uint8_t *bytes, size_t len) {
    for (size_t n = 0; n <= len; n++) {
        const uint8_t *p = vec_guarded(bytes, n);
        for (int eof = 0; eof < 2; eof++) {
            struct aw_reader_state st = {0};
            struct aw_frame f = rec_frame();
            size_t consumed;
            int rc = rec_read(r, &st, p, n, eof, &f, &consumed);
            if (n < len && rc > 0) rec_fail("a frame from a part of a record");
            r->probe(p, n, eof);
        }
        test_checked++;
    }
}

struct rec_total {
    size_t frames, others, refused;
    size_t by_error[AW_ERR_COUNT];
    uint32_t crc; /* CRC-32 of all values as float32 little endian, [n_rx][n_tx][n_sub] re, im */
};

/* A whole file through a stream reader; each (may be NULL) sees every frame. */
static inline struct rec_total rec_walk(const struct aw_reader *r, const uint8_t *buf, size_t len,
                                        void (*each)(const struct aw_frame *, size_t, void *),
                                        void *ctx) {
    struct rec_total t = {0};
    static struct aw_reader_state st;
    memset(&st, 0, sizeof st);
    uint8_t *values = NULL;
    size_t used = 0, cap = 0;
    while (len) {
        struct aw_frame f = rec_frame();
        size_t consumed;
        int rc = rec_read(r, &st, buf, len, true, &f, &consumed);
        if (rc > 0) {
            size_t bytes = aw_frame_values(&f) * 2 * sizeof(float);
            if (used + bytes > cap) {
                cap = 2 * (used + bytes);
                values = realloc(values, cap);
            }
            memcpy(values + used, f.iq, bytes);
            used += bytes;
            if (each) each(&f, t.frames, ctx);
            t.frames++;
        } else if (rc < 0) {
            t.refused++;
            t.by_error[-rc]++;
        } else {
            t.others++;
        }
        buf += consumed;
        len -= consumed;
    }
    t.crc = aw_crc32_run(values, used);
    free(values);
    return t;
}

/* Small random numbers, the same on every machine (xorshift, Marsaglia 2003). */
static inline uint32_t rec_random(uint32_t *s) {
    *s ^= *s << 13;
    *s ^= *s >> 17;
    *s ^= *s << 5;
    return *s;
}

#endif
