#ifndef AW_BENCH_STATIC_PRESENCE_H
#define AW_BENCH_STATIC_PRESENCE_H

#include <stdio.h>

/* How well a statistic (sway) tells an empty room from somebody who stands or sits: area under the
 * ROC curve over all recordings, its 95 % interval by drawing placements of the nodes or recordings
 * with replacement, and each placement alone and left out. */
enum { STATIC_PRESENCE_SECONDS = 64 }; /* of a recording, at most */

/* One recording: label "empty", "stand" or "sit" (others are ignored), path
 * .../room/subject_placement_.../file, share [n] by second. */
void static_presence_add(const char *label, const char *path, const float *share, int n);
void static_presence_print(FILE *to);

#endif
