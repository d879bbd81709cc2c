#include "server/log.h"

#include "base/json.h"
#include "base/units.h"
#include "server/system_clock.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const level_names[] = {"error", "warning", "info", "debug"};
static atomic_int least = AW_LOG_INFO;
static atomic_bool as_json;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* the sites, and whole lines */

void aw_log_configure(const char *level, bool json) {
    int found = AW_LOG_INFO;
    for (int i = AW_LOG_ERROR; i <= AW_LOG_DEBUG; i++)
        if (strcmp(level, level_names[i]) == 0) found = i;
    atomic_store(&least, found);
    atomic_store(&as_json, json);
}

/* True when the site may speak; *left_out: what it could not say before. Locked. */
static bool may_speak(struct aw_log_site *site, unsigned *left_out) {
    int64_t now = aw_system_ns(CLOCK_MONOTONIC);
    if (!site->window_ns || now - site->window_ns >= AW_LOG_WINDOW_S * AW_S) {
        site->window_ns = now;
        site->said = 0;
    }
    *left_out = site->suppressed;
    if (site->said == AW_LOG_BURST) {
        site->suppressed++;
        return false;
    }
    site->said++;
    site->suppressed = 0;
    return true;
}

static void write_json(const char *time, const char *level, const char *message,
                       unsigned left_out) {
    char line[4096];
    struct aw_json j;
    aw_json_init(&j, line, sizeof line);
    aw_json_open(&j, '{');
    aw_json_key(&j, "time");
    aw_json_str(&j, time);
    aw_json_key(&j, "level");
    aw_json_str(&j, level);
    aw_json_key(&j, "message");
    aw_json_str(&j, message);
    if (left_out) {
        aw_json_key(&j, "suppressed");
        aw_json_uint(&j, left_out);
    }
    aw_json_close(&j, '}');
    const char *text = aw_json_text(&j);
    if (text) fprintf(stderr, "%s\n", text);
}

static void write_text(const char *time, const char *level, char *message, unsigned left_out) {
    for (char *p = message; *p; p++) /* a line is one line, whatever a node calls itself */
        if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = '?';
    if (left_out)
        fprintf(stderr, "%s %s: %s (%u more like this were left out)\n", time, level, message,
                left_out);
    else
        fprintf(stderr, "%s %s: %s\n", time, level, message);
}

void aw_log_write(struct aw_log_site *site, enum aw_log_level level, const char *format, ...) {
    if ((int)level > atomic_load(&least)) return;
    char message[600], stamp[32];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    time_t now = time(NULL);
    struct tm utc;
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    pthread_mutex_lock(&lock);
    unsigned left_out;
    if (may_speak(site, &left_out)) {
        if (atomic_load(&as_json))
            write_json(stamp, level_names[level], message, left_out);
        else
            write_text(stamp, level_names[level], message, left_out);
    }
    pthread_mutex_unlock(&lock);
}
