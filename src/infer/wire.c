#include "infer/wire.h"

struct aw_wire aw_wire_of(struct aw_nn_text t) {
    const uint8_t *at = (const uint8_t *)(t.at ? t.at : "");
    return (struct aw_wire){at, at + t.len, false};
}

uint64_t aw_wire_varint(struct aw_wire *w) {
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (w->at == w->end) break;
        uint8_t b = *w->at++;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80)) return v;
    }
    w->bad = true;
    return 0;
}

uint64_t aw_wire_fixed(struct aw_wire *w, size_t n) {
    uint64_t v = 0;
    if ((size_t)(w->end - w->at) < n) {
        w->bad = true;
        return 0;
    }
    for (size_t i = 0; i < n; i++) v |= (uint64_t)w->at[i] << 8 * i;
    w->at += n;
    return v;
}

bool aw_wire_next(struct aw_wire *w, struct aw_wire_field *f) {
    if (w->bad || w->at == w->end) return false;
    uint64_t key = aw_wire_varint(w);
    *f = (struct aw_wire_field){.number = (unsigned)(key >> 3), .type = (unsigned)(key & 7)};
    if (key >> 32 || f->number == 0) w->bad = true;
    if (w->bad) return false;
    if (f->type == AW_WIRE_VARINT) {
        f->varint = aw_wire_varint(w);
    } else if (f->type == AW_WIRE_64 || f->type == AW_WIRE_32) {
        f->varint = aw_wire_fixed(w, f->type == AW_WIRE_64 ? 8 : 4);
    } else if (f->type == AW_WIRE_BYTES) {
        uint64_t len = aw_wire_varint(w);
        if (len > (uint64_t)(w->end - w->at)) w->bad = true;
        if (w->bad) return false;
        f->bytes = (struct aw_nn_text){(const char *)w->at, (size_t)len};
        w->at += len;
    } else {
        w->bad = true;
    }
    return !w->bad;
}

struct aw_nn_text aw_wire_bytes(struct aw_nn_text message, unsigned number) {
    struct aw_wire w = aw_wire_of(message);
    struct aw_wire_field f;
    while (aw_wire_next(&w, &f))
        if (f.number == number && f.type == AW_WIRE_BYTES) return f.bytes;
    return (struct aw_nn_text){0};
}

uint64_t aw_wire_number(struct aw_nn_text message, unsigned number, uint64_t otherwise) {
    struct aw_wire w = aw_wire_of(message);
    struct aw_wire_field f;
    while (aw_wire_next(&w, &f))
        if (f.number == number && f.type == AW_WIRE_VARINT) return f.varint;
    return otherwise;
}
