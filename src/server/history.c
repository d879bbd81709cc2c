#include "server/history.h"

#include "server/log.h"
#include "server/system_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

bool aw_state_dir(char *dir, size_t cap) {
    const char *state = getenv("STATE_DIRECTORY"), *xdg = getenv("XDG_STATE_HOME"),
               *home = getenv("HOME");
    int n = -1;
    dir[0] = '\0';
    if (state && state[0] == '/') /* may be several, parted by colons: the first is ours */
        n = snprintf(dir, cap, "%.*s", (int)strcspn(state, ":"), state);
    else if (xdg && xdg[0] == '/')
        n = snprintf(dir, cap, "%s/airwake", xdg);
    else if (home && home[0] == '/')
        n = snprintf(dir, cap, "%s/.local/state/airwake", home);
    if (n > 0 && (size_t)n < cap) return true;
    dir[0] = '\0';
    return false;
}

static bool make_dirs(const char *path) {
    char part[3072];
    for (const char *at = path; (at = strchr(at + 1, '/'));) {
        snprintf(part, sizeof part, "%.*s", (int)(at - path), path);
        if (mkdir(part, 0755) != 0 && errno != EEXIST) return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static void off(struct aw_history *h, const char *what, const char *why) {
    snprintf(h->off, sizeof h->off, "history is off: %s%s%s", what, why[0] ? ": " : "", why);
}

/* One server per folder: two would end each other's recordings. */
static bool take_dir(struct aw_history *h) {
    char path[3100];
    if (!aw_state_dir(h->dir, sizeof h->dir)) {
        off(h, "none of STATE_DIRECTORY, XDG_STATE_HOME and HOME names a folder", "");
        return false;
    }
    snprintf(path, sizeof path, "%s/lock", h->dir);
    if (!make_dirs(h->dir) || (h->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0) {
        off(h, h->dir, strerror(errno));
        h->dir[0] = '\0';
        return false;
    }
    if (flock(h->lock, LOCK_EX | LOCK_NB) == 0) return true;
    off(h, h->dir, "another airwake uses this folder");
    close(h->lock);
    h->lock = -1;
    h->dir[0] = '\0';
    return false;
}

static void message(void *ctx, const struct aw_board *b, const struct aw_msg *m) {
    struct aw_history *h = ctx;
    (void)b;
    if (h->store) aw_store_message(h->store, m);
}

static void second(void *ctx, const struct aw_board *b, int64_t now_ns) {
    struct aw_history *h = ctx;
    (void)b;
    if (!h->store) return;
    aw_store_second(h->store, now_ns);
    aw_store_poll(h->store);
}

static void poll_store(struct aw_http *http, void *ctx) {
    struct aw_history *h = ctx;
    (void)http;
    if (h->store) aw_store_poll(h->store);
}

/* From the store's thread. Out of memory: second() looks anyway. */
static void wake(void *ctx) {
    struct aw_history *h = ctx;
    struct aw_http *http = atomic_load(&h->http);
    if (http && !aw_http_call(http, poll_store, h)) return;
}

static void recorded(struct aw_http *http, void *ctx) {
    (void)http;
    aw_history_recorded(ctx);
}

/* From the recorder's thread. */
static void ended(void *ctx) {
    struct aw_history *h = ctx;
    struct aw_http *http = atomic_load(&h->http);
    if (http && !aw_http_call(http, recorded, h)) return;
}

static int end_interrupted(struct aw_db *db, void *ctx, struct aw_why *why) {
    (void)ctx, (void)why;
    return aw_db_run(db,
                     "UPDATE recordings SET state = 'interrupted', reason = 'the server ended "
                     "without stopping it' WHERE state = 'recording'",
                     NULL, 0, NULL, NULL);
}

static void nothing(void *ctx, int err, const struct aw_why *why) {
    (void)ctx, (void)err, (void)why;
}

static void open_recorder(struct aw_history *h, const struct aw_settings *s) {
    struct aw_why why;
    snprintf(h->recordings, sizeof h->recordings, "%s%s",
             s->recordings_dir[0] ? s->recordings_dir : h->dir,
             s->recordings_dir[0] ? "" : "/recordings");
    h->recordings_max_mb = s->recordings_max_mb;
    const struct aw_recorder_config config = {h->recordings, ended, h};
    if (!s->recordings_dir[0] && !h->dir[0]) {
        snprintf(h->recorder_off, sizeof h->recorder_off, "recordings have no folder");
    } else if (aw_recorder_open(&h->recorder, &config, &why) != AW_OK) {
        h->recorder = NULL;
        snprintf(h->recorder_off, sizeof h->recorder_off, "%s", why.text);
    } else {
        const struct aw_store_job job = {end_interrupted, nothing, NULL};
        if (aw_store_ask(h->store, &job) != AW_OK) return; /* an empty ring has room */
    }
}

void aw_history_open(struct aw_history *h, const struct aw_settings *s) {
    char url[3200];
    struct aw_why why;
    *h = (struct aw_history){.lock = -1, .sink = {.message = message, .second = second, .ctx = h}};
    if (!s->store_on) {
        off(h, "it is switched off", "");
        return;
    }
    if (!take_dir(h) && !s->store_url[0]) return;
    h->off[0] = '\0';
    snprintf(url, sizeof url, "%s", s->store_url);
    if (!url[0]) snprintf(url, sizeof url, "%s/history.db", h->dir);
    const struct aw_store_config config = {.url = url,
                                           .keep_days = s->store_keep_days,
                                           .keep_second_days = s->store_keep_second_days,
                                           .max_mb = s->store_max_mb,
                                           .batch_ms = (int)s->store_batch_ms,
                                           .wake = wake,
                                           .wake_ctx = h};
    if (aw_store_open(&h->store, &config, &why) != AW_OK) {
        h->store = NULL;
        off(h, why.text, "");
    }
    if (h->store) open_recorder(h, s);
}

struct ended_row {
    struct aw_recording r;
};

static int write_row(struct aw_db *db, void *ctx, struct aw_why *why) {
    struct ended_row *e = ctx;
    const struct aw_recording *r = &e->r;
    struct aw_val in[] = {
        aw_val_text(r->state == AW_RECORDING_FAILED ? "failed" : "complete"),
        aw_val_text(r->reason[0] ? r->reason : NULL),
        aw_val_int(r->ended_ms),
        aw_val_int((int64_t)r->packets),
        aw_val_int((int64_t)r->bytes),
        aw_val_int((int64_t)r->lost),
        aw_val_int(r->simulated),
        aw_val_text(r->id),
    };
    int err = aw_db_run(db,
                        "UPDATE recordings SET state = $1, reason = $2, ended_ms = $3, packets = "
                        "$4, bytes = $5, lost = $6, simulated = $7 WHERE id = $8",
                        in, 8, NULL, NULL);
    *why = db->why;
    return err;
}

static void row_written(void *ctx, int err, const struct aw_why *why) {
    if (err != AW_OK) aw_log(AW_LOG_ERROR, "the row of a recording: %s", why->text);
    free(ctx);
}

void aw_history_recorded(struct aw_history *h) {
    struct ended_row *e = malloc(sizeof *e);
    if (!e || !h->store || !h->recorder) {
        free(e);
        return;
    }
    aw_recorder_now(h->recorder, &e->r);
    if (e->r.state == AW_RECORDING_FAILED)
        aw_log(AW_LOG_ERROR, "recording %s: %s", e->r.id, e->r.reason);
    struct aw_event event =
        aw_event_make(aw_system_ns(CLOCK_REALTIME), "recording",
                      "{\"id\":\"%s\",\"state\":\"%s\",\"packets\":%llu,\"lost\":%llu}", e->r.id,
                      e->r.state == AW_RECORDING_FAILED ? "failed" : "complete",
                      (unsigned long long)e->r.packets, (unsigned long long)e->r.lost);
    aw_store_event(h->store, &event);
    const struct aw_store_job job = {write_row, row_written, e};
    if (aw_store_ask(h->store, &job) != AW_OK) free(e);
}

void aw_history_attach(struct aw_history *h, struct aw_http *http) {
    atomic_store(&h->http, http);
}

void aw_history_close(struct aw_history *h) {
    struct aw_store *store = h->store;
    if (h->recorder) {
        struct aw_recording now;
        aw_recorder_now(h->recorder, &now);
        if (aw_recorder_stop(h->recorder, now.id)) aw_history_recorded(h);
        aw_recorder_close(h->recorder);
        h->recorder = NULL;
    }
    if (store) aw_store_close(store); /* its last answers still go out */
    h->store = NULL;
    if (h->lock >= 0) close(h->lock);
    h->lock = -1;
}
