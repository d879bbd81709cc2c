#include "server/rate.h"
#include "server/token.h"
#include "test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void create_and_find(void) {
    static struct aw_tokens t;
    char a[AW_TOKEN_TEXT], b[AW_TOKEN_TEXT];
    struct aw_why why;
    CHECK(aw_tokens_create(&t, "phone", AW_SCOPE_READ, 7, a, &why) == AW_OK);
    CHECK(aw_tokens_create(&t, "lab.pc", AW_SCOPE_ADMIN, 8, b, &why) == AW_OK);
    CHECK(strcmp(a, b) != 0);
    CHECK(aw_tokens_find(&t, a, strlen(a)) == &t.list[0]);
    CHECK(aw_tokens_find(&t, b, strlen(b)) == &t.list[1]);
    for (size_t i = 0; i < strlen(a); i++) { /* each character counts */
        char wrong[AW_TOKEN_TEXT];
        memcpy(wrong, a, sizeof wrong);
        wrong[i] = wrong[i] == 'A' ? 'E' : 'A';
        CHECK(!aw_tokens_find(&t, wrong, strlen(wrong)));
        CHECK(!aw_tokens_find(&t, a, i));
    }
    CHECK(aw_tokens_create(&t, "phone", AW_SCOPE_READ, 0, a, &why) == AW_ERR_INVAL);
    CHECK(aw_tokens_create(&t, "", AW_SCOPE_READ, 0, a, &why) == AW_ERR_INVAL);
    CHECK(aw_tokens_create(&t, "two words", AW_SCOPE_READ, 0, a, &why) == AW_ERR_INVAL);
    CHECK(aw_tokens_create(&t, "x", AW_SCOPE_OPEN, 0, a, &why) == AW_ERR_INVAL);
    CHECK(!aw_tokens_revoke(&t, "nobody"));
    CHECK(aw_tokens_revoke(&t, "phone"));
    CHECK(!aw_tokens_find(&t, a, strlen(a)));
    CHECK(aw_tokens_find(&t, b, strlen(b)) == &t.list[0]);
    for (int i = 1; i < AW_TOKENS_MAX; i++) {
        char name[8];
        snprintf(name, sizeof name, "n%d", i);
        CHECK(aw_tokens_create(&t, name, AW_SCOPE_READ, 0, a, &why) == AW_OK);
    }
    CHECK(aw_tokens_create(&t, "more", AW_SCOPE_READ, 0, a, &why) == AW_ERR_TOO_MANY);
}

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void texts(void) {
    static const struct {
        const char *text;
        int want; /* tokens; < 0 refused */
    } all[] = {
        {"", 0},
        {"# note\n\n", 0},
        {"a read 5 " HASH "\nb admin 6 " HASH, 2},
        {"a read 5 " HASH "\na read 5 " HASH "\n", -1},
        {"a open 5 " HASH "\n", -1},
        {"a read 5 " HASH "00\n", -1},
        {"a read 5 0011\n", -1},
        {"a read -5 " HASH "\n", -1},
        {"a read 5 " HASH " more\n", -1},
        {"a read\n", -1},
        {"a/b read 5 " HASH "\n", -1},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        static struct aw_tokens t;
        struct aw_why why;
        t.n = 3;
        int got = aw_tokens_read(&t, all[i].text, strlen(all[i].text), &why);
        CHECK(all[i].want < 0 ? got == AW_ERR_TEXT && t.n == 3
                              : got == AW_OK && t.n == all[i].want);
    }
}

static void files(void) {
    static struct aw_tokens t, back;
    char dir[] = "/tmp/aw-token-XXXXXX", path[64], secret[AW_TOKEN_TEXT], text[AW_TOKEN_FILE];
    struct aw_why why;
    struct stat st;
    CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/tokens", dir);
    back.n = 1;
    CHECK(aw_tokens_load(&back, path, &why) == AW_OK && back.n == 0); /* not there: none */
    CHECK(aw_tokens_create(&t, "one", AW_SCOPE_CONTROL, 1700000000, secret, &why) == AW_OK);
    umask(0);
    CHECK(aw_tokens_save(&t, path, &why) == AW_OK);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
    CHECK(aw_tokens_load(&back, path, &why) == AW_OK && back.n == 1);
    CHECK(memcmp(&back.list[0], &t.list[0], sizeof t.list[0]) == 0);
    aw_tokens_write(&t, text);
    CHECK(!strstr(text, secret) && !strstr(text, secret + 4)); /* the secret is not kept */
    CHECK(chmod(path, 0640) == 0);
    CHECK(aw_tokens_load(&back, path, &why) == AW_ERR_IO && strstr(why.text, "chmod 600"));
    unlink(path);
    CHECK(symlink("/etc/passwd", path) == 0);
    CHECK(aw_tokens_load(&back, path, &why) == AW_ERR_IO);
    unlink(path);
    rmdir(dir);
}

static void rates(void) {
    static struct aw_rate r;
    const int64_t s = 1000000000;
    aw_rate_init(&r, 2, 4);
    for (int i = 0; i < 4; i++) CHECK(aw_rate_take(&r, 77, s));
    CHECK(!aw_rate_has(&r, 77, s) && !aw_rate_take(&r, 77, s));
    CHECK(aw_rate_take(&r, 78, s)); /* each for itself */
    CHECK(aw_rate_take(&r, 77, s + s / 2) && !aw_rate_take(&r, 77, s + s / 2));
    for (int i = 0; i < 4; i++) CHECK(aw_rate_take(&r, 77, 100 * s)); /* never more than 4 */
    CHECK(!aw_rate_take(&r, 77, 100 * s));
    /* one that asks on and on is not forgotten for 100000 others that ask once */
    int let = 0;
    for (uint64_t i = 0; i < 100000; i++) {
        aw_rate_take(&r, 1000 + i, 100 * s + (int64_t)i);
        let += aw_rate_take(&r, 77, 100 * s + (int64_t)i);
    }
    CHECK(let == 0);
}

int main(void) {
    create_and_find();
    texts();
    files();
    rates();
    return test_end();
}
