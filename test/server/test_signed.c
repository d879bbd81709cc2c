/* Signed datagrams: the bytes, the window of those that came already, keys, and what the gate takes.
 * The gate's path is run with a counter armed around the allocator (the linker's --wrap). */
#include "server/gate.h"
#include "server/secret_file.h"
#include "test.h"

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t S = 1000000000;
static const int64_t NOW = 1700000000123456789;
static const uint8_t inner[8] = {0x01, 0x00, 0x11, 0xC5, 0x00, 0x01, 0x02, 0x03};

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
static bool armed;
static int calls;
void *__wrap_malloc(size_t n) {
    calls += armed;
    return __real_malloc(n);
}

static void count_up(uint8_t key[AW_SIGNED_KEY_BYTES]) {
    for (int i = 0; i < AW_SIGNED_KEY_BYTES; i++) key[i] = (uint8_t)i;
}

static size_t sign(uint8_t buf[128], uint32_t id, uint64_t seq, int64_t t_ns) {
    uint8_t key[AW_SIGNED_KEY_BYTES];
    const struct aw_signed s = {id, seq, t_ns, inner, sizeof inner};
    count_up(key);
    key[31] = (uint8_t)(key[31] + id - 7);
    int n = aw_signed_write(&s, key, buf, 128);
    CHECK_INT(n, sizeof inner + AW_SIGNED_MORE_BYTES);
    return (size_t)n;
}

/* What stands in docs/protocol.md are these bytes. */
static void vector(void) {
    static char page[65536];
    uint8_t buf[128], key[AW_SIGNED_KEY_BYTES];
    char hex[256 + 1];
    count_up(key);
    size_t len = sign(buf, 7, 0x0102030405060708, NOW);
    sodium_bin2hex(hex, sizeof hex, buf, len);
    FILE *f = fopen(AW_SOURCE_DIR "/docs/protocol.md", "r");
    CHECK(f != NULL);
    if (!f) return;
    page[fread(page, 1, sizeof page - 1, f)] = '\0';
    fclose(f);
    if (!strstr(page, hex)) fprintf(stderr, "want in docs/protocol.md: %s\n", hex);
    CHECK(strstr(page, hex) != NULL);

    struct aw_signed s;
    CHECK(aw_signed_read(buf, len, &s) == AW_OK);
    CHECK(s.key == 7 && s.seq == 0x0102030405060708 && s.t_ns == NOW);
    CHECK(s.inner_len == sizeof inner && memcmp(s.inner, inner, sizeof inner) == 0);
    CHECK(aw_signed_check(buf, len, key));
}

static void damage(void) {
    uint8_t buf[128], copy[128], key[AW_SIGNED_KEY_BYTES];
    struct aw_signed s;
    count_up(key);
    size_t len = sign(buf, 7, 5, NOW);
    for (size_t n = 0; n < len; n++) { /* at an unmapped page's edge, for the sanitizer */
        uint8_t *cut = malloc(n ? n : 1);
        memcpy(cut, buf, n);
        int err = aw_signed_read(cut, n, &s);
        CHECK_INT(err, n < 4 ? AW_ERR_MAGIC : n < AW_SIGNED_MORE_BYTES ? AW_ERR_TRUNCATED : AW_OK);
        CHECK(!aw_signed_check(cut, n, key));
        free(cut);
    }
    for (size_t bit = 0; bit < 8 * len; bit++) {
        memcpy(copy, buf, len);
        copy[bit / 8] = (uint8_t)(copy[bit / 8] ^ 1 << bit % 8);
        CHECK(!aw_signed_check(copy, len, key));
        int err = aw_signed_read(copy, len, &s);
        size_t byte = bit / 8;
        CHECK_INT(err, byte < 4    ? AW_ERR_MAGIC
                       : byte == 4 ? AW_ERR_VERSION
                       : byte < 8  ? AW_ERR_RANGE
                                   : AW_OK);
    }
    key[0] ^= 1;
    CHECK(!aw_signed_check(buf, len, key));
    const struct aw_signed big = {1, 2, 3, inner, sizeof inner};
    for (size_t cap = 0; cap < len; cap++)
        CHECK(aw_signed_write(&big, key, copy, cap) == AW_ERR_INVAL);
}

/* Against the plain definition: all that came, and the highest. */
static void window(void) {
    enum { SPAN = 1 << 16, STEPS = 30000 };
    static uint8_t seen[SPAN];
    static const uint64_t bases[] = {0, 1, 63, 4000, 1700000000123456789, UINT64_MAX - SPAN + 1};
    uint64_t r = 88172645463325252;
    for (size_t b = 0; b < 4 * sizeof bases / sizeof *bases; b++) {
        static struct aw_replay_window w;
        uint64_t base = bases[b / 4], highest = 0, at = 0;
        int wrong = 0, taken = 0;
        memset(&w, 0, sizeof w);
        memset(seen, 0, sizeof seen);
        for (int i = 0; i < STEPS; i++) {
            r ^= r << 13, r ^= r >> 7, r ^= r << 17;
            uint64_t far = b % 4 == 0 ? 8 : b % 4 == 2 ? 300 : 3 * AW_REPLAY_WINDOW;
            at += b % 4 == 3 && r % 997 == 0 ? 1500 : r >> 60 < 6; /* on, now and then far on */
            uint64_t back = (r >> 8) % far, offset = at > back ? at - back : at;
            if (offset >= SPAN) break;
            uint64_t seq = base + offset;
            bool want = !seen[offset] && (seq > highest || highest - seq < AW_REPLAY_WINDOW);
            bool got = aw_replay_take(&w, seq);
            wrong += got != want;
            taken += got;
            if (want) seen[offset] = 1;
            if (want && seq > highest) highest = seq;
        }
        CHECK_INT(wrong, 0);
        CHECK(taken > 100);
    }
    /* a jump forgets all, wherever in a word it ends */
    for (uint64_t to = 64 * 200; to < 64 * 201; to++) {
        static struct aw_replay_window full;
        int taken = 0;
        memset(&full, 0, sizeof full);
        for (uint64_t seq = 0; seq < 64 * AW_REPLAY_WORDS; seq++) aw_replay_take(&full, seq);
        for (uint64_t seq = to + 1; seq-- > to + 1 - AW_REPLAY_WINDOW;)
            taken += aw_replay_take(&full, seq);
        CHECK_INT(taken, AW_REPLAY_WINDOW);
    }
    static struct aw_replay_window w; /* the ends */
    memset(&w, 0, sizeof w);
    CHECK(aw_replay_take(&w, 0) && !aw_replay_take(&w, 0));
    CHECK(aw_replay_take(&w, UINT64_MAX) && !aw_replay_take(&w, UINT64_MAX));
    CHECK(aw_replay_take(&w, UINT64_MAX - AW_REPLAY_WINDOW + 1));
    CHECK(!aw_replay_take(&w, UINT64_MAX - AW_REPLAY_WINDOW) && !aw_replay_take(&w, 1));
}

#define HEX "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
static void keys(void) {
    static const struct {
        const char *text;
        int want; /* keys; < 0 refused */
    } all[] = {
        {"", 0},
        {"# note\n\n", 0},
        {"1 " HEX "\n4294967295 " HEX, 2},
        {"1 " HEX "\n1 " HEX "\n", -1},
        {"0 " HEX "\n", -1},
        {"4294967296 " HEX "\n", -1},
        {"-1 " HEX "\n", -1},
        {"1 " HEX "00\n", -1},
        {"1 0011\n", -1},
        {"1 " HEX " \n", -1},
        {"1\n", -1},
        {" 1 " HEX "\n", -1},
        {"1  " HEX "\n", -1},
        {"99999999999999999999 " HEX "\n", -1},
    };
    static struct aw_keyring k, back;
    static char text[AW_KEYS_FILE];
    struct aw_why why;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        k.n = 3;
        int got = aw_keyring_read(&k, all[i].text, strlen(all[i].text), &why);
        CHECK(all[i].want < 0 ? got == AW_ERR_TEXT && k.n == 3 && strstr(why.text, "line ")
                              : got == AW_OK && k.n == all[i].want);
    }
    const struct aw_key *a, *b;
    k.n = 0;
    CHECK(aw_keyring_create(&k, 0, &a, &why) == AW_OK && a->id == 1);
    CHECK(aw_keyring_create(&k, 7, &b, &why) == AW_OK && b->id == 7);
    CHECK(memcmp(a->key, b->key, sizeof a->key) != 0);
    CHECK(aw_keyring_create(&k, 7, &b, &why) == AW_ERR_INVAL);
    CHECK(aw_keyring_create(&k, 0, &b, &why) == AW_OK && b->id == 8);
    CHECK(!aw_keyring_revoke(&k, 9) && aw_keyring_revoke(&k, 1) && !aw_keyring_find(&k, 1));
    CHECK(aw_keyring_find(&k, 7) && aw_keyring_find(&k, 8));
    CHECK(aw_keyring_create(&k, UINT32_MAX, &b, &why) == AW_OK);
    CHECK(aw_keyring_create(&k, 0, &b, &why) == AW_ERR_INVAL);
    for (uint32_t i = 0; k.n < AW_KEYS_MAX; i++)
        CHECK(aw_keyring_create(&k, 100 + i, &b, &why) == AW_OK);
    CHECK(aw_keyring_create(&k, 99, &b, &why) == AW_ERR_TOO_MANY);
    size_t len = aw_keyring_write(&k, text);
    CHECK(len < sizeof text && aw_keyring_read(&back, text, len, &why) == AW_OK);
    CHECK(back.n == k.n && memcmp(back.list, k.list, sizeof k.list) == 0);

    char dir[] = "/tmp/aw-keys-XXXXXX", path[64];
    struct stat st;
    CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/keys", dir);
    umask(0);
    CHECK(aw_keyring_load(&back, path, &why) == AW_OK && back.n == 0); /* not there: none */
    CHECK(aw_keyring_save(&k, path, &why) == AW_OK);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
    CHECK(aw_keyring_load(&back, path, &why) == AW_OK && back.n == k.n);
    CHECK(chmod(path, 0604) == 0);
    CHECK(aw_keyring_load(&back, path, &why) == AW_ERR_IO && strstr(why.text, "chmod 600"));
    unlink(path);
    rmdir(dir);
}

static struct aw_gate g;
static struct aw_gate_rules rules;
static int pass_at(const uint8_t *buf, size_t len, int64_t t_ns) {
    static int64_t monotonic_ns;
    const uint8_t *data = buf;
    int err = aw_gate_pass(&g, 0x7F000001, monotonic_ns += 1000, t_ns, &data, &len);
    if (err == AW_OK && aw_signed_is(buf, 4))
        CHECK(len == sizeof inner && memcmp(data, inner, len) == 0);
    return err;
}
static int pass(uint32_t id, uint64_t seq, int64_t t_ns, int64_t now_ns) {
    uint8_t buf[128];
    return pass_at(buf, sign(buf, id, seq, t_ns), now_ns);
}

static void gate(void) {
    uint8_t buf[128];
    rules.packets_per_s = 1e6;
    rules.since_ns = NOW;
    rules.keys.n = 1;
    rules.keys.list[0].id = 7;
    count_up(rules.keys.list[0].key);
    CHECK(aw_gate_open(&g, &rules) == AW_OK);
    CHECK(pass_at(inner, sizeof inner, NOW) == AW_OK); /* not signed, and not asked to be */
    CHECK(pass(7, 100, NOW + S, NOW + S) == AW_OK);
    CHECK(pass(7, 100, NOW + S, NOW + S) == AW_ERR_REPLAYED);
    CHECK(pass(7, 99, NOW + S, NOW + S) == AW_OK); /* overtaken on the way */
    CHECK(pass(8, 200, NOW + S, NOW + S) == AW_ERR_UNKNOWN_KEY);
    size_t len = sign(buf, 7, UINT64_MAX, NOW + S);
    buf[30] ^= 1;
    CHECK(pass_at(buf, len, NOW + S) == AW_ERR_BAD_MAC);
    CHECK(pass(7, 101, NOW + S, NOW + S) == AW_OK); /* that one moved no window */
    /* the times: 30 s either way, and nothing from before the server */
    CHECK(pass(7, 110, NOW + 100 * S, NOW + 130 * S) == AW_OK);
    CHECK(pass(7, 111, NOW + 100 * S - 1, NOW + 130 * S) == AW_ERR_STALE);
    CHECK(pass(7, 112, NOW + 160 * S, NOW + 130 * S) == AW_OK);
    CHECK(pass(7, 113, NOW + 160 * S + 1, NOW + 130 * S) == AW_ERR_STALE);
    CHECK(pass(7, 114, INT64_MIN, NOW) == AW_ERR_STALE);
    CHECK(pass(7, UINT64_MAX, INT64_MAX, NOW) == AW_ERR_STALE);
    CHECK(pass(7, 115, NOW - 1, NOW) == AW_ERR_STALE);
    CHECK(pass(7, 115, NOW, NOW) == AW_OK); /* none of those moved the window either */
    /* other rules: what this key sent is still known; a key that is new begins now */
    rules.require_auth = true;
    rules.since_ns = NOW + 10 * S;
    rules.keys.n = 2;
    rules.keys.list[1] = rules.keys.list[0];
    rules.keys.list[0].id = 8;
    rules.keys.list[0].key[31]++;
    CHECK(aw_gate_change(&g, &rules) == AW_OK);
    aw_gate_turn(&g);
    CHECK(pass_at(inner, sizeof inner, NOW + 11 * S) == AW_ERR_UNSIGNED);
    CHECK(pass_at(inner, 0, NOW + 11 * S) == AW_ERR_UNSIGNED);
    CHECK(pass(7, 115, NOW + 11 * S, NOW + 11 * S) == AW_ERR_REPLAYED);
    CHECK(pass(7, 116, NOW + 9 * S, NOW + 11 * S) == AW_OK);
    CHECK(pass(8, 115, NOW + 9 * S, NOW + 11 * S) == AW_ERR_STALE);
    CHECK(pass(8, 115, NOW + 10 * S, NOW + 11 * S) == AW_OK);
    armed = true;
    for (uint64_t i = 0; i < 10000; i++)
        CHECK(pass(i % 2 ? 7 : 8, 1000 + i, NOW + 12 * S, NOW + 12 * S) == AW_OK);
    armed = false;
    CHECK_INT(calls, 0);
    /* the same number, another key: nothing of the last one's counts for it */
    rules.keys.list[0] = rules.keys.list[1];
    rules.keys.n = 1;
    rules.keys.list[0].key[0]++;
    CHECK(aw_gate_change(&g, &rules) == AW_OK);
    aw_gate_turn(&g);
    CHECK(pass(7, 20000, NOW + 12 * S, NOW + 12 * S) == AW_ERR_BAD_MAC);
    rules.keys.list[0].key[0]--;
    CHECK(aw_gate_change(&g, &rules) == AW_OK);
    aw_gate_turn(&g);
    CHECK(pass(7, 5, NOW + 12 * S, NOW + 12 * S) == AW_OK);
    rules.keys.n = 0;
    CHECK(aw_gate_change(&g, &rules) == AW_OK);
    aw_gate_turn(&g);
    CHECK(pass(7, 20000, NOW + 12 * S, NOW + 12 * S) == AW_ERR_UNKNOWN_KEY);
    aw_gate_close(&g);
}

int main(void) {
    CHECK(sodium_init() >= 0);
    vector();
    damage();
    window();
    keys();
    gate();
    return test_end();
}
