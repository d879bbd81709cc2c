#ifndef AW_SENSE_FUSE_H
#define AW_SENSE_FUSE_H

#include "airwake.h"

/* What all links of a room say together about one second.
 *
 * State, at the level of likelihoods: a link that says state s with confidence c gives
 *     p(s) = c,  p(others) = (1 - c) / 2
 * and the room's is the product over links, normalised; the prior is uniform. Confidences say how
 * often such a link is right, so a link that sees nothing weighs little (empty is said with 0.65
 * and right that often) against one that sees motion. Links of a room are not independent:
 * each p is raised to the power 1 / sqrt(n), which bounds n equal links to the weight of sqrt(n).
 * Derived here; test_fuse.c. An update without a state takes no part.
 *
 * Rates (breathing, heart): the rate of the link with the greatest confidence; links within 1 bpm
 * of it support it, confidence 1 - (1 - c1)(1 - c2)^(1/2)..., links that contradict it by more than
 * 1 bpm with as much confidence make it AMBIGUOUS: two persons, or an error.
 * Persons: 0 when the room is empty and not experimental; otherwise AMBIGUOUS. A fall of any link
 * is a fall of the room. Motion: the link with the greatest score above its threshold. Speed: the
 * greatest of any link, because each can only see too little of it (sense/speed.h). */

/* u     [n] updates of the same second, n >= 0
 * out   link is AW_LINK_ROOM, links says how many had a state, frames is the sum. With no state at
 * all: AW_STATE_NULL with the reason of the first, NO_FRAMES for n = 0. */
void aw_fuse_run(const struct aw_update *u, size_t n, struct aw_update *out);

#endif
