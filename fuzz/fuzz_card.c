/* A model's card as it comes. */
#include "server/model.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct aw_model m;
    struct aw_why why;
    memset(&m, 0, sizeof m);
    (void)!aw_model_read_card(&m, (const char *)data, size, &why);
    aw_model_close(&m);
    return 0;
}
