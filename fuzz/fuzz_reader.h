/* One reader over any bytes: it never reads out of bounds (the sanitizers), always advances, and
 * leaves the frame alone unless it returns one. The first byte says how the bytes arrive. */
#ifndef AW_FUZZ_READER_H
#define AW_FUZZ_READER_H

#include "base/frame.h"
#include "readers/reader.h"

#include <stdlib.h>
#include <string.h>

static float fuzz_iq[2 * AW_MAX_CSI];

static void fuzz_check_frame(const struct aw_frame *f) {
    if (f->n_rx < 1 || f->n_tx < 1 || f->n_sub < 1 || aw_frame_values(f) > f->iq_cap) abort();
    unsigned sum = 0;
    for (unsigned i = 0; i < f->n_sub; i++) sum += (unsigned)f->k[i] + f->kind[i];
    sum += (unsigned)strlen(f->chip);
    float values = 0;
    for (uint32_t i = 0; i < 2 * aw_frame_values(f); i++) values += f->iq[i];
    volatile float seen = values + (float)sum;
    (void)seen;
}

static int fuzz_reader(const struct aw_reader *r, const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    /* even: all at once; odd: in pieces, more following when a reader waits */
    size_t step = data[0] & 1 ? 1 + (size_t)data[0] * 8 : size;
    uint32_t cap = data[0] == 2 ? 100 : AW_MAX_CSI;
    data++, size--;
    r->probe(data, size, true);
    r->probe(data, size, false);
    static struct aw_reader_state st;
    memset(&st, 0, sizeof st);
    size_t have = step < size ? step : size;
    while (size) {
        bool eof = have == size;
        /* a copy that ends where the piece ends */
        uint8_t *piece = malloc(have);
        memcpy(piece, data, have);
        struct aw_frame f, before;
        memset(&f, 0x5A, sizeof f);
        f.iq = fuzz_iq;
        f.iq_cap = cap;
        before = f;
        size_t consumed = SIZE_MAX;
        int rc = r->read(&st, piece, have, eof, &f, &consumed);
        if (consumed > have || (consumed == 0 && (eof || rc != 0))) abort();
        if (rc < -AW_ERR_COUNT + 1) abort();
        if (rc > 0)
            fuzz_check_frame(&f);
        else if (memcmp(&f, &before, sizeof f) != 0)
            abort();
        if (r->unit == AW_READER_DATAGRAM && consumed != have) abort();
        free(piece);
        data += consumed, size -= consumed, have -= consumed;
        if (have == 0 || consumed == 0) have = have + step < size ? have + step : size;
    }
    return 0;
}

#define FUZZ_READER(name)                                                                          \
    extern const struct aw_reader aw_reader_##name;                                                \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);                                  \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {                                 \
        return fuzz_reader(&aw_reader_##name, data, size);                                         \
    }

#endif
