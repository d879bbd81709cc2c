#include "server/keyring.h"

#include "server/secret_file.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

_Static_assert(AW_KEYS_MAX *AW_KEY_LINE + 64 < AW_KEYS_FILE, "all keys fit in a file");
_Static_assert(AW_SIGNED_KEY_BYTES == crypto_generichash_KEYBYTES, "a key's length");

const struct aw_key *aw_keyring_find(const struct aw_keyring *k, uint32_t id) {
    for (int i = 0; i < k->n; i++)
        if (k->list[i].id == id) return &k->list[i];
    return NULL;
}

static int refuse(struct aw_why *why, int err, uint32_t id, const char *says) {
    snprintf(why->text, sizeof why->text, "key %u: %s", id, says);
    return err;
}

int aw_keyring_create(struct aw_keyring *k, uint32_t id, const struct aw_key **out,
                      struct aw_why *why) {
    if (id == 0) {
        for (int i = 0; i < k->n; i++)
            if (k->list[i].id > id) id = k->list[i].id;
        id++; /* 0 again behind the highest there is */
    }
    if (id == 0) return refuse(why, AW_ERR_INVAL, id, "the highest number is taken: choose one");
    if (aw_keyring_find(k, id)) return refuse(why, AW_ERR_INVAL, id, "there is one already");
    if (k->n == AW_KEYS_MAX)
        return refuse(why, AW_ERR_TOO_MANY, id, "there are 256 already: revoke one");
    if (sodium_init() < 0) return refuse(why, AW_ERR_IO, id, "the system gives no randomness");
    struct aw_key *one = &k->list[k->n++];
    one->id = id;
    randombytes_buf(one->key, sizeof one->key);
    *out = one;
    return AW_OK;
}

bool aw_keyring_revoke(struct aw_keyring *k, uint32_t id) {
    for (int i = 0; i < k->n; i++) {
        if (k->list[i].id != id) continue;
        k->list[i] = k->list[--k->n];
        sodium_memzero(&k->list[k->n], sizeof k->list[k->n]);
        return true;
    }
    return false;
}

/* "ID HEX" */
static bool read_line(struct aw_keyring *k, const char *line, size_t len) {
    struct aw_key *one = &k->list[k->n];
    const char *end = memchr(line, ' ', len), *hex_end;
    size_t n = 0, digits = end ? (size_t)(end - line) : 0;
    uint64_t id = 0;
    if (k->n == AW_KEYS_MAX || digits == 0 || digits > 10) return false;
    for (size_t i = 0; i < digits; i++) {
        if (line[i] < '0' || line[i] > '9') return false;
        id = 10 * id + (uint64_t)(line[i] - '0');
    }
    size_t hex = len - digits - 1;
    if (id == 0 || id > UINT32_MAX || aw_keyring_find(k, (uint32_t)id)) return false;
    if (hex != 2 * sizeof one->key ||
        sodium_hex2bin(one->key, sizeof one->key, end + 1, hex, NULL, &n, &hex_end) != 0 ||
        n != sizeof one->key)
        return false;
    one->id = (uint32_t)id;
    k->n++;
    return true;
}

int aw_keyring_read(struct aw_keyring *k, const char *text, size_t len, struct aw_why *why) {
    static _Thread_local struct aw_keyring read;
    unsigned number = 1;
    int err = AW_OK;
    read.n = 0;
    for (size_t at = 0; at < len && err == AW_OK; number++) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t n = end ? (size_t)(end - (text + at)) : len - at;
        if (n > 0 && text[at] != '#' && !read_line(&read, text + at, n)) {
            snprintf(why->text, sizeof why->text,
                     "line %u is not a number from 1 to 4294967295 and 64 hex digits, or comes "
                     "twice",
                     number);
            err = AW_ERR_TEXT;
        }
        at += n + 1;
    }
    if (err == AW_OK) *k = read;
    aw_keyring_forget(&read);
    return err;
}

void aw_keyring_line(const struct aw_key *key, char line[AW_KEY_LINE]) {
    int n = snprintf(line, AW_KEY_LINE, "%u ", key->id);
    sodium_bin2hex(line + n, (size_t)(AW_KEY_LINE - n), key->key, sizeof key->key);
}

size_t aw_keyring_write(const struct aw_keyring *k, char text[AW_KEYS_FILE]) {
    size_t n =
        (size_t)snprintf(text, AW_KEYS_FILE, "# keys of signed datagrams; see airwake key\n");
    for (int i = 0; i < k->n; i++) {
        char line[AW_KEY_LINE];
        aw_keyring_line(&k->list[i], line);
        n += (size_t)snprintf(text + n, AW_KEYS_FILE - n, "%s\n", line);
        sodium_memzero(line, sizeof line);
    }
    return n;
}

int aw_keyring_load(struct aw_keyring *k, const char *path, struct aw_why *why) {
    char text[AW_KEYS_FILE];
    struct aw_why line;
    ssize_t len = aw_secret_file_read(path, text, sizeof text, why);
    if (len < 0) return AW_ERR_IO;
    int err = aw_keyring_read(k, text, (size_t)len, &line);
    sodium_memzero(text, sizeof text);
    if (err != AW_OK) aw_secret_file_fail(why, path, line.text);
    return err;
}

int aw_keyring_save(const struct aw_keyring *k, const char *path, struct aw_why *why) {
    char text[AW_KEYS_FILE];
    int err = aw_secret_file_write(path, text, aw_keyring_write(k, text), why);
    sodium_memzero(text, sizeof text);
    return err;
}

void aw_keyring_forget(struct aw_keyring *k) {
    sodium_memzero(k, sizeof *k);
}
