#ifndef AW_SERVER_SERIAL_H
#define AW_SERVER_SERIAL_H

#include "server/unpack.h"

struct sp_port;

/* The console of an ESP32 on a serial port, cut into lines. Reopens by itself when the board is
 * unplugged and comes back. A pseudo terminal (socat, a simulator) works too. */
struct aw_serial {
    char device[96];
    int baud;
    struct sp_port *port; /* NULL: not open now, or a pseudo terminal */
    int fd;               /* to poll; -1 when not open */
    int64_t retry_ns;     /* when to try again, monotonic */
    size_t len;           /* of the line so far */
    bool overlong;        /* the line is longer than the buffer: being skipped */
    uint64_t too_long;    /* lines skipped for it */
    struct aw_why why;    /* why it is not open */
    uint8_t line[16384];  /* 612 values of up to 6 characters are 4 kB */
};

void aw_serial_init(struct aw_serial *s, const char *device, int baud);

/* Opens it when it is closed and it is time to. True when it is open. */
bool aw_serial_ensure(struct aw_serial *s, int64_t monotonic_ns);

/* Reads what has arrived and calls line() for each complete line, without its end. */
void aw_serial_receive(struct aw_serial *s, int64_t monotonic_ns,
                       void (*line)(void *ctx, const uint8_t *text, size_t len), void *ctx);
void aw_serial_close(struct aw_serial *s);

#endif
