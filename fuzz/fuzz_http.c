/* Any bytes as an HTTP request: an answer or a hang-up, never 5xx but where a part is off. */
#include "fuzz_server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static char heard[65536];
    static unsigned runs;
    fuzz_start();
    int fd = fuzz_connect();
    fuzz_say(fd, data, len);
    size_t n = fuzz_hear(fd, heard, sizeof heard, NULL, 20);
    close(fd);
    fuzz_turn();
    if (n >= 12 && memcmp(heard, "HTTP/1.", 7) == 0) {
        int status = atoi(heard + 9);
        if (status < 100 || status > 599 || status == 500 || status == 502) {
            fprintf(stderr, "%.300s\n", heard);
            abort();
        }
    }
    if (++runs % 1000 == 0) fuzz_check_alive();
    return 0;
}
