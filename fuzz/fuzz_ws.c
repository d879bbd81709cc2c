/* What a WebSocket client may say. The first byte chooses: raw bytes behind the handshake, or one
 * message of text per line, well framed. */
#include "fuzz_server.h"

static int open_socket(const char *path) {
    char ask[400], heard[4096];
    int fd = fuzz_connect();
    int n = snprintf(ask, sizeof ask,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
                     "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
                     path);
    if (!fuzz_say(fd, ask, (size_t)n)) fuzz_fail("the handshake is hung up on");
    fuzz_hear(fd, heard, sizeof heard, "\r\n\r\n", 100000);
    if (strncmp(heard, "HTTP/1.1 101", 12) != 0) fuzz_fail("no 101");
    return fd;
}

/* Masked with zeros: the text as it is. */
static bool say_text(int fd, const uint8_t *text, size_t len) {
    uint8_t head[8] = {0x81, (uint8_t)(0x80 | (len < 126 ? len : 126))};
    size_t n = 2;
    if (len >= 126) {
        head[n++] = (uint8_t)(len >> 8);
        head[n++] = (uint8_t)len;
    }
    return fuzz_say(fd, head, n + 4) && fuzz_say(fd, text, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static const char *const paths[] = {"/ws/sensing", "/ws/sensing?format=ruview",
                                        "/ws/introspection", "/api/v1/stream/pose"};
    static char heard[65536];
    static unsigned runs;
    if (len < 1 || len > 4096) return 0;
    fuzz_start();
    int fd = open_socket(paths[data[0] / 2 % 4]);
    bool raw = data[0] % 2, up = true;
    data++, len--;
    if (raw) up = fuzz_say(fd, data, len);
    while (!raw && len && up) {
        const uint8_t *end = memchr(data, '\n', len);
        size_t n = end ? (size_t)(end - data) : len;
        up = say_text(fd, data, n);
        data += n + (end != NULL);
        len -= n + (end != NULL);
    }
    fuzz_hear(fd, heard, sizeof heard, NULL, 20);
    close(fd);
    fuzz_turn();
    if (++runs % 1000 == 0) fuzz_check_alive();
    return 0;
}
