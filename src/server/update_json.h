#ifndef AW_SERVER_UPDATE_JSON_H
#define AW_SERVER_UPDATE_JSON_H

#include "airwake.h"
#include "base/json.h"

/* The members of an update, into an open object. The same keys wherever an update is shown; they
 * are listed in docs/events.md. why: NONE, or why nothing the update says can be shown any more. */
void aw_update_json(struct aw_json *j, const struct aw_update *u, enum aw_reason why);

/* The vital signs of it alone, and whether an apnoea could be seen: apnoea is null with a reason
 * while breathing is not seen. */
void aw_vitals_json(struct aw_json *j, const struct aw_update *u, enum aw_reason why);

/* {"crc":3,"length":1}: what was refused, by reason; only reasons that occurred. refused[-err]. */
void aw_refused_json(struct aw_json *j, const uint64_t refused[AW_ERR_COUNT]);

#endif
