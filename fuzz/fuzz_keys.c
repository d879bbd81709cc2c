/* Any file of keys: what is accepted is written and read back the same. */
#include "server/keyring.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static struct aw_keyring k, back;
    static char text[AW_KEYS_FILE];
    struct aw_why why;
    if (aw_keyring_read(&k, (const char *)data, len, &why) != AW_OK) return 0;
    size_t n = aw_keyring_write(&k, text);
    if (n >= sizeof text || aw_keyring_read(&back, text, n, &why) != AW_OK) abort();
    if (back.n != k.n || memcmp(back.list, k.list, (size_t)k.n * sizeof k.list[0]) != 0) abort();
    return 0;
}
