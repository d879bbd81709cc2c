#ifndef AW_SERVER_ROW_H
#define AW_SERVER_ROW_H

#include "server/feed.h"

/* Amplitudes of the first chain of a frame for the heat map: the first training field only, null
 * and invalid subcarriers left out, in ascending order of subcarrier, at most AW_ROW_MAX (then
 * every n-th). */
void aw_row_from_frame(struct aw_msg *msg, const struct aw_frame *f);

#endif
