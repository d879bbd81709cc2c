#include "noise.h"
#include "sense/body_stream.h"
#include "test.h"

enum { MAX = 64 * 64 };
static unsigned char memory[2][4 * MAX];
static struct aw_body_map map, again;
static uint8_t bytes[AW_BODY_STREAM_BYTES(MAX)], copy[sizeof bytes];

static void start(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory[0], sizeof memory[0]);
    CHECK_INT(aw_body_map_init(&map, &arena, MAX), AW_OK);
    aw_arena_init(&arena, memory[1], sizeof memory[1]);
    CHECK_INT(aw_body_map_init(&again, &arena, MAX), AW_OK);
}

/* A map of few parts (or many) in runs of length about `run`. */
static void draw(uint64_t seed, uint32_t w, uint32_t h, double run) {
    uint64_t k = 0;
    unsigned part = 0;
    map.w = w;
    map.h = h;
    memset(map.pixels, 0, sizeof map.pixels);
    memset(map.confidence, 0, sizeof map.confidence);
    for (uint32_t i = 0; i < w * h; i++) {
        if (noise_uniform(seed, k++) < 1 / run) part = (unsigned)(25 * noise_uniform(seed, k++));
        map.part[i] = (uint8_t)part;
        map.pixels[part]++;
        map.u[i] = part ? (uint8_t)(256 * noise_uniform(seed, k++)) : 0;
        map.v[i] = part ? (uint8_t)(256 * noise_uniform(seed, k++)) : 0;
    }
    for (unsigned c = 1; c < AW_BODY_CLASSES; c++)
        if (map.pixels[c]) map.confidence[c] = (float)(int)(256 * noise_uniform(seed, k++)) / 255;
}

static void check_same(void) {
    size_t n = (size_t)map.w * map.h;
    CHECK_INT(again.w, map.w);
    CHECK_INT(again.h, map.h);
    CHECK(memcmp(again.part, map.part, n) == 0);
    CHECK(memcmp(again.u, map.u, n) == 0);
    CHECK(memcmp(again.v, map.v, n) == 0);
    CHECK(memcmp(again.pixels, map.pixels, sizeof map.pixels) == 0);
    for (int c = 0; c < AW_BODY_CLASSES; c++)
        CHECK_NEAR(again.confidence[c], map.confidence[c], 1e-6);
}

static void there_and_back(void) {
    for (uint64_t seed = 0; seed < 300; seed++) {
        uint32_t w = 1 + (uint32_t)(64 * noise_uniform(1, seed)),
                 h = 1 + (uint32_t)(64 * noise_uniform(2, seed));
        draw(seed, w, h, seed % 3 == 0 ? 1 : seed % 3 == 1 ? 20 : 3000);
        int len = aw_body_stream_write(&map, bytes, sizeof bytes);
        CHECK(len > 0);
        CHECK((size_t)len <= AW_BODY_STREAM_BYTES((size_t)w * h));
        CHECK_INT(aw_body_stream_read(&again, bytes, (size_t)len), AW_OK);
        check_same();
        CHECK_INT(aw_body_stream_write(&map, copy, (size_t)len), len);
        CHECK_INT(aw_body_stream_write(&map, copy, (size_t)len - 1), AW_ERR_NOMEM);
    }
}

/* At each truncation refused; with any byte changed refused, or the one form of another map. */
static void damaged(void) {
    draw(77, 12, 9, 6);
    int len = aw_body_stream_write(&map, bytes, sizeof bytes);
    for (int n = 0; n < len; n++) {
        uint8_t *exact = malloc((size_t)n + 1); /* a sanitizer sees a read beyond */
        memcpy(exact, bytes, (size_t)n);
        CHECK_INT(aw_body_stream_read(&again, exact, (size_t)n), AW_ERR_TRUNCATED);
        CHECK_INT(again.w, 0);
        free(exact);
    }
    for (int at = 0; at < len; at++)
        for (int value = 0; value < 256; value++) {
            memcpy(copy, bytes, (size_t)len);
            copy[at] = (uint8_t)value;
            if (aw_body_stream_read(&again, copy, (size_t)len) != AW_OK) continue;
            static uint8_t out[sizeof bytes];
            CHECK_INT(aw_body_stream_write(&again, out, sizeof out), len);
            CHECK(memcmp(out, copy, (size_t)len) == 0);
        }
}

static void vectors(void) {
    static const struct {
        const char *legend;
        uint8_t bytes[32];
        size_t len;
        int want;
    } v[] = {
        {"3x2, part 2 on three pixels",
         {'A', 'W', 'B', '1', 3, 0, 2, 0, 1, 2, 255, 0, 2, 2, 3, 0, 1, 1, 2, 3, 4, 5, 6},
         23,
         AW_OK},
        {"nothing shows", {'A', 'W', 'B', '1', 3, 0, 2, 0, 0, 0, 6}, 11, AW_OK},
        {"a byte more", {'A', 'W', 'B', '1', 3, 0, 2, 0, 0, 0, 6, 0}, 12, AW_ERR_LENGTH},
        {"another magic", {'A', 'W', 'B', '2', 3, 0, 2, 0, 0, 0, 6}, 11, AW_ERR_MAGIC},
        {"no width", {'A', 'W', 'B', '1', 0, 0, 2, 0, 0, 0, 6}, 11, AW_ERR_RANGE},
        {"513 wide", {'A', 'W', 'B', '1', 1, 2, 2, 0, 0, 0, 6}, 11, AW_ERR_RANGE},
        {"does not fit", {'A', 'W', 'B', '1', 65, 0, 64, 0, 0, 0, 6}, 11, AW_ERR_TOO_MANY},
        {"25 parts", {'A', 'W', 'B', '1', 3, 0, 2, 0, 25, 0, 6}, 11, AW_ERR_RANGE},
        {"part 25", {'A', 'W', 'B', '1', 3, 0, 2, 0, 0, 25, 6}, 11, AW_ERR_RANGE},
        {"runs too long", {'A', 'W', 'B', '1', 3, 0, 2, 0, 0, 0, 7}, 11, AW_ERR_LENGTH},
        {"run of none", {'A', 'W', 'B', '1', 3, 0, 2, 0, 0, 0, 0, 0, 6}, 13, AW_ERR_LENGTH},
        {"neighbours alike", {'A', 'W', 'B', '1', 3, 0, 2, 0, 0, 0, 3, 0, 3}, 13, AW_ERR_LENGTH},
        {"long varint", {'A', 'W', 'B', '1', 3, 0, 2, 0, 0, 0, 0x86, 0}, 12, AW_ERR_LENGTH},
        {"endless varint",
         {'A', 'W', 'B', '1', 3, 0, 2, 0, 0, 0, 0x86, 0x80, 0x80, 0x80, 0},
         15,
         AW_ERR_LENGTH},
        {"table says more", {'A', 'W', 'B', '1', 3, 0, 2, 0, 1, 2, 255, 0, 6}, 13, AW_ERR_LENGTH},
        {"table says less", {'A', 'W', 'B', '1', 1, 0, 1, 0, 0, 2, 1, 9, 9}, 13, AW_ERR_LENGTH},
        {"table says another",
         {'A', 'W', 'B', '1', 1, 0, 1, 0, 1, 3, 255, 2, 1, 9, 9},
         15,
         AW_ERR_LENGTH},
    };
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        int got = aw_body_stream_read(&again, v[i].bytes, v[i].len);
        if (got != v[i].want) fprintf(stderr, "%s:\n", v[i].legend);
        CHECK_INT(got, v[i].want);
    }
    CHECK_INT(aw_body_stream_read(&again, v[0].bytes, v[0].len), AW_OK);
    CHECK(memcmp(again.part, (const uint8_t[]){0, 0, 2, 2, 2, 0}, 6) == 0);
    CHECK(memcmp(again.u, (const uint8_t[]){0, 0, 1, 2, 3, 0}, 6) == 0);
    CHECK(memcmp(again.v, (const uint8_t[]){0, 0, 4, 5, 6, 0}, 6) == 0);
    CHECK_NEAR(again.confidence[2], 1, 0);
    again.w = 0;
    CHECK_INT(aw_body_stream_write(&again, bytes, sizeof bytes), AW_ERR_EMPTY);
}

int main(void) {
    start();
    there_and_back();
    damaged();
    vectors();
    return test_end();
}
