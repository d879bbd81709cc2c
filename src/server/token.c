#include "server/token.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "awt_"

enum {
    PREFIX_BYTES = sizeof PREFIX - 1,
    BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

_Static_assert(AW_TOKEN_TEXT == PREFIX_BYTES + sodium_base64_ENCODED_LEN(AW_TOKEN_SECRET, BASE64),
               "a token's text");
_Static_assert(AW_TOKEN_HASH == crypto_generichash_BYTES, "a token's hash");

static const char *const scopes[] = {[AW_SCOPE_OPEN] = "open",
                                     [AW_SCOPE_READ] = "read",
                                     [AW_SCOPE_CONTROL] = "control",
                                     [AW_SCOPE_ADMIN] = "admin"};

const char *aw_scope_name(enum aw_scope scope) {
    return scopes[scope];
}

enum aw_scope aw_scope_of(const char *name) {
    for (enum aw_scope s = AW_SCOPE_READ; s <= AW_SCOPE_ADMIN; s++)
        if (strcmp(name, scopes[s]) == 0) return s;
    return AW_SCOPE_OPEN;
}

static bool is_name(const char *name) {
    size_t len = strlen(name);
    return len > 0 && len < AW_TOKEN_NAME &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

static int at_name(const struct aw_tokens *t, const char *name) {
    for (int i = 0; i < t->n; i++)
        if (strcmp(t->list[i].name, name) == 0) return i;
    return -1;
}

static void hash(uint8_t out[AW_TOKEN_HASH], const uint8_t secret[AW_TOKEN_SECRET]) {
    crypto_generichash(out, AW_TOKEN_HASH, secret, AW_TOKEN_SECRET, NULL, 0);
}

static int refuse(struct aw_why *why, int err, const char *name, const char *says) {
    snprintf(why->text, sizeof why->text, "token \"%.60s\": %s", name, says);
    return err;
}

int aw_tokens_create(struct aw_tokens *t, const char *name, enum aw_scope scope, int64_t now_s,
                     char text[AW_TOKEN_TEXT], struct aw_why *why) {
    if (!is_name(name))
        return refuse(why, AW_ERR_INVAL, name,
                      "a name is 1 to 47 letters, digits, dots, dashes, underscores");
    if (at_name(t, name) >= 0)
        return refuse(why, AW_ERR_INVAL, name, "there is one of this name already");
    if (scope == AW_SCOPE_OPEN)
        return refuse(why, AW_ERR_INVAL, name, "the scope is to be read, control or admin");
    if (t->n == AW_TOKENS_MAX)
        return refuse(why, AW_ERR_TOO_MANY, name, "there are 64 already: revoke one");
    if (sodium_init() < 0) return refuse(why, AW_ERR_IO, name, "the system gives no randomness");
    uint8_t secret[AW_TOKEN_SECRET];
    struct aw_token *one = &t->list[t->n++];
    *one = (struct aw_token){.scope = scope, .created_s = now_s};
    memcpy(one->name, name, strlen(name) + 1);
    randombytes_buf(secret, sizeof secret);
    hash(one->hash, secret);
    memcpy(text, PREFIX, PREFIX_BYTES);
    sodium_bin2base64(text + PREFIX_BYTES, AW_TOKEN_TEXT - PREFIX_BYTES, secret, sizeof secret,
                      BASE64);
    sodium_memzero(secret, sizeof secret);
    return AW_OK;
}

bool aw_tokens_revoke(struct aw_tokens *t, const char *name) {
    int at = at_name(t, name);
    if (at < 0) return false;
    memmove(&t->list[at], &t->list[at + 1], (size_t)(t->n - at - 1) * sizeof t->list[0]);
    t->n--;
    return true;
}

const struct aw_token *aw_tokens_find(const struct aw_tokens *t, const char *text, size_t len) {
    uint8_t secret[AW_TOKEN_SECRET], given[AW_TOKEN_HASH];
    const struct aw_token *found = NULL;
    size_t n;
    if (len != AW_TOKEN_TEXT - 1 || memcmp(text, PREFIX, PREFIX_BYTES) != 0) return NULL;
    if (sodium_base642bin(secret, sizeof secret, text + PREFIX_BYTES, len - PREFIX_BYTES, NULL, &n,
                          NULL, BASE64) != 0 ||
        n != sizeof secret)
        return NULL;
    hash(given, secret);
    for (int i = 0; i < t->n; i++)
        if (sodium_memcmp(given, t->list[i].hash, sizeof given) == 0) found = &t->list[i];
    sodium_memzero(secret, sizeof secret);
    return found;
}

/* "name scope time hash" */
static bool read_line(struct aw_tokens *t, const char *line) {
    char name[AW_TOKEN_NAME], scope[16], hex[2 * AW_TOKEN_HASH + 2], more;
    long long created;
    size_t n;
    if (t->n == AW_TOKENS_MAX ||
        sscanf(line, "%47s %15s %18lld %65s %c", name, scope, &created, hex, &more) != 4)
        return false;
    struct aw_token *one = &t->list[t->n];
    *one = (struct aw_token){.scope = aw_scope_of(scope), .created_s = created};
    if (!is_name(name) || at_name(t, name) >= 0 || one->scope == AW_SCOPE_OPEN || created < 0 ||
        sodium_hex2bin(one->hash, sizeof one->hash, hex, strlen(hex), NULL, &n, NULL) != 0 ||
        n != sizeof one->hash)
        return false;
    memcpy(one->name, name, strlen(name) + 1);
    t->n++;
    return true;
}

int aw_tokens_read(struct aw_tokens *t, const char *text, size_t len, struct aw_why *why) {
    struct aw_tokens read = {0};
    unsigned number = 1;
    for (size_t at = 0; at < len; number++) {
        char line[256];
        const char *end = memchr(text + at, '\n', len - at);
        size_t n = end ? (size_t)(end - (text + at)) : len - at;
        bool fits = n < sizeof line && !memchr(text + at, '\0', n);
        if (fits) {
            memcpy(line, text + at, n);
            line[n] = '\0';
        }
        if (!fits || (n > 0 && line[0] != '#' && !read_line(&read, line))) {
            snprintf(why->text, sizeof why->text,
                     "line %u is not a name, scope, time and hash, or comes twice", number);
            return AW_ERR_TEXT;
        }
        at += n + 1;
    }
    *t = read;
    return AW_OK;
}

size_t aw_tokens_write(const struct aw_tokens *t, char text[AW_TOKEN_FILE]) {
    size_t n = (size_t)snprintf(text, AW_TOKEN_FILE, "# tokens of airwake; see airwake token\n");
    for (int i = 0; i < t->n; i++) {
        char hex[2 * AW_TOKEN_HASH + 1];
        const struct aw_token *one = &t->list[i];
        sodium_bin2hex(hex, sizeof hex, one->hash, sizeof one->hash);
        n += (size_t)snprintf(text + n, AW_TOKEN_FILE - n, "%s %s %lld %s\n", one->name,
                              scopes[one->scope], (long long)one->created_s, hex);
    }
    return n;
}
