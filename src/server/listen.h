#ifndef AW_SERVER_LISTEN_H
#define AW_SERVER_LISTEN_H

#include "airwake.h"

/* A TCP socket listening on `address` (numeric IPv4 or IPv6, or "localhost") and *port (0: any;
 * gets the real one), non-blocking and close-on-exec. `why` gets a sentence on failure.
 * Returns the descriptor. Errors: INVAL (address), IO (in use, not allowed, ...). */
AW_MUST_USE int aw_listen_open(const char *address, uint16_t *port, char *why, size_t why_bytes);

/* The next connection waiting on fd, non-blocking and close-on-exec; -1 none. */
int aw_listen_accept(int fd, int sndbuf_bytes);

#endif
