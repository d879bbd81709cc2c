#include "server/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int aw_secret_file_fail(struct aw_why *why, const char *path, const char *what) {
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
    char more;
    return len == cap && read(fd, &more, 1) != 0 ? -1 : (ssize_t)len;
}

ssize_t aw_secret_file_read(const char *path, char *text, size_t cap, struct aw_why *why) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return 0;
    if (fd < 0) return aw_secret_file_fail(why, path, strerror(errno));
    bool ours = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) == 0;
    ssize_t len = ours ? read_all(fd, text, cap) : 0;
    close(fd);
    if (!ours) return aw_secret_file_fail(why, path, "others may read or write it: chmod 600");
    return len >= 0 ? len : aw_secret_file_fail(why, path, "cannot be read, or too long");
}

/* What root writes is for the service that the folder belongs to. */
static bool give_to_owner(int fd, const char *path) {
    char dir[4096];
    struct stat st;
    const char *slash = strrchr(path, '/');
    if (geteuid() != 0 || !slash) return true;
    snprintf(dir, sizeof dir, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return stat(dir, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0;
}

int aw_secret_file_write(const char *path, const char *text, size_t len, struct aw_why *why) {
    char temporary[4096];
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary)
        return aw_secret_file_fail(why, path, "the path is too long");
    unlink(temporary); /* left by a crash: its mode and owner may be anybody's */
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return aw_secret_file_fail(why, temporary, strerror(errno));
    bool ok = give_to_owner(fd, path) && write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (ok && rename(temporary, path) == 0) return AW_OK;
    aw_secret_file_fail(why, path, strerror(errno));
    unlink(temporary);
    return AW_ERR_IO;
}
