#include "server/streams_binary.h"

#include <math.h>
#include <string.h>

enum { INT16 = 1, FLOAT32 = 2, FLAG_AMPLITUDE = 4, FLAG_ABSOLUTE = 8 };

struct bytes {
    unsigned char *at;
};

static void put(struct bytes *b, uint64_t v, int n) {
    for (int i = 0; i < n; i++) *b->at++ = (unsigned char)(v >> 8 * i);
}

static void put_f32(struct bytes *b, float v) {
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    put(b, bits, 4);
}

static void head(struct bytes *b, unsigned stream, unsigned encoding, unsigned flags, uint32_t link,
                 int64_t t_ns, uint32_t index) {
    put(b, 1, 1);
    put(b, stream, 1);
    put(b, encoding, 1);
    put(b, flags, 1);
    put(b, link, 4);
    put(b, (uint64_t)t_ns, 8);
    put(b, index, 4);
}

/* Subcarriers i..last have one step. */
static unsigned run_end(const int16_t *k, unsigned n, unsigned i) {
    unsigned last = i;
    if (i + 1 >= n || k[i + 1] == k[i]) return i;
    while (last + 1 < n && k[last + 1] - k[last] == k[i + 1] - k[i]) last++;
    return last;
}

static unsigned count_runs(const int16_t *k, unsigned n) {
    unsigned runs = 0;
    for (unsigned i = 0; i < n; i = run_end(k, n, i) + 1) runs++;
    return runs;
}

static void put_runs(struct bytes *b, const int16_t *k, unsigned n) {
    for (unsigned i = 0, last; i < n; i = last + 1) {
        last = run_end(k, n, i);
        put(b, (uint16_t)k[i], 2);
        put(b, (uint16_t)k[last], 2);
        put(b, (uint16_t)(last > i ? k[i + 1] - k[i] : 1), 2);
    }
}

static bool fits_int16(const float *v, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(v[i]) <= 32767) || v[i] != rintf(v[i])) return false;
    return true;
}

struct aw_note *aw_stream_csi(const struct aw_tapped_frame *f) {
    size_t n = 2 * (size_t)f->chains * f->n_sub;
    unsigned runs = count_runs(f->k, f->n_sub);
    bool small = fits_int16(f->iq, n);
    size_t before = 48 + 6 * (size_t)runs + f->n_sub, pad = (4 - before % 4) % 4;
    struct aw_note *note = aw_note_bytes(NULL, before + pad + n * (small ? 2 : 4));
    if (!note) return NULL;
    note->binary = true;
    struct bytes b = {note->bytes + LWS_PRE};
    unsigned flags = (unsigned)f->origin |
                     (f->flags & AW_FRAME_AMPLITUDE_ONLY ? FLAG_AMPLITUDE : 0u) |
                     (f->flags & AW_FRAME_ABSOLUTE ? FLAG_ABSOLUTE : 0u);
    head(&b, AW_STREAM_CSI, small ? INT16 : FLOAT32, flags, f->link, f->t_ns, f->index);
    put_f32(&b, f->rssi_dbm);
    put(&b, (uint64_t)f->seq, 8);
    put_f32(&b, f->spacing_hz);
    put(&b, f->n_rx, 2);
    put(&b, f->n_tx, 2);
    put(&b, f->n_sub, 2);
    put(&b, f->chains, 2);
    put(&b, runs, 2);
    put(&b, 0, 2);
    put_runs(&b, f->k, f->n_sub);
    memcpy(b.at, f->kind, f->n_sub);
    b.at += f->n_sub;
    put(&b, 0, (int)pad);
    for (size_t i = 0; i < n; i++) {
        if (small)
            put(&b, (uint16_t)(int16_t)f->iq[i], 2);
        else
            put_f32(&b, f->iq[i]);
    }
    return note;
}

struct aw_note *aw_stream_spectrum(uint32_t link, enum aw_origin_kind origin,
                                   const struct aw_spectrum *s) {
    struct aw_note *note = aw_note_bytes(NULL, 40 + 4 * (size_t)s->n);
    if (!note) return NULL;
    note->binary = true;
    struct bytes b = {note->bytes + LWS_PRE};
    head(&b, AW_STREAM_SPECTROGRAM, FLOAT32, (unsigned)origin, link, s->t_ns, s->index);
    put(&b, s->n, 4);
    put_f32(&b, 0);
    put_f32(&b, s->step_hz);
    put_f32(&b, s->window_s);
    put(&b, 0, 4);
    for (uint32_t i = 0; i < s->n; i++) put_f32(&b, s->density[i]);
    return note;
}

struct aw_note *aw_stream_phase(uint32_t link, enum aw_origin_kind origin,
                                const struct aw_phase_row *r) {
    unsigned runs = count_runs(r->k, r->n);
    size_t n = (size_t)r->chains * r->n, before = 40 + 6 * (size_t)runs, pad = (4 - before % 4) % 4;
    struct aw_note *note = aw_note_bytes(NULL, before + pad + 4 * n);
    if (!note) return NULL;
    note->binary = true;
    struct bytes b = {note->bytes + LWS_PRE};
    head(&b, AW_STREAM_PHASE, FLOAT32, (unsigned)origin, link, r->t_ns, r->index);
    put(&b, r->n, 2);
    put(&b, r->chains, 2);
    put(&b, runs, 2);
    put(&b, 0, 2);
    put_f32(&b, r->taken_rad);
    put_f32(&b, r->slope_rad);
    put_f32(&b, r->residual);
    put_runs(&b, r->k, r->n);
    put(&b, 0, (int)pad);
    for (size_t i = 0; i < n; i++) put_f32(&b, r->phase[i]);
    return note;
}
