#ifndef AW_SERVER_BREATHING_JSON_H
#define AW_SERVER_BREATHING_JSON_H

#include "base/json.h"
#include "server/frame_tap.h"

/* {"type":"breathing", ...}: what the rate of a link's last second rests on. A part that is not
 * there is null, with the reason beside it. */
void aw_breathing_json(struct aw_json *j, const struct aw_tapped_breathing *b);

#endif
