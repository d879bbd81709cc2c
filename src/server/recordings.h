/* What can be asked of recordings: each is one question to the store's thread, answered in the words
 * of the `view` given, ours (routes_recordings.c) or RuView's (ruview_recordings.c). All return what
 * the handler is to return; refusals are problem documents. */
#ifndef AW_SERVER_RECORDINGS_H
#define AW_SERVER_RECORDINGS_H

#include "server/route.h"

struct aw_recording_row {
    char id[40], name[64], label[64]; /* label "" none */
    char state[16], reason[256];      /* reason "": it ended as asked */
    int64_t started_ms, ended_ms;     /* Unix; ended_ms 0: not yet, or nobody knows */
    int64_t packets, bytes, lost;
    bool simulated;
    bool cut;       /* cut off: nobody counted; the file tells, when it is played */
    bool replaying; /* it is being played */
};

struct aw_recording_view {
    /* A recording; of several, {"recordings": [one, ...]}. */
    void (*one)(struct aw_json *j, const struct aw_recording_row *row);
    void (*deleted)(struct aw_json *j, const struct aw_recording_row *row); /* NULL: 204 */
    unsigned started; /* status of a recording begun */
};

struct aw_recording_order {
    const char *name, *label; /* "" none */
    double max_s;             /* 0: until it is stopped */
};

int aw_recordings_list(struct aw_request *r, const struct aw_recording_view *v);
int aw_recordings_one(struct aw_request *r, const struct aw_recording_view *v, const char *id);
int aw_recordings_start(struct aw_request *r, const struct aw_recording_view *v,
                        const struct aw_recording_order *order);
/* id NULL: the one under way; 409 when there is none. */
int aw_recordings_stop(struct aw_request *r, const struct aw_recording_view *v, const char *id);
int aw_recordings_delete(struct aw_request *r, const struct aw_recording_view *v, const char *id);
int aw_recordings_data(struct aw_request *r, const char *id);
int aw_recordings_replay(struct aw_request *r, const struct aw_recording_view *v, const char *id,
                         double speed);
int aw_recordings_replay_stop(struct aw_request *r, const char *id);

#endif
