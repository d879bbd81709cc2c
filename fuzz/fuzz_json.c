/* Any text as the JSON body of a route that takes one: the first byte says which, and whether what
 * stands before the first line's end goes into the place of {id}. */
#include "fuzz_server.h"

#include "server/routes.h"

static const struct aw_route *route_of(uint8_t which) {
    const struct aw_route *takers[64];
    size_t n = 0;
    for (size_t i = 0; aw_routes_at(i) && n < 64; i++)
        if (aw_routes_at(i)->method[0] == 'P') takers[n++] = aw_routes_at(i);
    return takers[which % n];
}

/* The path, with `name` in the place of braces. */
static void path_of(const struct aw_route *route, const char *name, char *path, size_t cap) {
    size_t n = 0;
    for (const char *p = route->path; *p && n + 1 < cap; p++) {
        if (*p == '{') {
            n += (size_t)snprintf(path + n, cap - n, "%s", name);
            p += strcspn(p, "}");
        } else {
            path[n++] = *p;
        }
    }
    path[n < cap ? n : cap - 1] = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static char heard[65536];
    static unsigned runs;
    char path[256], head[600], name[48] = "1";
    if (len < 1) return 0;
    fuzz_start();
    const struct aw_route *route = route_of(data[0]);
    data++, len--;
    const uint8_t *end = strchr(route->path, '{') ? memchr(data, '\n', len) : NULL;
    if (end && end - data < (ptrdiff_t)sizeof name) {
        size_t n = (size_t)(end - data);
        for (size_t i = 0; i < n; i++)
            name[i] = data[i] > ' ' && data[i] < 0x7F ? (char)data[i] : 'x';
        name[n] = '\0';
        data = end + 1;
        len -= n + 1;
    }
    path_of(route, name, path, sizeof path);
    int n = snprintf(head, sizeof head,
                     "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                     "Content-Length: %zu\r\n\r\n",
                     route->method, path, len);
    int fd = fuzz_connect();
    if (fuzz_say(fd, head, (size_t)n)) fuzz_say(fd, data, len);
    fuzz_hear(fd, heard, sizeof heard, NULL, 200);
    close(fd);
    fuzz_turn();
    /* whatever the body says, there is an answer, and it is no failure of ours */
    int status = strncmp(heard, "HTTP/1.", 7) == 0 ? atoi(heard + 9) : 0;
    if (status < 200 || status == 500 || status > 503) {
        fprintf(stderr, "%s %s: %d: %.300s\n", route->method, path, status, heard);
        abort();
    }
    if (++runs % 1000 == 0) fuzz_check_alive();
    return 0;
}
