#include "airwake.h"

const char *aw_err_key(int err) {
    switch (err) {
    case AW_OK:
        return "ok";
#define CASE(name, value, key, sentence)                                                           \
    case AW_ERR_##name:                                                                            \
        return key;
        AW_ERRORS(CASE)
#undef CASE
    default:
        return err > 0 ? "ok" : "unknown";
    }
}

const char *aw_err_sentence(int err) {
    switch (err) {
    case AW_OK:
        return "no error";
#define CASE(name, value, key, sentence)                                                           \
    case AW_ERR_##name:                                                                            \
        return sentence;
        AW_ERRORS(CASE)
#undef CASE
    default:
        return err > 0 ? "no error" : "an error this version does not know";
    }
}
