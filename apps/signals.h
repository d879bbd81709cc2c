#ifndef AW_APPS_SIGNALS_H
#define AW_APPS_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Set by Ctrl-C and SIGTERM once signals_catch() was called. */
extern volatile sig_atomic_t signals_stop;
/* Set by SIGHUP. Without signals_catch_reload() SIGHUP ends the program, as ever. */
extern volatile sig_atomic_t signals_reload;
void signals_catch_reload(void);
void signals_catch(void (*also)(void)); /* also (may be NULL) must be async-signal-safe */

/* Monotonic time, ns. */
long long monotonic_ns(void);

#endif
