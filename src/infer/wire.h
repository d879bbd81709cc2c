/* The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/): fields of
 * (number << 3 | type) and a value. No field is copied; a damaged message marks `bad` and ends. */
#ifndef AW_INFER_WIRE_H
#define AW_INFER_WIRE_H

#include "infer/graph.h"

enum { AW_WIRE_VARINT = 0, AW_WIRE_64 = 1, AW_WIRE_BYTES = 2, AW_WIRE_32 = 5 };

struct aw_wire {
    const uint8_t *at, *end;
    bool bad;
};

struct aw_wire_field {
    unsigned number, type;
    uint64_t varint;         /* also the bits of 32 and 64 bit fields */
    struct aw_nn_text bytes; /* of AW_WIRE_BYTES */
};

struct aw_wire aw_wire_of(struct aw_nn_text message);

/* The next field; false at the end and after an error. */
bool aw_wire_next(struct aw_wire *w, struct aw_wire_field *f);

/* The next value of a packed field: a varint; n bytes, little-endian. */
uint64_t aw_wire_varint(struct aw_wire *w);
uint64_t aw_wire_fixed(struct aw_wire *w, size_t n);

/* The first field of this number: its bytes, empty when there is none; its varint. */
struct aw_nn_text aw_wire_bytes(struct aw_nn_text message, unsigned number);
uint64_t aw_wire_number(struct aw_nn_text message, unsigned number, uint64_t otherwise);

#endif
