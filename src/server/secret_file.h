/* Small text files that are to be read by their owner alone. */
#ifndef AW_SERVER_SECRET_FILE_H
#define AW_SERVER_SECRET_FILE_H

#include "server/unpack.h"

#include <sys/types.h>

/* Its text, without an end; a file that is not there is empty. Refused when others than its owner
 * may read or write it, or when it is longer than cap bytes. Returns the length; < 0 (IO) with a
 * sentence in why. */
AW_MUST_USE ssize_t aw_secret_file_read(const char *path, char *text, size_t cap,
                                        struct aw_why *why);

/* Replaced as a whole, mode 0600. Written by root it belongs to the owner of its folder.
 * Errors: IO, with a sentence in why. */
AW_MUST_USE int aw_secret_file_write(const char *path, const char *text, size_t len,
                                     struct aw_why *why);

/* "PATH: what" into why. Returns IO. */
int aw_secret_file_fail(struct aw_why *why, const char *path, const char *what);

#endif
