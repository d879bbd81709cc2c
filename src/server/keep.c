#include "server/keep.h"

#include "base/crc32.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(char *why, size_t bytes, const char *path, const char *what) {
    snprintf(why, bytes, "%s: %s", path, what);
    return false;
}

static bool make_folders(char *path) {
    for (char *at = path; (at = strchr(at + 1, '/'));) {
        *at = '\0';
        bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
        *at = '/';
        if (!ok) return false;
    }
    return true;
}

bool aw_keep_path(const char *dir, const char *name, char path[AW_KEEP_PATH], char *why,
                  size_t why_bytes) {
    int n = snprintf(path, AW_KEEP_PATH, "%s/%s", dir, name);
    if (n < 0 || n >= AW_KEEP_PATH) return fail(why, why_bytes, dir, "the path is too long");
    return make_folders(path) || fail(why, why_bytes, path, strerror(errno));
}

/* The whole file, NUL-terminated; NULL with errno. */
static char *read_all(const char *path, size_t *len) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return NULL;
    char *text = malloc(AW_KEEP_BYTES + 1);
    ssize_t n = 0;
    *len = 0;
    while (text && *len < AW_KEEP_BYTES && (n = read(fd, text + *len, AW_KEEP_BYTES - *len)) > 0)
        *len += (size_t)n;
    int err = n < 0 ? errno : 0;
    close(fd);
    if (!text || n < 0) {
        free(text);
        errno = text ? err : ENOMEM;
        return NULL;
    }
    text[*len] = '\0';
    return text;
}

/* Takes the content out when version and checksum are right. */
static cJSON *checked(cJSON *doc, const char **wrong) {
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(doc, "version");
    const cJSON *crc = cJSON_GetObjectItemCaseSensitive(doc, "crc32");
    *wrong = "this is no file of ours";
    if (!cJSON_IsNumber(version) || !cJSON_IsNumber(crc)) return NULL;
    *wrong = "another version wrote it";
    if (version->valuedouble != 1) return NULL;
    *wrong = "the checksum is wrong";
    cJSON *content = cJSON_DetachItemFromObjectCaseSensitive(doc, "content");
    char *text = content ? cJSON_PrintUnformatted(content) : NULL;
    bool same = text && crc->valuedouble == aw_crc32_run(text, strlen(text));
    cJSON_free(text);
    if (same) return content;
    cJSON_Delete(content);
    return NULL;
}

cJSON *aw_keep_load(const char *path, char *why, size_t why_bytes) {
    size_t len;
    char aside[AW_KEEP_PATH + 8];
    const char *wrong;
    why[0] = '\0';
    char *text = read_all(path, &len);
    if (!text) {
        if (errno != ENOENT) fail(why, why_bytes, path, strerror(errno));
        return NULL;
    }
    cJSON *doc = cJSON_ParseWithLength(text, len + 1);
    free(text);
    cJSON *content = checked(doc, &wrong);
    cJSON_Delete(doc);
    if (content) return content;
    fail(why, why_bytes, path, wrong);
    snprintf(aside, sizeof aside, "%s.bad", path);
    (void)!rename(path, aside);
    return NULL;
}

static bool write_all(int fd, const char *text, size_t len) {
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0) return false;
        text += n;
        len -= (size_t)n;
    }
    return fsync(fd) == 0;
}

/* Under another name first: the rename is all or nothing. */
static bool replace(const char *path, const char *text) {
    char temporary[AW_KEEP_PATH + 8];
    snprintf(temporary, sizeof temporary, "%s.new", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    bool ok = write_all(fd, text, strlen(text));
    int err = errno;
    if (close(fd) < 0 && ok) {
        ok = false;
        err = errno;
    }
    if (ok && rename(temporary, path) == 0) return true;
    if (ok) err = errno;
    unlink(temporary);
    errno = err;
    return false;
}

bool aw_keep_save(const char *path, const cJSON *content, char *why, size_t why_bytes) {
    char *text = cJSON_PrintUnformatted(content);
    char *file = text ? malloc(strlen(text) + 96) : NULL;
    if (file)
        sprintf(file, "{\"version\":1,\"crc32\":%u,\"content\":%s}\n",
                (unsigned)aw_crc32_run(text, strlen(text)), text);
    bool ok = file && strlen(file) <= AW_KEEP_BYTES;
    if (!ok) errno = file ? EFBIG : ENOMEM;
    ok = ok && replace(path, file);
    if (!ok) fail(why, why_bytes, path, strerror(errno));
    cJSON_free(text);
    free(file);
    return ok;
}
