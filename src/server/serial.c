#include "server/serial.h"

#include "base/units.h"

#include <libserialport.h>
#include <stdio.h>
#include <string.h>

static const int64_t RETRY_NS = 1 * AW_S; /* a replugged board is back within a second */

void aw_serial_init(struct aw_serial *s, const char *device, int baud) {
    *s = (struct aw_serial){.baud = baud, .fd = -1};
    snprintf(s->device, sizeof s->device, "%s", device);
}

static void give_up(struct aw_serial *s, int64_t now, const char *what) {
    char *reason = sp_last_error_message();
    snprintf(s->why.text, sizeof s->why.text, "%s: %s%s%s; trying again", s->device, what,
             reason && reason[0] ? ": " : "", reason ? reason : "");
    sp_free_error_message(reason);
    aw_serial_close(s);
    s->retry_ns = now + RETRY_NS;
}

bool aw_serial_ensure(struct aw_serial *s, int64_t now) {
    if (s->port) return true;
    if (now < s->retry_ns) return false;
    if (sp_get_port_by_name(s->device, &s->port) != SP_OK) {
        s->port = NULL;
        give_up(s, now, "no such port");
        return false;
    }
    if (sp_open(s->port, SP_MODE_READ) != SP_OK) {
        give_up(s, now, "cannot be opened");
        return false;
    }
    if (sp_set_baudrate(s->port, s->baud) != SP_OK || sp_set_bits(s->port, 8) != SP_OK ||
        sp_set_parity(s->port, SP_PARITY_NONE) != SP_OK || sp_set_stopbits(s->port, 1) != SP_OK ||
        sp_set_flowcontrol(s->port, SP_FLOWCONTROL_NONE) != SP_OK ||
        sp_get_port_handle(s->port, &s->fd) != SP_OK) {
        give_up(s, now, "cannot be set up");
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
    }
    s->port = NULL;
    s->fd = -1;
}

void aw_serial_receive(struct aw_serial *s, int64_t now,
                       void (*line)(void *ctx, const uint8_t *text, size_t len), void *ctx) {
    uint8_t chunk[4096];
    int n = sp_nonblocking_read(s->port, chunk, sizeof chunk);
    if (n <= 0) { /* called when there is something to read: nothing means it is gone */
        give_up(s, now, "the device went away");
        return;
    }
    for (int i = 0; i < n; i++) {
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
