/* A serial console over a pseudo terminal: lines come whole, an overlong one is skipped and
 * counted, the port is reopened after it went away. */
#include "base/units.h"
#include "server/serial.h"
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

struct seen {
    int n;
    char last[64];
};

static void on_line(void *ctx, const uint8_t *text, size_t len) {
    struct seen *s = ctx;
    s->n++;
    snprintf(s->last, sizeof s->last, "%.*s", (int)len, (const char *)text);
}

static int open_terminal(void) {
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    CHECK(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0);
    return fd;
}

static void say(int fd, const char *text, size_t len) {
    while (len) {
        ssize_t n = write(fd, text, len);
        if (n <= 0) return;
        text += n;
        len -= (size_t)n;
    }
}

static void receive(struct aw_serial *s, struct seen *seen) {
    for (int i = 0; i < 20 && s->fd >= 0; i++) {
        struct pollfd p = {.fd = s->fd, .events = POLLIN};
        if (poll(&p, 1, 50) <= 0) return; /* all there is */
        aw_serial_receive(s, 0, on_line, seen);
    }
}

int main(void) {
    static struct aw_serial s;
    struct seen seen = {0};
    int fd = open_terminal();

    aw_serial_init(&s, "/dev/airwake-no-such-port", 115200);
    CHECK(!aw_serial_ensure(&s, 1));
    CHECK(strstr(s.why.text, "airwake-no-such-port") != NULL);
    CHECK(!aw_serial_ensure(&s, 2)); /* not before it is time */

    aw_serial_init(&s, ptsname(fd), 115200);
    CHECK(aw_serial_ensure(&s, 0));
    say(fd, "one\ntw", 6);
    receive(&s, &seen);
    CHECK_INT(seen.n, 1);
    say(fd, "o\n", 2);
    receive(&s, &seen);
    CHECK_INT(seen.n, 2);
    CHECK_STR(seen.last, "two");

    static char longer[20000];
    memset(longer, 'x', sizeof longer);
    for (size_t at = 0; at < sizeof longer; at += 1000) { /* a terminal holds 4 kB at a time */
        say(fd, longer + at, 1000);
        receive(&s, &seen);
    }
    say(fd, "\nthree\n", 7);
    receive(&s, &seen);
    CHECK_INT(s.too_long, 1);
    CHECK_STR(seen.last, "three");

    close(fd); /* unplugged */
    receive(&s, &seen);
    CHECK_INT(s.fd, -1);
    CHECK(strlen(s.why.text) > 10);
    aw_serial_close(&s);
    return test_end();
}
