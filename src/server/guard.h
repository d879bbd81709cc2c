/* Who may ask. A browser tells in Host which name it used and in Origin which page asks; both are
 * checked so that no page of another site can read a room (DNS rebinding, cross-site WebSocket). */
#ifndef AW_SERVER_GUARD_H
#define AW_SERVER_GUARD_H

#include "airwake.h"

/* True when `host` ("name", "name:port", "[v6]:port") names this machine by loopback or by the
 * address the server is bound to; any numeric address when it is bound to all of them (a rebinding
 * page always has a name). The port is not looked at: it may be forwarded. */
bool aw_guard_host(const char *host, const char *bind);

/* True when `origin` is "http://<host>" or "https://<host>", port included. */
bool aw_guard_origin(const char *origin, const char *host);

#endif
