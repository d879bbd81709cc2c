#include "server/replay_window.h"

bool aw_replay_take(struct aw_replay_window *w, uint64_t seq) {
    uint64_t word = seq / 64, last = w->last / 64, bit = (uint64_t)1 << seq % 64;
    if (seq > w->last) {
        uint64_t steps = word - last;
        if (steps > AW_REPLAY_WORDS) steps = AW_REPLAY_WORDS;
        for (uint64_t i = 0; i < steps; i++) w->seen[(word - i) % AW_REPLAY_WORDS] = 0;
        w->last = seq;
    } else if (w->last - seq >= AW_REPLAY_WINDOW) {
        return false;
    }
    uint64_t *seen = &w->seen[word % AW_REPLAY_WORDS];
    if (*seen & bit) return false;
    *seen |= bit;
    return true;
}
