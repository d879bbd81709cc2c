#include "airwake.h"

const char *aw_format_key(enum aw_format format) {
    static const char *const keys[AW_FORMAT_COUNT] = {
#define KEY(name, key, title) key,
        AW_FORMATS(KEY)
#undef KEY
    };
    return (unsigned)format < AW_FORMAT_COUNT ? keys[format] : keys[AW_FORMAT_UNKNOWN];
}

const char *aw_format_title(enum aw_format format) {
    static const char *const titles[AW_FORMAT_COUNT] = {
#define TITLE(name, key, title) title,
        AW_FORMATS(TITLE)
#undef TITLE
    };
    return (unsigned)format < AW_FORMAT_COUNT ? titles[format] : titles[AW_FORMAT_UNKNOWN];
}

const char *aw_reason_key(enum aw_reason reason) {
    static const char *const keys[AW_REASON_COUNT] = {
#define KEY(name, key, sentence) key,
        AW_REASONS(KEY)
#undef KEY
    };
    return (unsigned)reason < AW_REASON_COUNT ? keys[reason] : "unknown";
}

const char *aw_reason_sentence(enum aw_reason reason) {
    static const char *const sentences[AW_REASON_COUNT] = {
#define SENTENCE(name, key, sentence) sentence,
        AW_REASONS(SENTENCE)
#undef SENTENCE
    };
    return (unsigned)reason < AW_REASON_COUNT ? sentences[reason] : "unknown reason";
}

const char *aw_state_key(enum aw_state state) {
    switch (state) {
    case AW_STATE_EMPTY:
        return "empty";
    case AW_STATE_STILL:
        return "still";
    case AW_STATE_MOVING:
        return "moving";
    case AW_STATE_NULL:
        break;
    }
    return "null";
}

const char *aw_take_key(enum aw_take take) {
    switch (take) {
    case AW_TAKE_EMPTY:
        return "empty";
    case AW_TAKE_OCCUPIED:
        return "walk";
    case AW_TAKE_STILL:
        return "still";
    }
    return "unknown";
}

const char *aw_calibration_verdict_key(enum aw_calibration_verdict verdict) {
    switch (verdict) {
    case AW_CALIBRATION_NONE:
        return "none";
    case AW_CALIBRATION_ARMED:
        return "armed";
    case AW_CALIBRATION_TOO_SHORT:
        return "too-short";
    case AW_CALIBRATION_SOMEBODY_MOVED:
        return "somebody-moved";
    case AW_CALIBRATION_OVERLAP:
        return "overlap";
    }
    return "unknown";
}
