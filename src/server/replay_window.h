/* Which sequence numbers came already: a bitmap behind the highest one, as in RFC 6479.
 *
 *     seq > last                        taken; the window moves up to it
 *     seq > last - AW_REPLAY_WINDOW     taken, unless it was before
 *     otherwise                         too old to know: refused
 *
 * The bitmap is a ring of words: moving up clears whole words, so that nothing is shifted. One word
 * may be cleared in part of its numbers only; the window is shorter than the ring by that word. */
#ifndef AW_SERVER_REPLAY_WINDOW_H
#define AW_SERVER_REPLAY_WINDOW_H

#include "airwake.h"

enum {
    AW_REPLAY_WORDS = 64, /* power of two */
    /* 4032: what 16,000 datagrams per second, the fastest sender known, send in 250 ms. What comes
     * later than that the engine would not use any more. */
    AW_REPLAY_WINDOW = 64 * (AW_REPLAY_WORDS - 1),
};

/* All zero: nothing came yet. */
struct aw_replay_window {
    uint64_t last;
    uint64_t seen[AW_REPLAY_WORDS];
};

/* True when seq was not there before; from now on it was. */
bool aw_replay_take(struct aw_replay_window *w, uint64_t seq);

#endif
