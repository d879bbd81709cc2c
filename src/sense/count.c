#include "sense/count.h"

#include <math.h>

void aw_count_run(const struct aw_presence_result *presence, struct aw_estimate *out) {
    *out = (struct aw_estimate){.value = NAN, .confidence = 0, .reason = AW_REASON_AMBIGUOUS};
    if (presence->reason != AW_REASON_NONE) {
        out->reason = presence->reason;
    } else if (presence->state == AW_STATE_EMPTY && !presence->experimental) {
        *out = (struct aw_estimate){0, presence->confidence, AW_REASON_NONE};
    }
}
