#include "server/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
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
    if (h->http && !aw_http_call(h->http, poll_store, h)) return;
}

void aw_history_open(struct aw_history *h, const struct aw_settings *s) {
    char url[3200];
    struct aw_why why;
    *h = (struct aw_history){.lock = -1, .sink = {message, second, h}};
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
}

void aw_history_attach(struct aw_history *h, struct aw_http *http) {
    h->http = http;
}

void aw_history_close(struct aw_history *h) {
    struct aw_store *store = h->store;
    if (store) aw_store_close(store); /* its last answers still go out */
    h->store = NULL;
    if (h->lock >= 0) close(h->lock);
    h->lock = -1;
}
