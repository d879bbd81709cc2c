#include "server/secret_file.h"
#include "server/token.h"

_Static_assert(AW_TOKENS_MAX *(AW_TOKEN_NAME + 8 + 20 + 2 * AW_TOKEN_HASH + 4) + 64 < AW_TOKEN_FILE,
               "all tokens fit in a file");

int aw_tokens_load(struct aw_tokens *t, const char *path, struct aw_why *why) {
    char text[AW_TOKEN_FILE];
    struct aw_why line;
    ssize_t len = aw_secret_file_read(path, text, sizeof text, why);
    if (len < 0) return AW_ERR_IO;
    if (aw_tokens_read(t, text, (size_t)len, &line) == AW_OK) return AW_OK;
    aw_secret_file_fail(why, path, line.text);
    return AW_ERR_TEXT;
}

int aw_tokens_save(const struct aw_tokens *t, const char *path, struct aw_why *why) {
    char text[AW_TOKEN_FILE];
    return aw_secret_file_write(path, text, aw_tokens_write(t, text), why);
}
