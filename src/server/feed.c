#include "server/feed.h"

const char *aw_origin_kind_key(enum aw_origin_kind kind) {
    switch (kind) {
    case AW_SOURCE_LIVE:
        return "live";
    case AW_SOURCE_REPLAY:
        return "replay";
    case AW_SOURCE_SIMULATED:
        return "simulated";
    }
    return "unknown";
}
