#include "server/recordings.h"

#include "server/engine.h"
#include "server/history.h"
#include "server/loop.h"
#include "server/services.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LISTED = 1000 };

/* One request on its way through the store's thread. */
struct task {
    struct aw_http *http;
    struct aw_engine *engine;    /* loop thread only */
    struct aw_guest_place place; /* for the store's thread */
    uint64_t ticket;
    enum { TASK_LIST, TASK_ONE, TASK_ADD, TASK_DELETE, TASK_REPLAY } kind;
    const struct aw_recording_view *view;
    struct aw_recording_row row; /* asked for, or to be added */
    char path[4200], playing[64];
    double speed;
    struct aw_guest *guest;
    struct aw_recording now; /* the one under way, if any */
    struct aw_recording_row *rows;
    size_t n;
};

static struct aw_history *history_of(struct aw_request *r) {
    return r->http->services ? r->http->services->history : NULL;
}

static int refuse_off(struct aw_request *r) {
    struct aw_history *h = history_of(r);
    return aw_answer_problem(r, 503,
                             !h             ? "recordings are off"
                             : h->off[0]    ? h->off
                             : !h->recorder ? h->recorder_off
                                            : "recordings are off");
}

static void take_row(void *ctx, const struct aw_val *v, int n) {
    struct task *t = ctx;
    if (n != 11 || t->n >= MAX_LISTED) return;
    struct aw_recording_row *r = &t->rows[t->n++];
    snprintf(r->id, sizeof r->id, "%s", aw_val_to_text(&v[0]));
    snprintf(r->name, sizeof r->name, "%s", aw_val_to_text(&v[1]));
    snprintf(r->label, sizeof r->label, "%s", aw_val_to_text(&v[2]));
    snprintf(r->state, sizeof r->state, "%s", aw_val_to_text(&v[3]));
    snprintf(r->reason, sizeof r->reason, "%s", aw_val_to_text(&v[4]));
    r->started_ms = aw_val_to_int(&v[5]);
    r->ended_ms = aw_val_to_int(&v[6]);
    r->packets = aw_val_to_int(&v[7]);
    r->bytes = aw_val_to_int(&v[8]);
    r->lost = aw_val_to_int(&v[9]);
    r->simulated = aw_val_to_int(&v[10]) != 0;
}

#define COLUMNS                                                                                    \
    "id, name, label, state, reason, started_ms, ended_ms, packets, bytes, lost, simulated"

static int load_rows(struct aw_db *db, struct task *t) {
    struct aw_val id = aw_val_text(t->row.id);
    t->rows = calloc(t->kind == TASK_LIST ? MAX_LISTED : 1, sizeof *t->rows);
    if (!t->rows) return AW_ERR_NOMEM;
    return t->kind == TASK_LIST
               ? aw_db_run(db,
                           "SELECT " COLUMNS
                           " FROM recordings ORDER BY started_ms DESC, id LIMIT 1000",
                           NULL, 0, take_row, t)
               : aw_db_run(db, "SELECT " COLUMNS " FROM recordings WHERE id = $1", &id, 1, take_row,
                           t);
}

static int add_row(struct aw_db *db, const struct aw_recording_row *r) {
    struct aw_val in[] = {aw_val_text(r->id), aw_val_text(r->name), aw_val_text(r->label),
                          aw_val_int(r->started_ms)};
    return aw_db_run(db,
                     "INSERT INTO recordings (" COLUMNS ") VALUES "
                     "($1, $2, $3, 'recording', NULL, $4, NULL, 0, 0, 0, 0)",
                     in, 4, NULL, NULL);
}

/* The file first: a row without a file says so, a file without a row would be forgotten. */
static int delete_row(struct aw_db *db, struct task *t) {
    struct aw_val id = aw_val_text(t->row.id);
    unlink(t->path);
    return aw_db_run(db, "DELETE FROM recordings WHERE id = $1", &id, 1, NULL, NULL);
}

static int work(struct aw_db *db, void *ctx, struct aw_why *why) {
    struct task *t = ctx;
    int err = t->kind == TASK_ADD ? add_row(db, &t->row) : AW_OK;
    if (err == AW_OK) err = load_rows(db, t);
    *why = db->why;
    if (err != AW_OK) return err;
    if (t->kind == TASK_DELETE && t->n) err = delete_row(db, t);
    if (t->kind == TASK_REPLAY && t->n) /* the whole file is read here, where it may take long */
        return aw_guest_open(&t->guest, &t->place, t->path, t->speed, why);
    *why = db->why;
    return err;
}

/* What the table does not know: the one under way grows, one that was cut off was not counted. */
static void complete_row(const struct task *t, struct aw_recording_row *r) {
    bool now = strcmp(t->now.id, r->id) == 0 && t->now.state == AW_RECORDING_ON;
    r->cut = !now && (strcmp(r->state, "interrupted") == 0 || strcmp(r->state, "recording") == 0);
    r->replaying = strcmp(t->playing, r->id) == 0;
    if (!now) return;
    r->packets = (int64_t)t->now.packets;
    r->bytes = (int64_t)t->now.bytes;
    r->lost = (int64_t)t->now.lost;
    r->simulated = t->now.simulated;
}

static void write_answer(struct aw_json *j, void *ctx) {
    const struct task *t = ctx;
    if (t->kind == TASK_DELETE) {
        t->view->deleted(j, &t->rows[0]);
        return;
    }
    if (t->kind != TASK_LIST) {
        t->view->one(j, &t->rows[0]);
        return;
    }
    aw_json_open(j, '{');
    aw_json_key(j, "recordings");
    aw_json_open(j, '[');
    for (size_t i = 0; i < t->n; i++) t->view->one(j, &t->rows[i]);
    aw_json_close(j, ']');
    aw_json_close(j, '}');
}

static void send_rows(struct task *t) {
    struct aw_reply reply = {.status = t->kind == TASK_ADD ? t->view->started : 200,
                             .type = "application/json"};
    for (size_t i = 0; i < t->n; i++) complete_row(t, &t->rows[i]);
    if (t->kind == TASK_DELETE && !t->view->deleted)
        reply = (struct aw_reply){.status = 204};
    else
        reply.body = aw_note_json(write_answer, t);
    aw_later_answer(t->http, t->ticket, &reply);
}

static void finish(void *ctx, int err, const struct aw_why *why) {
    struct task *t = ctx;
    struct aw_history *h = t->http->services ? t->http->services->history : NULL;
    if (err != AW_OK && t->kind == TASK_ADD && h && h->recorder) {
        aw_recorder_stop(h->recorder, t->row.id);
        unlink(t->path);
    }
    if (t->guest && t->n && t->http->services->engine &&
        aw_engine_play(t->http->services->engine, t->guest)) {
        snprintf(t->playing, sizeof t->playing, "%s", t->row.id);
        t->guest = NULL;
    }
    if (err != AW_OK)
        aw_later_problem(t->http, t->ticket, t->kind == TASK_REPLAY ? 409 : 503, why->text);
    else if (t->kind != TASK_LIST && t->n == 0)
        aw_later_problem(t->http, t->ticket, 404, "there is no recording of this id");
    else if (t->guest)
        aw_later_problem(t->http, t->ticket, 409, "another recording is being played");
    else
        send_rows(t);
    aw_guest_close(t->guest);
    free(t->rows);
    free(t);
}

/* NULL: recordings are off, or out of memory. */
static struct task *new_task(struct aw_request *r, const struct aw_recording_view *view) {
    struct aw_history *h = history_of(r);
    struct task *t = h && h->store && h->recorder ? calloc(1, sizeof *t) : NULL;
    if (!t) return NULL;
    t->http = r->http;
    t->engine = r->http->services->engine;
    t->view = view;
    aw_recorder_now(h->recorder, &t->now);
    if (t->engine) {
        aw_engine_tidy(t->engine, t->playing, sizeof t->playing);
        t->place = aw_engine_guest_place(t->engine);
    }
    return t;
}

static int submit(struct aw_request *r, struct task *t) {
    int result = aw_answer_later(r, &t->ticket);
    const struct aw_store_job job = {work, finish, t};
    if (aw_store_ask(history_of(r)->store, &job) == AW_OK) return result;
    const struct aw_why why = {"too many questions wait for the history"};
    finish(t, AW_ERR_TOO_MANY, &why);
    return result;
}

/* The recording of this id: its row and path. False: *result is the answer. */
static bool named(struct aw_request *r, struct task *t, const char *id, int *result) {
    if (!t) {
        *result = refuse_off(r);
        return false;
    }
    snprintf(t->row.id, sizeof t->row.id, "%s", id);
    if (strlen(id) < sizeof t->row.id &&
        aw_recorder_path(history_of(r)->recordings, id, t->path, sizeof t->path))
        return true;
    free(t);
    *result = aw_answer_problem(r, 404, "there is no recording of this id");
    return false;
}

static bool under_way(const struct task *t) {
    return t->now.state == AW_RECORDING_ON && strcmp(t->now.id, t->row.id) == 0;
}

int aw_recordings_list(struct aw_request *r, const struct aw_recording_view *v) {
    struct task *t = new_task(r, v);
    if (!t) return refuse_off(r);
    t->kind = TASK_LIST;
    return submit(r, t);
}

int aw_recordings_one(struct aw_request *r, const struct aw_recording_view *v, const char *id) {
    struct task *t = new_task(r, v);
    int result;
    if (!named(r, t, id, &result)) return result;
    t->kind = TASK_ONE;
    return submit(r, t);
}

/* Bytes of all files in the folder. */
static double used_bytes(const char *dir) {
    DIR *d = opendir(dir);
    struct dirent *e;
    struct stat st;
    double sum = 0;
    while (d && (e = readdir(d)))
        if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
            sum += (double)st.st_size;
    if (d) closedir(d);
    return sum;
}

int aw_recordings_start(struct aw_request *r, const struct aw_recording_view *v,
                        const struct aw_recording_order *order) {
    struct aw_history *h = history_of(r);
    struct task *t = new_task(r, v);
    if (!t) return refuse_off(r);
    struct aw_why why = {""};
    double left = h->recordings_max_mb * 1e6 - used_bytes(h->recordings);
    int err = left < 65536
                  ? AW_ERR_LENGTH
                  : aw_recorder_start(h->recorder, order->max_s, (uint64_t)left, &t->now, &why);
    if (err != AW_OK) {
        free(t);
        return aw_answer_problem(r, err == AW_ERR_TOO_MANY ? 409 : 507,
                                 err == AW_ERR_LENGTH
                                     ? "the recordings have reached recordings.max_mb: delete some"
                                     : why.text);
    }
    t->kind = TASK_ADD;
    snprintf(t->row.id, sizeof t->row.id, "%s", t->now.id);
    snprintf(t->row.name, sizeof t->row.name, "%s", order->name[0] ? order->name : t->now.id);
    snprintf(t->row.label, sizeof t->row.label, "%s", order->label);
    t->row.started_ms = t->now.started_ms;
    if (!aw_recorder_path(h->recordings, t->row.id, t->path, sizeof t->path)) t->path[0] = '\0';
    struct aw_event e = aw_event_make(aw_loop_wall_ns(), "recording",
                                      "{\"id\":\"%s\",\"state\":\"recording\"}", t->row.id);
    aw_store_event(h->store, &e);
    return submit(r, t);
}

int aw_recordings_stop(struct aw_request *r, const struct aw_recording_view *v, const char *id) {
    struct task *t = new_task(r, v);
    int result;
    if (t && !id && (t->now.state != AW_RECORDING_ON || !t->now.id[0])) {
        free(t);
        return aw_answer_problem(r, 409, "no recording is under way");
    }
    if (t && !id) id = t->now.id;
    if (!named(r, t, id, &result)) return result;
    struct aw_history *h = history_of(r);
    if (aw_recorder_stop(h->recorder, t->row.id)) aw_history_recorded(h);
    aw_recorder_now(h->recorder, &t->now);
    t->kind = TASK_ONE; /* behind the job that writes its row */
    return submit(r, t);
}

int aw_recordings_data(struct aw_request *r, const char *id) {
    struct task *t = new_task(r, NULL);
    struct stat st;
    int result;
    if (!named(r, t, id, &result)) return result;
    int fd = open(t->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    free(t);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return aw_answer_file(r, fd, (uint64_t)st.st_size, "application/vnd.tcpdump.pcap");
    if (fd >= 0) close(fd);
    return aw_answer_problem(r, 404, "there is no recording of this id");
}

int aw_recordings_delete(struct aw_request *r, const struct aw_recording_view *v, const char *id) {
    struct task *t = new_task(r, v);
    int result;
    if (!named(r, t, id, &result)) return result;
    bool busy = under_way(t) || strcmp(t->playing, t->row.id) == 0;
    if (!busy) {
        t->kind = TASK_DELETE;
        return submit(r, t);
    }
    free(t);
    return aw_answer_problem(r, 409, "it is being recorded or played: stop it first");
}

int aw_recordings_replay(struct aw_request *r, const struct aw_recording_view *v, const char *id,
                         double speed) {
    struct task *t = new_task(r, v);
    int result;
    if (!named(r, t, id, &result)) return result;
    bool busy = under_way(t) || t->playing[0];
    if (busy || !t->engine) {
        free(t);
        return aw_answer_problem(r, busy ? 409 : 503,
                                 busy ? "it is being recorded, or one is played: stop that first"
                                      : "no engine runs");
    }
    t->kind = TASK_REPLAY;
    t->speed = speed;
    return submit(r, t);
}

int aw_recordings_replay_stop(struct aw_request *r, const char *id) {
    struct task *t = new_task(r, NULL);
    int result;
    if (!named(r, t, id, &result)) return result;
    bool this = strcmp(t->playing, t->row.id) == 0;
    if (this) aw_engine_play_stop(t->engine);
    free(t);
    return this ? aw_answer_none(r) : aw_answer_problem(r, 404, "this recording is not played");
}
