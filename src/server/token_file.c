#include "server/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(AW_TOKENS_MAX *(AW_TOKEN_NAME + 8 + 20 + 2 * AW_TOKEN_HASH + 4) + 64 < AW_TOKEN_FILE,
               "all tokens fit in a file");

static int fail(struct aw_why *why, const char *path, const char *what) {
    snprintf(why->text, sizeof why->text, "%.150s: %s", path, what);
    return AW_ERR_IO;
}

static ssize_t read_all(int fd, char *text, size_t cap) {
    size_t len = 0;
    ssize_t n;
    while (len < cap && (n = read(fd, text + len, cap - len)) != 0) {
        if (n < 0) return -1;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

int aw_tokens_load(struct aw_tokens *t, const char *path, struct aw_why *why) {
    char text[AW_TOKEN_FILE + 1];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        t->n = 0;
        return AW_OK;
    }
    if (fd < 0) return fail(why, path, strerror(errno));
    bool ours = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) == 0;
    ssize_t len = ours ? read_all(fd, text, sizeof text) : 0;
    close(fd);
    if (!ours) return fail(why, path, "others may read or write it: chmod 600");
    if (len < 0 || len > AW_TOKEN_FILE) return fail(why, path, "cannot be read, or too long");
    struct aw_why line;
    if (aw_tokens_read(t, text, (size_t)len, &line) == AW_OK) return AW_OK;
    fail(why, path, line.text);
    return AW_ERR_TEXT;
}

/* What root writes is for the service that the folder belongs to. */
static bool give_to_owner(int fd, const char *path) {
    char dir[4096];
    struct stat st;
    const char *slash = strrchr(path, '/');
    if (geteuid() != 0 || !slash) return true;
    snprintf(dir, sizeof dir, "%.*s", (int)(slash - path), path);
    return stat(dir, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0;
}

int aw_tokens_save(const struct aw_tokens *t, const char *path, struct aw_why *why) {
    char text[AW_TOKEN_FILE], temporary[4096];
    size_t len = aw_tokens_write(t, text);
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary)
        return fail(why, path, "the path is too long");
    unlink(temporary); /* left by a crash: its mode and owner may be anybody's */
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail(why, temporary, strerror(errno));
    bool ok = give_to_owner(fd, path) && write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (ok && rename(temporary, path) == 0) return AW_OK;
    fail(why, path, strerror(errno));
    unlink(temporary);
    return AW_ERR_IO;
}
