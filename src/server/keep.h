/* A small document that is kept between runs: {"version":1,"crc32":...,"content":...} in a file that
 * is replaced as a whole, so that whatever happens there is the old one or the new one. */
#ifndef AW_SERVER_KEEP_H
#define AW_SERVER_KEEP_H

#include "airwake.h"

#include <cjson/cJSON.h>

enum { AW_KEEP_BYTES = 1024 * 1024, AW_KEEP_PATH = 3200 };

/* dir/name into path, the folder being made. False with why: nothing can be kept there. */
bool aw_keep_path(const char *dir, const char *name, char path[AW_KEEP_PATH], char *why,
                  size_t why_bytes);

/* The content, to be deleted by the caller. NULL: there is no such file and why is empty, or it
 * cannot be used and why says why; it is then set aside as path.bad. */
cJSON *aw_keep_load(const char *path, char *why, size_t why_bytes);

/* False with why: the file is as it was. */
AW_MUST_USE bool aw_keep_save(const char *path, const cJSON *content, char *why, size_t why_bytes);

#endif
