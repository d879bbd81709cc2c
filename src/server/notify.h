/* Tells the service manager how the service is: systemd's notification protocol (sd_notify(3)),
 * one datagram of KEY=VALUE lines to the socket that $NOTIFY_SOCKET names. Nothing happens without
 * it. Source: man 3 sd_notify, "Notes". */
#ifndef AW_SERVER_NOTIFY_H
#define AW_SERVER_NOTIFY_H

#include "airwake.h"

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..." ; false when it could not be sent. */
bool aw_notify(const char *state);

/* RELOADING=1 with the monotonic time that Type=notify-reload wants. */
bool aw_notify_reloading(void);

/* Interval at which the watchdog is to be told, half of $WATCHDOG_USEC; 0: no watchdog. */
int64_t aw_notify_watchdog_ns(void);

#endif
