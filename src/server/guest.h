/* A recording that is played while the engine runs, as a source of its own; one at a time.
 *
 *     aw_guest_open()        any thread: reads the file, may take long
 *     aw_engine_play()       loop thread; the engine owns it from then on
 *     aw_engine_play_stop()  loop thread: it ends within a tenth of a second
 *     aw_engine_tidy()       loop thread, now and then: frees one that ended */
#ifndef AW_SERVER_GUEST_H
#define AW_SERVER_GUEST_H

#include "server/playing.h"

struct aw_guest {
    struct aw_playing playing;
    char path[4200], name[64]; /* name: of the file, without ".pcap" */
};

struct aw_guest_place {
    struct aw_playing_place at;
    uint32_t source;
};

/* Errors with why: those of aw_playing_open(). */
AW_MUST_USE int aw_guest_open(struct aw_guest **out, const struct aw_guest_place *place,
                              const char *path, double speed, struct aw_why *why);

/* Without a word to the feed, whose only writer is the engine's thread. NULL is fine. */
void aw_guest_close(struct aw_guest *g);

#endif
