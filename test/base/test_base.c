#include "base/arena.h"
#include "base/crc32.h"
#include "base/cursor.h"
#include "base/frame.h"
#include "base/json.h"
#include "base/ring.h"
#include "test.h"

static void names(void) {
    for (int err = 0; err > -AW_ERR_COUNT; err--) {
        CHECK(strcmp(aw_err_key(err), "unknown") != 0);
        CHECK(strlen(aw_err_sentence(err)) > 5);
    }
    CHECK_STR(aw_err_key(-AW_ERR_COUNT), "unknown"); /* AW_ERR_COUNT must be kept up to date */
    CHECK_STR(aw_err_key(AW_ERR_CRC), "crc");
    CHECK_STR(aw_format_key(AW_FORMAT_NEXMON), "nexmon");
    CHECK_STR(aw_format_key((enum aw_format)999), "unknown");
    CHECK_STR(aw_reason_key(AW_REASON_NO_FRAMES), "no-frames");
    CHECK_STR(aw_state_key(AW_STATE_STILL), "still");
}

static void arena(void) {
    unsigned char memory[256];
    struct aw_arena a, dry;
    aw_arena_init(&a, memory + 1, sizeof memory - 1);
    aw_arena_init(&dry, NULL, 0);
    char *first = aw_arena_alloc(&a, 3, 1);
    char *second = aw_arena_alloc(&a, 2, 8);
    CHECK(first && second && ((uintptr_t)second & 15) == 0 && second >= first + 3);
    CHECK(aw_arena_alloc(&dry, 3, 1) == NULL && aw_arena_alloc(&dry, 2, 8) == NULL);
    CHECK_INT(dry.used, 32);
    CHECK(aw_arena_alloc(&a, SIZE_MAX / 4, 8) == NULL); /* overflow */
    CHECK(aw_arena_alloc(&a, 1000, 1) == NULL);         /* full */
    CHECK(aw_arena_alloc(&a, 1, 1) == NULL);            /* stays full: init fails as a whole */
    CHECK_INT(aw_arena_left(&a), 0);
}

static void cursor(void) {
    const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 0xFF};
    struct aw_cursor c = aw_cursor_init(bytes, sizeof bytes);
    CHECK_INT(aw_cursor_u16le(&c), 0x0201);
    CHECK_INT(aw_cursor_u16be(&c), 0x0304);
    CHECK_INT(aw_cursor_u32le(&c), 0x08070605);
    CHECK_INT(aw_cursor_i8(&c), -1);
    CHECK(!c.short_read);
    CHECK_INT(aw_cursor_u32be(&c), 0);
    CHECK(c.short_read && aw_cursor_left(&c) == 0);
    c = aw_cursor_init(bytes, sizeof bytes);
    CHECK(aw_cursor_mac(&c) == 0x010203040506);
    CHECK(aw_cursor_take(&c, SIZE_MAX) == NULL && c.short_read);
}

static void crc(void) {
    CHECK(aw_crc32_run("123456789", 9) == 0xCBF43926); /* the published check value */
    CHECK(aw_crc32_run("", 0) == 0);
}

static void channels(void) {
    CHECK_INT(aw_channel_to_mhz(6), 2437);
    CHECK_INT(aw_channel_to_mhz(14), 2484);
    CHECK_INT(aw_channel_to_mhz(36), 5180);
    CHECK_INT(aw_channel_to_mhz(0), 0);
    for (unsigned ch = 0; ch < 256; ch++)
        if (aw_channel_to_mhz(ch)) CHECK_INT(aw_mhz_to_channel(aw_channel_to_mhz(ch)), ch);
}

int main(void) {
    names();
    arena();
    cursor();
    crc();
    channels();
    return test_end();
}
