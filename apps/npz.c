#include "npz.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

int npz_open(struct npz *z, const char *path, struct aw_why *why) {
    z->zip = zipOpen64(path, APPEND_STATUS_CREATE);
    if (z->zip) return AW_OK;
    snprintf(why->text, sizeof why->text, "%s: cannot be created", path);
    return AW_ERR_IO;
}

/* Header of a .npy, padded so that the data starts at a multiple of 64. Source: numpy.lib.format.
 */
static size_t npy_header(char *h, size_t cap, const char *descr, const size_t *shape, int n_dims) {
    char dict[256], dims[128] = "";
    for (int i = 0; i < n_dims; i++) {
        size_t at = strlen(dims);
        snprintf(dims + at, sizeof dims - at, "%zu,", shape[i]);
    }
    int n = snprintf(dict, sizeof dict, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }",
                     descr, dims);
    size_t whole = (10 + (size_t)n + 1 + 63) & ~(size_t)63;
    if (whole > cap) return 0;
    memset(h, ' ', whole);
    memcpy(h, "\x93NUMPY\x01\x00", 8);
    h[8] = (char)((whole - 10) & 255);
    h[9] = (char)((whole - 10) >> 8);
    memcpy(h + 10, dict, (size_t)n);
    h[whole - 1] = '\n';
    return whole;
}

int npz_add(struct npz *z, const char *name, const char *descr, const size_t *shape, int n_dims,
            const void *data, size_t bytes) {
    char member[128], header[512];
    snprintf(member, sizeof member, "%s.npy", name);
    size_t n = npy_header(header, sizeof header, descr, shape, n_dims);
    zip_fileinfo info = {0};
    info.dosDate = 0x210000; /* 1 January 1980: the same input gives the same file */
    if (zipOpenNewFileInZip64(z->zip, member, &info, NULL, 0, NULL, 0, NULL, Z_DEFLATED, 1, 1) !=
        ZIP_OK)
        return AW_ERR_IO;
    int err = zipWriteInFileInZip(z->zip, header, (unsigned)n);
    const unsigned char *p = data;
    while (err == ZIP_OK && bytes) {
        unsigned part = bytes < (1u << 30) ? (unsigned)bytes : 1u << 30;
        err = zipWriteInFileInZip(z->zip, p, part);
        p += part;
        bytes -= part;
    }
    if (zipCloseFileInZip(z->zip) != ZIP_OK) err = ZIP_ERRNO;
    return err == ZIP_OK ? AW_OK : AW_ERR_IO;
}

int npz_close(struct npz *z) {
    int err = zipClose(z->zip, NULL);
    z->zip = NULL;
    return err == ZIP_OK ? AW_OK : AW_ERR_IO;
}
