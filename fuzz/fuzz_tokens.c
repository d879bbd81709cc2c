/* Any file of tokens: what is accepted is written and read back the same. */
#include "server/token.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static struct aw_tokens t, back;
    static char text[AW_TOKEN_FILE];
    struct aw_why why;
    if (aw_tokens_find(&t, (const char *)data, len)) abort(); /* 2^-256 */
    if (aw_tokens_read(&t, (const char *)data, len, &why) != AW_OK) return 0;
    size_t n = aw_tokens_write(&t, text);
    if (n >= sizeof text || aw_tokens_read(&back, text, n, &why) != AW_OK) abort();
    if (back.n != t.n || memcmp(back.list, t.list, (size_t)t.n * sizeof t.list[0]) != 0) abort();
    return 0;
}
