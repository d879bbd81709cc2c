/* Tokens: secrets that let a client in from another machine.
 *
 * A token is "awt_" and 256 random bits in base64url. It is shown once; kept is its BLAKE2b hash,
 * with name, scope and time. The hash needs neither key nor salt nor slowness: those make guessing
 * what people choose harder, and 2^256 equally likely secrets cannot be guessed or tabulated.
 *
 * The file has one line per token: name, scope, Unix time made, hash in hex. */
#ifndef AW_SERVER_TOKEN_H
#define AW_SERVER_TOKEN_H

#include "server/scope.h"
#include "server/unpack.h"

enum {
    AW_TOKENS_MAX = 64,
    AW_TOKEN_NAME = 48,    /* with its end: letters, digits, ". _ -" */
    AW_TOKEN_SECRET = 32,  /* bytes */
    AW_TOKEN_HASH = 32,    /* bytes */
    AW_TOKEN_TEXT = 48,    /* "awt_", 43 characters, end */
    AW_TOKEN_FILE = 16384, /* bytes: longer is no file of ours */
};

struct aw_token {
    char name[AW_TOKEN_NAME];
    enum aw_scope scope;
    int64_t created_s; /* Unix time */
    uint8_t hash[AW_TOKEN_HASH];
};

struct aw_tokens {
    int n;
    struct aw_token list[AW_TOKENS_MAX];
};

/* "read", "control", "admin"; OPEN is no scope of a token: AW_SCOPE_OPEN for other words. */
const char *aw_scope_name(enum aw_scope scope);
enum aw_scope aw_scope_of(const char *name);

/* Adds one; its secret goes to text, and nowhere else.
 * Errors: INVAL (a name that is taken or none, a scope that is none), TOO_MANY, IO (no randomness). */
AW_MUST_USE int aw_tokens_create(struct aw_tokens *t, const char *name, enum aw_scope scope,
                                 int64_t now_s, char text[AW_TOKEN_TEXT], struct aw_why *why);
/* False: there is none of that name. */
bool aw_tokens_revoke(struct aw_tokens *t, const char *name);

/* The token that text is; NULL none. Takes as long whichever it is. */
const struct aw_token *aw_tokens_find(const struct aw_tokens *t, const char *text, size_t len);

/* The file's text. On failure *t is as before. Errors: TEXT with the line in why. */
AW_MUST_USE int aw_tokens_read(struct aw_tokens *t, const char *text, size_t len,
                               struct aw_why *why);
/* Returns the length. */
size_t aw_tokens_write(const struct aw_tokens *t, char text[AW_TOKEN_FILE]);

/* The file itself; one that is not there holds no tokens. Refused when others than its owner may
 * read or write it. Errors: IO, TEXT. */
AW_MUST_USE int aw_tokens_load(struct aw_tokens *t, const char *path, struct aw_why *why);
/* Replaced as a whole, mode 0600. Written by root it belongs to the owner of its folder. */
AW_MUST_USE int aw_tokens_save(const struct aw_tokens *t, const char *path, struct aw_why *why);

#endif
