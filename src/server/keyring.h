/* Keys of signed datagrams: one for each sender.
 *
 * The file has one line per key: its number (1..4294967295), a space, 32 bytes in hex. Lines that
 * begin with # are notes. It holds the keys themselves, for the receiver computes what the sender
 * did: mode 0600. */
#ifndef AW_SERVER_KEYRING_H
#define AW_SERVER_KEYRING_H

#include "server/signed.h"
#include "server/unpack.h"

enum {
    AW_KEYS_MAX = 256,    /* as many as there may be links in bench/load.sh's largest load */
    AW_KEYS_FILE = 32768, /* bytes: longer is no file of ours */
    AW_KEY_LINE = 80,     /* bytes of a line with its end */
};

struct aw_key {
    uint32_t id;
    uint8_t key[AW_SIGNED_KEY_BYTES];
};

struct aw_keyring {
    int n;
    struct aw_key list[AW_KEYS_MAX];
};

/* NULL: there is none of this number. */
const struct aw_key *aw_keyring_find(const struct aw_keyring *k, uint32_t id);

/* Adds a random one; id 0: the number after the highest. Errors, with a sentence in why: INVAL (a
 * number that is taken), TOO_MANY, IO (no randomness). */
AW_MUST_USE int aw_keyring_create(struct aw_keyring *k, uint32_t id, const struct aw_key **out,
                                  struct aw_why *why);
/* False: there is none of this number. */
bool aw_keyring_revoke(struct aw_keyring *k, uint32_t id);

/* The file's text. On failure *k is as before. Errors: TEXT with the line in why. */
AW_MUST_USE int aw_keyring_read(struct aw_keyring *k, const char *text, size_t len,
                                struct aw_why *why);
/* One line of it, "ID HEX". */
void aw_keyring_line(const struct aw_key *key, char line[AW_KEY_LINE]);
/* All of it; returns the length. */
size_t aw_keyring_write(const struct aw_keyring *k, char text[AW_KEYS_FILE]);

/* The file itself, read and replaced as secret_file.h says. Errors: IO, TEXT. */
AW_MUST_USE int aw_keyring_load(struct aw_keyring *k, const char *path, struct aw_why *why);
AW_MUST_USE int aw_keyring_save(const struct aw_keyring *k, const char *path, struct aw_why *why);

/* Overwrites the keys. */
void aw_keyring_forget(struct aw_keyring *k);

#endif
