#include "server/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unzip.h>
#include <zlib.h>
#include <zstd.h>

static const size_t LIMIT = (size_t)4 << 30;
enum { MAX_DEPTH = 4, MAX_MEMBERS = 64 };

/* Bytes that grow; len and cap in bytes. */
struct growing {
    uint8_t *data;
    size_t len, cap;
};

static int grow(struct growing *g, size_t more) {
    if (more > LIMIT - g->len) return AW_ERR_TOO_MANY;
    if (g->len + more <= g->cap) return AW_OK;
    size_t cap = g->cap ? g->cap : 1 << 20;
    while (cap < g->len + more) cap *= 2;
    uint8_t *data = realloc(g->data, cap);
    if (!data) return AW_ERR_NOMEM;
    g->data = data;
    g->cap = cap;
    return AW_OK;
}

static int append(struct growing *g, const void *data, size_t len) {
    int err = grow(g, len);
    if (err) return err;
    memcpy(g->data + g->len, data, len);
    g->len += len;
    return AW_OK;
}

static int gunzip(const uint8_t *in, size_t len, struct growing *g, const char **problem) {
    z_stream z = {0};
    if (inflateInit2(&z, 15 + 16) != Z_OK) return AW_ERR_NOMEM;
    size_t at = 0;
    int err = AW_OK, got = Z_OK;
    while (err == AW_OK) {
        if ((err = grow(g, 1 << 16)) != AW_OK) break;
        if (z.avail_in == 0 && at < len) {
            size_t n = len - at < (1u << 30) ? len - at : 1u << 30;
            z.next_in = (Bytef *)(uintptr_t)(in + at); /* zlib does not write to it */
            z.avail_in = (uInt)n;
            at += n;
        }
        size_t room = g->cap - g->len < (1u << 30) ? g->cap - g->len : 1u << 30;
        z.next_out = g->data + g->len;
        z.avail_out = (uInt)room;
        got = inflate(&z, Z_NO_FLUSH);
        g->len += room - z.avail_out;
        if (got == Z_STREAM_END) {
            if (z.avail_in == 0 && at == len) break;
            if (inflateReset(&z) != Z_OK) err = AW_ERR_CRC; /* members may follow each other */
        } else if (got == Z_BUF_ERROR && z.avail_in == 0 && at == len) {
            *problem = "the gzip data ends too early; what came before is used";
            break;
        } else if (got != Z_OK && got != Z_BUF_ERROR) {
            *problem = "the gzip data is damaged";
            err = AW_ERR_CRC;
        }
    }
    inflateEnd(&z);
    return err;
}

static int unzstd(const uint8_t *in, size_t len, struct growing *g, const char **problem) {
    ZSTD_DStream *z = ZSTD_createDStream();
    if (!z) return AW_ERR_NOMEM;
    ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, 27); /* 128 MiB: bounds its memory */
    ZSTD_inBuffer src = {in, len, 0};
    int err = AW_OK;
    for (size_t left = 1;;) {
        if ((err = grow(g, 1 << 17)) != AW_OK) break;
        ZSTD_outBuffer dst = {g->data + g->len, g->cap - g->len, 0};
        size_t before = src.pos;
        left = ZSTD_decompressStream(z, &dst, &src);
        g->len += dst.pos;
        if (ZSTD_isError(left)) {
            *problem = "the zstd data is damaged";
            err = AW_ERR_CRC;
            break;
        }
        if (src.pos == src.size && dst.pos < dst.size) {
            if (left) *problem = "the zstd data ends too early; what came before is used";
            break;
        }
        if (src.pos == before && dst.pos == 0) break;
    }
    ZSTD_freeDStream(z);
    return err;
}

static int put_u32(struct growing *g, uint32_t v) {
    uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    return append(g, b, 4);
}

/* One member of the zip at its current position:  u32 name length | name | u64 length | data */
static int unzip_member(unzFile z, struct growing *g, const char **problem) {
    unz_file_info64 info;
    char name[256];
    if (unzGetCurrentFileInfo64(z, &info, name, sizeof name, NULL, 0, NULL, 0) != UNZ_OK ||
        unzOpenCurrentFile(z) != UNZ_OK) {
        *problem = "a member of the zip cannot be opened";
        return AW_ERR_UNSUPPORTED;
    }
    size_t name_len = strlen(name);
    int err = info.uncompressed_size > LIMIT ? AW_ERR_TOO_MANY : AW_OK;
    if (!err) err = put_u32(g, (uint32_t)name_len);
    if (!err) err = append(g, name, name_len);
    if (!err) err = put_u32(g, (uint32_t)info.uncompressed_size);
    if (!err) err = put_u32(g, (uint32_t)(info.uncompressed_size >> 32));
    uint64_t left = info.uncompressed_size;
    while (!err && left) {
        unsigned n = left < (1u << 20) ? (unsigned)left : 1u << 20;
        if ((err = grow(g, n))) break;
        int got = unzReadCurrentFile(z, g->data + g->len, n);
        if (got <= 0) {
            *problem = "a member of the zip is damaged";
            err = AW_ERR_CRC;
            break;
        }
        g->len += (unsigned)got;
        left -= (unsigned)got;
    }
    if (unzCloseCurrentFile(z) == UNZ_CRCERROR && !err) {
        *problem = "a member of the zip does not match its checksum";
        err = AW_ERR_CRC;
    }
    return err;
}

static int unzip(const char *path, struct growing *g, const char **problem) {
    unzFile z = unzOpen64(path);
    if (!z) {
        *problem = "the zip has no readable directory (is it whole?)";
        return AW_ERR_TRUNCATED;
    }
    int err = append(g, "AWNPZ1\n", 8);
    int at = unzGoToFirstFile(z);
    for (int i = 0; !err && at == UNZ_OK; i++, at = unzGoToNextFile(z)) {
        if (i == MAX_MEMBERS)
            err = AW_ERR_TOO_MANY;
        else
            err = unzip_member(z, g, problem);
    }
    unzClose(z);
    return err;
}

static int map_file(struct aw_bytes *b, const char *path, struct aw_why *why) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        snprintf(why->text, sizeof why->text, "%s: %s", path, strerror(errno));
        if (fd >= 0) close(fd);
        return AW_ERR_IO;
    }
    int err = AW_OK;
    if (!S_ISREG(st.st_mode)) {
        snprintf(why->text, sizeof why->text, "%s: not a file", path);
        err = AW_ERR_IO;
    } else if (st.st_size == 0) {
        snprintf(why->text, sizeof why->text, "%s: the file is empty", path);
        err = AW_ERR_TRUNCATED;
    } else {
        b->mapped_len = (size_t)st.st_size;
        b->mapped = mmap(NULL, b->mapped_len, PROT_READ, MAP_PRIVATE, fd, 0);
        if (b->mapped == MAP_FAILED) {
            b->mapped = NULL;
            snprintf(why->text, sizeof why->text, "%s: %s", path, strerror(errno));
            err = AW_ERR_IO;
        }
    }
    close(fd);
    b->data = b->mapped;
    b->len = b->mapped_len;
    return err;
}

static bool starts(const struct aw_bytes *b, const char *magic, size_t n) {
    return b->len >= n && memcmp(b->data, magic, n) == 0;
}

/* Replaces b's bytes by what unpack() makes of them. */
static int layer(struct aw_bytes *b, const char *path, struct aw_why *why) {
    struct growing g = {0};
    const char *problem = NULL, *name;
    int err;
    if (starts(b, "\x1F\x8B\x08", 3)) {
        name = "gzip";
        err = gunzip(b->data, b->len, &g, &problem);
    } else if (starts(b, "\x28\xB5\x2F\xFD", 4)) {
        name = "zstd";
        err = unzstd(b->data, b->len, &g, &problem);
    } else if (starts(b, "PK\x03\x04", 4) && !b->heap) {
        name = "zip";
        err = unzip(path, &g, &problem);
    } else {
        return AW_ERR_MAGIC; /* nothing to undo */
    }
    if (err) {
        snprintf(why->text, sizeof why->text, "%s: %s", path,
                 problem ? problem : aw_err_sentence(err));
        free(g.data);
        return err;
    }
    if (problem) snprintf(why->text, sizeof why->text, "%s: %s", path, problem);
    free(b->heap);
    b->heap = g.data;
    b->data = g.data;
    b->len = g.len;
    b->compression = name;
    return AW_OK;
}

int aw_unpack_open(struct aw_bytes *b, const char *path, struct aw_why *why) {
    *b = (struct aw_bytes){.compression = "none"};
    why->text[0] = '\0';
    int err = map_file(b, path, why);
    for (int depth = 0; err == AW_OK && depth < MAX_DEPTH; depth++) err = layer(b, path, why);
    if (err == AW_ERR_MAGIC) err = AW_OK;
    if (err != AW_OK) aw_unpack_close(b);
    return err;
}

void aw_unpack_close(struct aw_bytes *b) {
    if (b->mapped) munmap(b->mapped, b->mapped_len);
    free(b->heap);
    *b = (struct aw_bytes){.compression = "none"};
}
