#ifndef AW_SERVER_PLAYER_H
#define AW_SERVER_PLAYER_H

#include "core/clock.h"
#include "server/capture.h"

/* Plays a recording with its own timing. */
struct aw_player {
    struct aw_capture capture;
    const char *path;
    double speed;
    struct aw_clock clock;
    bool ended;
    int pending;        /* result of the last aw_capture_next() that is not yet due */
    int64_t t_first_ns; /* of the recording */
    int64_t start_ns;   /* monotonic time at which t_first_ns was played; 0 not started */
    int64_t due_ns;     /* monotonic time of the pending record */
};

AW_MUST_USE int aw_player_open(struct aw_player *p, const char *path, double speed,
                               struct aw_why *why);
void aw_player_close(struct aw_player *p);
AW_MUST_USE int aw_player_rewind(struct aw_player *p);

/* Plays at another speed from now on. */
void aw_player_set_speed(struct aw_player *p, double speed, int64_t now_ns);

/* The next record if it is due at monotonic time now_ns: as aw_capture_next(). Otherwise
 * AW_PLAYER_WAIT: nothing before p->due_ns. */
enum { AW_PLAYER_WAIT = 3 };
int aw_player_next(struct aw_player *p, int64_t now_ns);

#endif
