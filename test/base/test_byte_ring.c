#include "base/byte_ring.h"
#include "test.h"

static _Alignas(64) struct aw_byte_ring ring;
static unsigned char memory[256 + 64];

static void init(size_t size) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_byte_ring_init(&ring, &arena, size), AW_OK);
}

/* Records of every length, around the end of the ring at every place. */
static void test_wrap(void) {
    unsigned char in[300], out[300];
    init(128);
    for (int i = 0; i < 20000; i++) {
        size_t head = (size_t)i % 7, len = (size_t)i % 101;
        for (size_t k = 0; k < head + len; k++) in[k] = (unsigned char)((size_t)i + k);
        CHECK(aw_byte_ring_push(&ring, in, head, in + head, len));
        if (head + len == 0) { /* an empty record is none to the reader */
            aw_byte_ring_pop(&ring, out, sizeof out);
            continue;
        }
        CHECK_INT(aw_byte_ring_pop(&ring, out, sizeof out), head + len);
        CHECK(memcmp(in, out, head + len) == 0);
    }
    CHECK_INT(aw_byte_ring_pop(&ring, out, sizeof out), 0);
}

static void test_full(void) {
    unsigned char in[64] = {7}, out[64];
    init(128);
    CHECK(aw_byte_ring_push(&ring, in, 8, in, 52)); /* 64 with its length */
    CHECK(aw_byte_ring_push(&ring, in, 0, in, 60)); /* 128: full */
    CHECK(!aw_byte_ring_push(&ring, in, 0, in, 1));
    CHECK(!aw_byte_ring_push(&ring, in, 64, in, 64)); /* never fits */
    CHECK_INT(ring.lost, 2);
    CHECK_INT(aw_byte_ring_pop(&ring, out, 10), 10); /* cut, and the next one is whole */
    CHECK_INT(aw_byte_ring_pop(&ring, out, sizeof out), 60);
    CHECK_INT(out[0], 7);
}

static void test_refusal(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_byte_ring_init(&ring, &arena, 32), AW_ERR_INVAL);
    CHECK_INT(aw_byte_ring_init(&ring, &arena, 100), AW_ERR_INVAL);
    CHECK_INT(aw_byte_ring_init(&ring, &arena, 512), AW_ERR_NOMEM);
}

int main(void) {
    test_wrap();
    test_full();
    test_refusal();
    return test_end();
}
