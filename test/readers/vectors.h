/* Helpers of the reader tests: every vector is read whole, at every truncation, and so that the
 * byte behind its last one is an unmapped page; recordings are walked record by record. */
#ifndef AW_TEST_VECTORS_H
#define AW_TEST_VECTORS_H

#include "base/frame.h"
#include "readers/reader.h"
#include "test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* len bytes whose end is the end of the mapped memory. Valid until the next call. */
static inline uint8_t *vec_guarded(const void *bytes, size_t len) {
    static uint8_t *map;
    static size_t mapped;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t need = (len + page - 1) / page * page + page;
    if (need < page * 2) need = page * 2;
    if (need > mapped) {
        if (map) munmap(map, mapped);
        int zero = open("/dev/zero", O_RDWR);
        map = mmap(NULL, need, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
        if (zero < 0 || map == MAP_FAILED) abort();
        close(zero);
        mapped = need;
        if (mprotect(map + mapped - page, page, PROT_NONE)) abort();
    }
    uint8_t *at = map + mapped - page - len;
    if (len) memcpy(at, bytes, len);
    return at;
}

static float vec_iq[2 * 4096];

static inline struct aw_frame vec_frame(void) {
    struct aw_frame f = {.iq = vec_iq, .iq_cap = 4096};
    aw_frame_clear(&f);
    return f;
}

/* One read() with the promises of reader.h checked. */
static inline int vec_read(const struct aw_reader *r, struct aw_reader_state *st,
                           const uint8_t *buf, size_t len, bool eof, struct aw_frame *f,
                           size_t *consumed) {
    struct aw_frame before = *f;
    *consumed = len + 1;
    int got = r->read(st, buf, len, eof, f, consumed);
    CHECK(*consumed <= len);
    if (eof && len) CHECK(*consumed > 0);
    if (r->unit == AW_READER_DATAGRAM) CHECK_INT(*consumed, len);
    if (got <= 0) CHECK(memcmp(&before, f, sizeof before) == 0);
    if (got < 0) CHECK(*consumed > 0 || len == 0);
    if (got > 0) {
        CHECK(*consumed > 0 && f->format == r->format && f->chip && f->k && f->kind);
        CHECK(f->n_sub >= 1 && aw_frame_values(f) <= f->iq_cap);
    }
    return got;
}

/* Reads everything in buf from a fresh state; the number of frames. */
static inline int vec_walk(const struct aw_reader *r, const uint8_t *buf, size_t len, bool eof) {
    struct aw_reader_state st = {{0}};
    int frames = 0;
    while (len) {
        struct aw_frame f = vec_frame();
        size_t consumed;
        frames += vec_read(r, &st, buf, len, eof, &f, &consumed) > 0;
        if (!consumed) break;
        buf += consumed;
        len -= consumed;
    }
    return frames;
}

/* Every truncation of a vector, against the guard page, with and without more to come; probe()
 * too. */
static inline void vec_truncations(const struct aw_reader *r, const void *bytes, size_t len) {
    for (size_t cut = 0; cut <= len; cut++) {
        const uint8_t *at = vec_guarded(bytes, cut);
        vec_walk(r, at, cut, true);
        vec_walk(r, at, cut, false);
        r->probe(at, cut, true);
        r->probe(at, cut, false);
    }
}

/* The text of a vector's only line, read from a fresh state: its frame or error. */
static inline int vec_one(const struct aw_reader *r, const void *bytes, size_t len,
                          struct aw_frame *f) {
    struct aw_reader_state st = {{0}};
    size_t consumed;
    *f = vec_frame();
    return vec_read(r, &st, vec_guarded(bytes, len), len, true, f, &consumed);
}

static inline int vec_line(const struct aw_reader *r, const char *text, struct aw_frame *f) {
    return vec_one(r, text, strlen(text), f);
}

/* A file under the folder of recordings, decompressed if it ends in .zst; NULL and a SKIPPED line
 * when it is not there. Freed by the caller. */
static inline uint8_t *vec_load(const char *name, size_t *len) {
    const char *dir = test_data_dir();
    char command[10400], path[5000];
    if (!dir) {
        SKIP(name);
        return NULL;
    }
    snprintf(path, sizeof path, "%s/%s", dir, name);
    size_t n = strlen(path);
    bool packed = n > 4 && strcmp(path + n - 4, ".zst") == 0;
    snprintf(command, sizeof command, packed ? "zstd -dcq '%s'" : "cat '%s'", path);
    FILE *f = access(path, R_OK) == 0 ? popen(command, "r") : NULL;
    uint8_t *buf = NULL;
    size_t have = 0, cap = 0;
    for (; f;) {
        if (have == cap && !(buf = realloc(buf, cap = cap ? 2 * cap : 1 << 20))) abort();
        size_t got = fread(buf + have, 1, cap - have, f);
        if (!got) break;
        have += got;
    }
    if (!f || pclose(f) != 0 || !have) {
        SKIP(name);
        free(buf);
        return NULL;
    }
    *len = have;
    return buf;
}

/* What a recording holds. */
struct vec_counts {
    int frames, skipped, refused[AW_ERR_COUNT], refused_all;
    struct aw_frame first, last; /* first.iq is gone; see first_iq */
    float first_iq[2 * 512];
    double sum; /* of all values: agrees with an independent decode only when all values do */
};

static inline struct vec_counts vec_recording(const struct aw_reader *r, const uint8_t *buf,
                                              size_t len) {
    struct vec_counts c = {0};
    struct aw_reader_state st = {{0}};
    while (len) {
        struct aw_frame f = vec_frame();
        size_t consumed;
        int got = r->read(&st, buf, len, true, &f, &consumed);
        if (got > 0) {
            uint32_t n = 2 * aw_frame_values(&f);
            if (!c.frames) {
                c.first = f;
                memcpy(c.first_iq, f.iq, (n < 1024 ? n : 1024) * sizeof *f.iq);
            }
            c.last = f;
            c.frames++;
            for (uint32_t i = 0; i < n; i++) c.sum += f.iq[i] * (double)(i % 7 + 1);
        } else if (got == 0) {
            c.skipped++;
        } else {
            c.refused[-got]++;
            c.refused_all++;
        }
        CHECK(consumed > 0 && consumed <= len);
        if (!consumed) break;
        buf += consumed;
        len -= consumed;
    }
    return c;
}

#endif
