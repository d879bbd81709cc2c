#ifndef AW_APPS_NPZ_H
#define AW_APPS_NPZ_H

#include "server/unpack.h"

#include <zip.h>

/* Writes numpy's .npz: a zip of .npy arrays (format version 1.0). */
struct npz {
    zipFile zip;
};

AW_MUST_USE int npz_open(struct npz *z, const char *path, struct aw_why *why);

/* An array of the numpy type `descr` ("<c8", "<i8", ...), C order, n_dims <= 4. Errors: IO. */
int npz_add(struct npz *z, const char *name, const char *descr, const size_t *shape, int n_dims,
            const void *data, size_t bytes);
int npz_close(struct npz *z);

#endif
