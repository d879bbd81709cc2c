#ifndef AW_SENSE_COUNT_H
#define AW_SENSE_COUNT_H

#include "airwake.h"
#include "sense/presence.h"

/* How many persons? From one link: 0 when the room is empty; otherwise somebody, but whether one or
 * several it cannot tell (on the recordings of 0..7 persons the statistics of 1 and 3 overlap), and
 * it says so: AMBIGUOUS. Several links whose persons move apart at the same time are at least as
 * many persons as disjoint places; that needs to know the places and is not done here. */
void aw_count_run(const struct aw_presence_result *presence, struct aw_estimate *out);

#endif
