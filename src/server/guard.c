#include "server/guard.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The name without port and brackets; false when it is not of that form. */
static bool host_name(const char *host, char *name, size_t cap) {
    const char *start = host;
    const char *port;
    size_t len;
    if (*host == '[') {
        const char *end = strchr(host, ']');
        if (!end) return false;
        start = host + 1;
        len = (size_t)(end - start);
        port = end + 1;
    } else {
        len = strcspn(host, ":");
        port = host + len;
    }
    if (*port && (*port != ':' || strspn(port + 1, "0123456789") != strlen(port + 1))) return false;
    if (len == 0 || len >= cap) return false;
    memcpy(name, start, len);
    name[len] = '\0';
    return true;
}

static bool numeric(const char *name) {
    unsigned char address[16];
    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

bool aw_guard_host(const char *host, const char *bind) {
    char name[64];
    if (!host_name(host, name, sizeof name)) return false;
    if (strcasecmp(name, "localhost") == 0 || strcmp(name, "127.0.0.1") == 0 ||
        strcmp(name, "::1") == 0 || strcasecmp(name, bind) == 0)
        return true;
    bool everywhere = strcmp(bind, "0.0.0.0") == 0 || strcmp(bind, "::") == 0;
    return everywhere && numeric(name);
}

bool aw_guard_origin(const char *origin, const char *host) {
    const char *at = NULL;
    if (strncasecmp(origin, "http://", 7) == 0) at = origin + 7;
    if (strncasecmp(origin, "https://", 8) == 0) at = origin + 8;
    return at && strcasecmp(at, host) == 0;
}
