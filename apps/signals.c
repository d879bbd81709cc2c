#include "signals.h"

#include <stddef.h>
#include <time.h>

volatile sig_atomic_t signals_stop;
static void (*on_stop)(void);

static void handler(int signo) {
    (void)signo;
    signals_stop = 1;
    if (on_stop) on_stop();
}

volatile sig_atomic_t signals_reload;

static void reload_handler(int signo) {
    (void)signo;
    signals_reload = 1;
    if (on_stop) on_stop(); /* wakes the loop */
}

void signals_catch_reload(void) {
    struct sigaction action = {.sa_handler = reload_handler};
    sigemptyset(&action.sa_mask);
    sigaction(SIGHUP, &action, NULL);
}

void signals_catch(void (*also)(void)) {
    struct sigaction action = {.sa_handler = handler}; /* no SA_RESTART: waits are to end */
    on_stop = also;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

long long monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}
