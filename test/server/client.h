/* A client made of sockets only, so that the server is judged by its bytes. Every wait ends after
 * CLIENT_WAIT_S. */
#ifndef TEST_SERVER_CLIENT_H
#define TEST_SERVER_CLIENT_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CLIENT_WAIT_S = 10, CLIENT_TEXT = 1 << 18 };

/* rcvbuf_bytes 0: the system's default. */
static inline int client_connect(uint16_t port, int rcvbuf_bytes) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval wait = {.tv_sec = CLIENT_WAIT_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (rcvbuf_bytes) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf_bytes, sizeof rcvbuf_bytes);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static inline bool client_send(int fd, const void *bytes, size_t len) {
    return send(fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* Exactly len bytes; false at the end of the stream. */
static inline bool client_read(int fd, void *bytes, size_t len) {
    for (size_t n = 0; n < len;) {
        ssize_t r = recv(fd, (char *)bytes + n, len - n, 0);
        if (r <= 0) return false;
        n += (size_t)r;
    }
    return true;
}

/* Header block into text, NUL-terminated; false when it never ends. */
static inline bool client_headers(int fd, char *text, size_t cap) {
    size_t n = 0;
    while (n + 1 < cap && client_read(fd, text + n, 1)) {
        text[++n] = '\0';
        if (n >= 4 && memcmp(text + n - 4, "\r\n\r\n", 4) == 0) return true;
    }
    return false;
}

/* Value of a header, "" when it is not there. */
static inline const char *client_header(const char *headers, const char *name) {
    static char value[512];
    size_t len = strlen(name);
    value[0] = '\0';
    for (const char *line = headers; (line = strstr(line, "\r\n"));) {
        line += 2;
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            const char *at = line + len + 1 + strspn(line + len + 1, " ");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\r"), at);
            return value;
        }
    }
    return value;
}

struct client_reply {
    int status; /* 0: no reply */
    size_t len; /* of the body */
    char headers[4096];
    char body[CLIENT_TEXT];
};

/* Sends a raw request on fd and reads one reply; `head`: there is no body. */
static inline void client_exchange(int fd, const char *request, bool head, struct client_reply *r) {
    r->status = 0;
    r->len = 0;
    r->body[0] = '\0';
    if (!client_send(fd, request, strlen(request))) return;
    if (!client_headers(fd, r->headers, sizeof r->headers)) return;
    size_t len = (size_t)strtoul(client_header(r->headers, "content-length"), NULL, 10);
    if (!head && len > 0 && len < sizeof r->body) {
        if (!client_read(fd, r->body, len)) return;
        r->len = len;
        r->body[len] = '\0';
    }
    r->status = atoi(r->headers + 9);
}

static inline void client_request(uint16_t port, const char *request, bool head,
                                  struct client_reply *r) {
    int fd = client_connect(port, 0);
    client_exchange(fd, request, head, r);
    close(fd);
}

static inline void client_get(uint16_t port, const char *path, struct client_reply *r) {
    char request[4096];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost:%u\r\n\r\n", path, port);
    client_request(port, request, false, r);
}

/* Upgrade request with more headers, each ended by CRLF; returns the status. */
static inline int client_upgrade(int fd, uint16_t port, const char *path, const char *more) {
    char text[4096];
    snprintf(text, sizeof text,
             "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
             "Sec-WebSocket-Version: 13\r\n%s\r\n",
             path, port, more);
    if (!client_send(fd, text, strlen(text)) || !client_headers(fd, text, sizeof text)) return 0;
    return atoi(text + 9);
}

static inline int client_listen(uint16_t port, int rcvbuf_bytes) {
    int fd = client_connect(port, rcvbuf_bytes);
    if (fd >= 0 && client_upgrade(fd, port, "/ws/sensing", "") == 101) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

/* One masked client frame, len < 65536. */
static inline bool client_frame(int fd, unsigned char first_byte, const char *text, size_t len) {
    unsigned char head[8] = {first_byte, 0x80 | 126, (unsigned char)(len >> 8), (unsigned char)len};
    bool sent = client_send(fd, head, sizeof head); /* mask key 0: the text stays as it is */
    return sent && client_send(fd, text, len);
}

/* Next server frame: returns its opcode, the payload in text; -1 at the end of the stream. */
static inline int client_next(int fd, char *text, size_t cap, size_t *len) {
    unsigned char head[10];
    if (!client_read(fd, head, 2)) return -1;
    uint64_t n = head[1] & 127;
    int more = n == 126 ? 2 : n == 127 ? 8 : 0;
    if (more && !client_read(fd, head + 2, (size_t)more)) return -1;
    if (more) n = 0;
    for (int i = 0; i < more; i++) n = n << 8 | head[2 + i];
    if (n >= cap || !client_read(fd, text, (size_t)n)) return -1;
    text[n] = '\0';
    *len = (size_t)n;
    return head[0] & 15;
}

/* Reads until a text message of this type; false when the connection ends first. */
static inline bool client_until(int fd, const char *type, char *text, size_t cap) {
    char want[64];
    size_t len;
    snprintf(want, sizeof want, "{\"type\":\"%s\"", type);
    for (;;) {
        int op = client_next(fd, text, cap, &len);
        if (op < 0 || op == 8) return false;
        if (op == 1 && strncmp(text, want, strlen(want)) == 0) return true;
    }
}

/* Reads until the close frame; its code, 0 when the stream ends without one. */
static inline int client_close_code(int fd, char *text, size_t cap) {
    size_t len;
    for (;;) {
        int op = client_next(fd, text, cap, &len);
        if (op < 0) return 0;
        if (op == 8) return len < 2 ? 0 : (unsigned char)text[0] << 8 | (unsigned char)text[1];
    }
}

#endif
