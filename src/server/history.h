/* The history of a running server: where it is kept, its store, its place among the sinks. */
#ifndef AW_SERVER_HISTORY_H
#define AW_SERVER_HISTORY_H

#include "server/http.h"
#include "server/recorder.h"
#include "server/settings.h"
#include "server/sink.h"
#include "server/store.h"

struct aw_history {
    struct aw_store *store; /* NULL: off, and `off` says why */
    char off[256];
    struct aw_recorder *recorder; /* NULL: off, and `recorder_off` says why */
    char recorder_off[256];
    char recordings[3100]; /* folder */
    double recordings_max_mb;
    char dir[3072];               /* folder of state; "" none */
    int lock;                     /* of the folder; -1 none */
    struct aw_http *_Atomic http; /* set when it runs; the store's thread reads it */
    struct aw_sink sink;
};

/* Folder for what is kept between runs: $STATE_DIRECTORY (systemd), $XDG_STATE_HOME/airwake or
 * ~/.local/state/airwake. False when none of them is set or it does not fit. */
bool aw_state_dir(char *dir, size_t cap);

/* Opens the store that the settings name. What fails turns the history off and says why in h->off:
 * the server runs without. */
void aw_history_open(struct aw_history *h, const struct aw_settings *s);

/* When the server is up: answers go through it from now on. */
void aw_history_attach(struct aw_history *h, struct aw_http *http);

/* Loop thread: a recording ended; its row is brought up to date. */
void aw_history_recorded(struct aw_history *h);

/* Loop thread, before the server is destroyed. */
void aw_history_close(struct aw_history *h);

#endif
