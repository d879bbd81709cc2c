/* Health of the process in RuView's words: measured, or left out (their page cannot read null
 * there). */
#include "server/ruview_view.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* NAN: not known. */
struct usage {
    double cpu_percent; /* of one core, mean since the start */
    double memory_percent, memory_mb;
    double disk_percent; /* used of the file system of the working directory */
};

static void measure_memory(struct usage *u) {
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f) return;
    if (fscanf(f, "%*u %lu", &pages) != 1) pages = 0;
    fclose(f);
    long all = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    if (pages == 0 || all <= 0 || bytes <= 0) return;
    u->memory_percent = 100.0 * (double)pages / (double)all;
    u->memory_mb = (double)pages * (double)bytes / (1 << 20);
}

static struct usage measure(const struct aw_http *h) {
    struct usage u = {NAN, NAN, NAN, NAN};
    struct rusage r;
    struct statvfs disk;
    double up_s = aw_loop_uptime_s(h);
    if (getrusage(RUSAGE_SELF, &r) == 0 && up_s > 0)
        u.cpu_percent = 100 *
                        ((double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
                         (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6) /
                        up_s;
    measure_memory(&u);
    if (statvfs(".", &disk) == 0 && disk.f_blocks > 0)
        u.disk_percent = 100 * (1 - (double)disk.f_bavail / (double)disk.f_blocks);
    return u;
}

static void key_known(struct aw_json *j, const char *key, double value) {
    if (isnan(value)) return;
    aw_json_key(j, key);
    aw_json_num(j, value, 2);
}

static void part(struct aw_json *j, const char *name, const char *status, const char *message) {
    aw_json_key(j, name);
    aw_json_open(j, '{');
    aw_json_key_str(j, "status", status);
    aw_json_key_str(j, "message", message);
    aw_json_close(j, '}');
}

void aw_ruview_health(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    const char *why = aw_board_not_ready(h->board);
    const char *origin = aw_board_origin(h->board, aw_loop_wall_ns());
    struct usage u = measure(h);
    char hardware[192], clients[48];
    snprintf(hardware, sizeof hardware, "%s%s",
             why      ? why
             : origin ? "frames arrive; source: "
                      : "listening; no frames arrive",
             !why && origin ? origin : "");
    snprintf(clients, sizeof clients, "%u client(s)", h->n_clients);
    aw_json_open(j, '{');
    aw_json_key_str(j, "status", why || !origin ? "degraded" : "healthy");
    aw_json_key(j, "components");
    aw_json_open(j, '{');
    part(j, "api", "healthy", "answers");
    part(j, "hardware", why || !origin ? "degraded" : "healthy", hardware);
    part(j, "pose", "unavailable", "no pose is estimated");
    part(j, "stream", h->n_clients ? "healthy" : "idle", clients);
    aw_json_close(j, '}');
    aw_json_key(j, "metrics");
    aw_json_open(j, '{');
    key_known(j, "cpu_percent", u.cpu_percent);
    key_known(j, "memory_percent", u.memory_percent);
    key_known(j, "disk_percent", u.disk_percent);
    key_known(j, "uptime_seconds", floor(aw_loop_uptime_s(h)));
    aw_json_close(j, '}');
    aw_json_close(j, '}');
}

static void percent(struct aw_json *j, const char *name, double value, double used_mb) {
    aw_json_key(j, name);
    aw_json_open(j, '{');
    key_known(j, "percent", value);
    key_known(j, "used_mb", used_mb);
    aw_json_close(j, '}');
}

void aw_ruview_metrics(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    struct usage u = measure(h);
    aw_json_open(j, '{');
    aw_json_key(j, "system_metrics");
    aw_json_open(j, '{');
    percent(j, "cpu", u.cpu_percent, NAN);
    percent(j, "memory", u.memory_percent, u.memory_mb);
    percent(j, "disk", u.disk_percent, NAN);
    aw_json_close(j, '}');
    aw_json_key(j, "tick");
    aw_json_uint(j, h->board->updates);
    aw_json_close(j, '}');
}
