#ifndef AW_SERVER_UNPACK_H
#define AW_SERVER_UNPACK_H

#include "airwake.h"

/* A file as bytes in memory: mapped, or decompressed. */
struct aw_bytes {
    const uint8_t *data;
    size_t len;
    const char *compression; /* "none", "gzip", "zstd", "zip" */
    void *mapped;            /* to unmap */
    size_t mapped_len;
    void *heap; /* to free */
};

/* Sentence that says what went wrong, for people. */
struct aw_why {
    char text[256];
};

/* Opens path. gzip and zstd are undone (told by their magic, to any depth of 4); a zip (numpy .npz)
 * becomes the bundle that readers/esp_npz.c reads. At most 4 GiB come out: larger is refused.
 * Returns AW_OK, or IO, UNSUPPORTED, TOO_MANY, CRC or NOMEM with the sentence in why. */
AW_MUST_USE int aw_unpack_open(struct aw_bytes *b, const char *path, struct aw_why *why);
void aw_unpack_close(struct aw_bytes *b);

#endif
