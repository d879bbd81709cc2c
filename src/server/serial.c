#include "server/serial.h"

#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int64_t RETRY_NS = 1 * AW_S; /* a replugged board is back within a second */

void aw_serial_init(struct aw_serial *s, const char *device, int baud) {
    *s = (struct aw_serial){.baud = baud, .fd = -1};
    snprintf(s->device, sizeof s->device, "%s", device);
}

static void give_up(struct aw_serial *s, int64_t now, const char *what) {
    snprintf(s->why.text, sizeof s->why.text, "%s: %s (%s); trying again", s->device, what,
             strerror(errno));
    aw_serial_close(s);
    s->retry_ns = now + RETRY_NS;
}

/* A real port, through libserialport. */
static bool open_port(struct aw_serial *s, const char *device) {
    if (sp_get_port_by_name(device, &s->port) != SP_OK) {
        s->port = NULL;
        return false;
    }
    if (sp_open(s->port, SP_MODE_READ) == SP_OK && sp_get_port_handle(s->port, &s->fd) == SP_OK &&
        sp_set_baudrate(s->port, s->baud) == SP_OK && sp_set_bits(s->port, 8) == SP_OK &&
        sp_set_parity(s->port, SP_PARITY_NONE) == SP_OK && sp_set_stopbits(s->port, 1) == SP_OK &&
        sp_set_flowcontrol(s->port, SP_FLOWCONTROL_NONE) == SP_OK)
        return true;
    return false;
}

/* A pseudo terminal, which libserialport does not list: it has no speed to set. */
static bool open_terminal(struct aw_serial *s, const char *device) {
    struct termios raw;
    s->fd = open(device, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (s->fd < 0 || tcgetattr(s->fd, &raw) != 0) return false;
    cfmakeraw(&raw);
    return tcsetattr(s->fd, TCSANOW, &raw) == 0;
}

bool aw_serial_ensure(struct aw_serial *s, int64_t now) {
    if (s->fd >= 0) return true;
    if (now < s->retry_ns) return false;
    char device[PATH_MAX]; /* where /dev/serial/by-id/... leads to */
    if (!realpath(s->device, device)) {
        give_up(s, now, "no such port");
        return false;
    }
    bool ok =
        strncmp(device, "/dev/pts/", 9) == 0 ? open_terminal(s, device) : open_port(s, device);
    if (!ok) {
        give_up(s, now, "cannot be opened");
        return false;
    }
    s->len = 0;
    s->overlong = false;
    s->why.text[0] = '\0';
    return true;
}

void aw_serial_close(struct aw_serial *s) {
    if (s->port) {
        if (s->fd >= 0) sp_close(s->port);
        sp_free_port(s->port);
    } else if (s->fd >= 0) {
        close(s->fd);
    }
    s->port = NULL;
    s->fd = -1;
}

void aw_serial_receive(struct aw_serial *s, int64_t now,
                       void (*line)(void *ctx, const uint8_t *text, size_t len), void *ctx) {
    uint8_t chunk[4096];
    ssize_t n = read(s->fd, chunk, sizeof chunk);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) { /* called when there is something to read: nothing means it is gone */
        give_up(s, now, "the device went away");
        return;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (chunk[i] == '\n') {
            if (s->overlong)
                s->too_long++;
            else if (s->len)
                line(ctx, s->line, s->len);
            s->len = 0;
            s->overlong = false;
        } else if (s->len < sizeof s->line) {
            s->line[s->len++] = chunk[i];
        } else {
            s->overlong = true;
        }
    }
}
