/* What happened: one line of the event log. Made from the feed by comparing with what was before. */
#ifndef AW_SERVER_EVENT_H
#define AW_SERVER_EVENT_H

#include "server/feed.h"

enum { AW_EVENT_TYPE = 24, AW_EVENT_NAME = 64, AW_EVENT_DETAIL = 320 };

struct aw_event {
    int64_t t_ms;                 /* Unix time */
    char type[AW_EVENT_TYPE];     /* "state", "fall", ...: docs/history.md */
    char kind[8];                 /* "link", "room" or "" */
    char name[AW_EVENT_NAME];     /* of the link or room */
    char source[12];              /* "live", "replay", "simulated" or "" */
    char detail[AW_EVENT_DETAIL]; /* a JSON object, its members depend on the type */
};

enum { AW_EVENT_SUBJECTS = 512, AW_EVENT_SILENT_S = 10 };

/* Links and rooms as they were last. Zeroed: nothing is known. About 100 kB. */
struct aw_event_watch {
    struct aw_event_subject {
        bool used, room, silent, apnoea, has_state;
        uint32_t id;
        enum aw_origin_kind origin;
        uint64_t frames, sender;
        int64_t calibrated_ns;
        int64_t seen_ns; /* wall time of the last sign of frames */
        enum aw_state state;
        char name[AW_EVENT_NAME];
    } subjects[AW_EVENT_SUBJECTS];
    uint64_t ignored; /* messages about more subjects than there is room for */
};

typedef void aw_event_tell(void *ctx, const struct aw_event *e);

/* Takes in one message and tells the events it makes. Returns the subject it was about, NULL none.
 * Messages without facts of the link before their update have no name and are left out. */
const struct aw_event_subject *aw_event_push(struct aw_event_watch *w, const struct aw_msg *m,
                                             aw_event_tell *tell, void *ctx);

/* Once per second: who fell silent. */
void aw_event_second(struct aw_event_watch *w, int64_t now_ns, aw_event_tell *tell, void *ctx);

/* An event with t_ms, type and a detail made by format (a JSON object). */
struct aw_event aw_event_make(int64_t now_ns, const char *type, const char *detail_format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
