/* The log: levels, one line each, limited per call site. */
#include "server/log.h"
#include "test.h"

#include <unistd.h>

static char text[8192];

/* What run() says on stderr. */
static const char *said(void (*run)(void)) {
    char path[] = "/tmp/airwake-log-XXXXXX";
    int file = mkstemp(path), saved = dup(2);
    fflush(stderr);
    dup2(file, 2);
    run();
    fflush(stderr);
    dup2(saved, 2);
    ssize_t n = pread(file, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    close(file);
    close(saved);
    unlink(path);
    return text;
}

static int lines(const char *s) {
    int n = 0;
    for (; *s; s++) n += *s == '\n';
    return n;
}

static void all_levels(void) {
    aw_log(AW_LOG_ERROR, "e");
    aw_log(AW_LOG_WARNING, "w");
    aw_log(AW_LOG_INFO, "i");
    aw_log(AW_LOG_DEBUG, "d");
}

static void strange(void) {
    aw_log(AW_LOG_INFO, "node \"%s\"", "a\n2026 error: forged\x1b[2J");
}

static struct aw_log_site site;
static void often(void) {
    for (int i = 0; i < 100; i++) aw_log_write(&site, AW_LOG_INFO, "again %d", i);
}

int main(void) {
    CHECK_INT(lines(said(all_levels)), 3); /* info by default */
    aw_log_configure("error", false);
    CHECK_INT(lines(said(all_levels)), 1);
    CHECK(strstr(text, "Z error: e\n") != NULL);
    aw_log_configure("debug", false);
    CHECK_INT(lines(said(all_levels)), 4);

    CHECK_INT(lines(said(strange)), 1); /* a line cannot be forged */
    CHECK(strchr(text, 0x1b) == NULL);
    aw_log_configure("info", true);
    CHECK_INT(lines(said(strange)), 1);
    CHECK(strstr(text, "\"message\":\"node \\\"a\\u000a2026") != NULL);

    aw_log_configure("info", false);
    CHECK_INT(lines(said(often)), AW_LOG_BURST);
    CHECK_INT(site.suppressed, 100 - AW_LOG_BURST);
    site.window_ns -= (int64_t)AW_LOG_WINDOW_S * 1000000000; /* as if that long ago */
    CHECK_INT(lines(said(often)), AW_LOG_BURST);
    CHECK(strstr(text, "again 0 (95 more like this were left out)") != NULL);
    CHECK(strstr(text, "again 1\n") != NULL);
    return test_end();
}
