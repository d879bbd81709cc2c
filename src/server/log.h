/* What the server has to say, on stderr: a line of text or of JSON each. Any thread; not for the
 * frame path (it takes a lock). No secrets: values of settings marked so are never passed here.
 *
 * Each call site says at most AW_LOG_BURST lines in AW_LOG_WINDOW_S; the next one after that tells
 * how many were left out. */
#ifndef AW_SERVER_LOG_H
#define AW_SERVER_LOG_H

#include "airwake.h"

enum { AW_LOG_BURST = 5, AW_LOG_WINDOW_S = 10 };

enum aw_log_level { AW_LOG_ERROR, AW_LOG_WARNING, AW_LOG_INFO, AW_LOG_DEBUG };

/* level: error, warning, info or debug; others are as info. Default: info, text. */
void aw_log_configure(const char *level, bool json);

struct aw_log_site {
    int64_t window_ns; /* when it began */
    unsigned said, suppressed;
};

void aw_log_write(struct aw_log_site *site, enum aw_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define aw_log(level, ...)                                                                         \
    do {                                                                                           \
        static struct aw_log_site site_;                                                           \
        aw_log_write(&site_, level, __VA_ARGS__);                                                  \
    } while (0)

#endif
