/* GET /metrics: the text exposition format of Prometheus, version 0.0.4. Base units: seconds,
 * bytes, hertz. Labels are bounded: AW_BOARD_LINKS links, AW_BOARD_SOURCES sources, the routes of
 * the table. What is not known is left out, never 0. */
#include "server/access.h"
#include "server/history.h"
#include "server/models.h"
#include "server/mqtt.h"
#include "server/route.h"
#include "server/services.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void family(FILE *f, const char *name, const char *type, const char *help) {
    fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(FILE *f, const char *name, const char *type, const char *help, double value) {
    family(f, name, type, help);
    fprintf(f, "%s %.17g\n", name, value);
}

static void label(FILE *f, const char *name, const char *value) {
    fprintf(f, "%s=\"", name);
    for (; *value; value++) {
        if (*value == '\n')
            fputs("\\n", f);
        else if (*value == '"' || *value == '\\')
            fprintf(f, "\\%c", *value);
        else
            fputc(*value, f);
    }
    fputc('"', f);
}

/* ---- links */

struct link_family {
    const char *name, *type, *help;
    double (*value)(const struct aw_board_link *l, int64_t now_ns);
};

static double rate(const struct aw_board_link *l, int64_t now_ns) {
    return aw_board_fresh(l, now_ns) ? (double)l->info.rate_hz : (double)NAN;
}
static double rssi(const struct aw_board_link *l, int64_t now_ns) {
    return aw_board_fresh(l, now_ns) ? (double)l->info.rssi_dbm : (double)NAN;
}
static double frames(const struct aw_board_link *l, int64_t now_ns) {
    (void)now_ns;
    return (double)l->info.frames;
}
static double lost(const struct aw_board_link *l, int64_t now_ns) {
    (void)now_ns;
    return (double)l->info.lost;
}
static double duplicates(const struct aw_board_link *l, int64_t now_ns) {
    (void)now_ns;
    return (double)l->info.duplicates;
}
static double reordered(const struct aw_board_link *l, int64_t now_ns) {
    (void)now_ns;
    return (double)l->info.reordered;
}
static double gaps(const struct aw_board_link *l, int64_t now_ns) {
    (void)now_ns;
    return (double)l->info.gaps;
}

static const struct link_family link_families[] = {
    {"airwake_link_frame_rate_hertz", "gauge", "Frames per second of a link.", rate},
    {"airwake_link_rssi_dbm", "gauge", "Received signal strength of a link.", rssi},
    {"airwake_link_age_seconds", "gauge", "Since the last frame of a link.", aw_board_age_s},
    {"airwake_link_frames_total", "counter", "Frames used.", frames},
    {"airwake_link_lost_frames_total", "counter", "Frames that the sender counted and never came.",
     lost},
    {"airwake_link_duplicate_frames_total", "counter", "Frames refused: seen before.", duplicates},
    {"airwake_link_reordered_frames_total", "counter", "Frames refused: too late.", reordered},
    {"airwake_link_gaps_total", "counter", "Times in which frames were missing for long.", gaps},
};

static void links(FILE *f, const struct aw_board *b, int64_t now_ns) {
    size_t n = 0;
    for (size_t i = 0; i < AW_BOARD_LINKS; i++)
        n += b->links[i].used && aw_board_fresh(&b->links[i], now_ns);
    one(f, "airwake_links", "gauge", "Links with frames.", (double)n);
    for (size_t k = 0; k < sizeof link_families / sizeof *link_families; k++) {
        const struct link_family *m = &link_families[k];
        family(f, m->name, m->type, m->help);
        for (size_t i = 0; i < AW_BOARD_LINKS; i++) {
            const struct aw_board_link *l = &b->links[i];
            double v = l->used && l->has_info ? m->value(l, now_ns) : (double)NAN;
            if (isnan(v)) continue;
            fprintf(f, "%s{link=\"%u\",", m->name, (unsigned)l->id);
            label(f, "name", l->name);
            fprintf(f, ",source=\"%s\"} %.17g\n", aw_origin_kind_key(l->origin), v);
        }
    }
}

/* ---- sources */

static void source_sample(FILE *f, const char *name, const struct aw_source_counts *c,
                          const char *reason, uint64_t v) {
    fprintf(f, "%s{", name);
    label(f, "input", c->name);
    fprintf(f, ",source=\"%s\"", aw_origin_kind_key(c->kind));
    if (reason) fprintf(f, ",reason=\"%s\"", reason);
    fprintf(f, "} %" PRIu64 "\n", v);
}

static void sources(FILE *f, const struct aw_board *b) {
    static const struct {
        const char *name, *type, *help;
    } families[] = {
        {"airwake_input_up", "gauge", "1 while the socket, port or file works."},
        {"airwake_input_records_total", "counter", "Datagrams, lines or records that arrived."},
        {"airwake_input_frames_total", "counter", "Records whose CSI was used."},
        {"airwake_input_skipped_total", "counter", "Valid records without CSI."},
    };
    for (size_t k = 0; k < sizeof families / sizeof *families; k++) {
        family(f, families[k].name, families[k].type, families[k].help);
        for (size_t i = 0; i < AW_BOARD_SOURCES; i++) {
            const struct aw_source_counts *c = &b->sources[i].counts;
            const uint64_t values[] = {c->ok, c->packets, c->frames, c->skipped};
            if (b->sources[i].used) source_sample(f, families[k].name, c, NULL, values[k]);
        }
    }
    family(f, "airwake_input_refused_total", "counter", "Records that could not be used.");
    for (size_t i = 0; i < AW_BOARD_SOURCES; i++)
        for (int e = 1; b->sources[i].used && e < AW_ERR_COUNT; e++)
            source_sample(f, "airwake_input_refused_total", &b->sources[i].counts, aw_err_key(-e),
                          b->sources[i].counts.refused[e]);
}

/* ---- loop, clients, requests */

static void feed(FILE *f, const struct aw_http *h) {
    size_t head = atomic_load_explicit(&h->ring->head, memory_order_acquire);
    size_t tail = atomic_load_explicit(&h->ring->tail, memory_order_relaxed);
    one(f, "airwake_updates_total", "counter", "Seconds of links that were sensed.",
        (double)h->board->updates);
    one(f, "airwake_feed_queue_messages", "gauge", "Messages between sensing and clients.",
        (double)(head - tail));
    one(f, "airwake_feed_queue_capacity_messages", "gauge", "Room for them.",
        (double)(h->ring->mask + 1));
    one(f, "airwake_feed_lost_total", "counter", "Messages that found no room.",
        (double)atomic_load_explicit(&h->ring->lost, memory_order_relaxed));
    one(f, "airwake_feed_ignored_total", "counter", "Messages about more links than can be shown.",
        (double)h->board->ignored);
}

static void latency(FILE *f, const struct aw_metrics *m) {
    static const double bounds_s[AW_METRICS_BUCKETS] = AW_METRICS_BOUNDS_S;
    static const char name[] = "airwake_update_latency_seconds";
    uint64_t n = 0;
    family(
        f, name, "histogram",
        "From taking in the datagram that completes a second to its update waiting for clients.");
    for (int i = 0; i < AW_METRICS_BUCKETS; i++)
        fprintf(f, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, bounds_s[i], n += m->bucket[i]);
    n += m->bucket[AW_METRICS_BUCKETS];
    fprintf(f, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, n);
    fprintf(f, "%s_sum %.9g\n%s_count %" PRIu64 "\n", name, m->latency_sum_s, name, n);
}

static void models(FILE *f, const struct aw_models *m) {
    static const double bounds_s[AW_MODELS_BUCKETS] = AW_MODELS_BOUNDS_S;
    static const char name[] = "airwake_model_seconds";
    struct aw_models_stats s;
    family(f, "airwake_model_up", "gauge", "1 while the model is in use, 0 when it was refused.");
    for (int i = 0; i < aw_models_count(m); i++) {
        fputs("airwake_model_up{", f);
        label(f, "model", aw_models_name(m, i));
        fprintf(f, "} %d\n", !aw_models_refused(m, i));
    }
    static const char *const counters[][2] = {
        {"airwake_model_runs_total", "Times it was computed."},
        {"airwake_model_failed_total", "Of these without a finite result."},
        {"airwake_model_skipped_total", "Times it was due again before it was computed."}};
    for (size_t k = 0; k < sizeof counters / sizeof *counters; k++) {
        family(f, counters[k][0], "counter", counters[k][1]);
        for (int i = 0; i < aw_models_count(m); i++) {
            aw_models_stats(m, i, &s);
            const uint64_t values[] = {s.runs, s.failed, s.skipped};
            fprintf(f, "%s{", counters[k][0]);
            label(f, "model", aw_models_name(m, i));
            fprintf(f, "} %" PRIu64 "\n", values[k]);
        }
    }
    family(f, name, "histogram", "Time to make the model's input and to compute it.");
    for (int i = 0; i < aw_models_count(m); i++) {
        uint64_t n = 0;
        aw_models_stats(m, i, &s);
        for (int b = 0; b <= AW_MODELS_BUCKETS; b++) {
            fprintf(f, "%s_bucket{", name);
            label(f, "model", aw_models_name(m, i));
            if (b < AW_MODELS_BUCKETS)
                fprintf(f, ",le=\"%g\"} %" PRIu64 "\n", bounds_s[b], n += s.bucket[b]);
            else
                fprintf(f, ",le=\"+Inf\"} %" PRIu64 "\n", n += s.bucket[b]);
        }
        for (int sum = 1; sum >= 0; sum--) {
            fprintf(f, "%s_%s{", name, sum ? "sum" : "count");
            label(f, "model", aw_models_name(m, i));
            fprintf(f, "} %.9g\n", sum ? s.sum_s : (double)n);
        }
    }
    one(f, "airwake_model_lost_frames_total", "counter", "Frames that models were too slow for.",
        (double)aw_models_lost(m));
}

static void clients(FILE *f, const struct aw_http *h) {
    one(f, "airwake_clients", "gauge", "WebSocket clients.", h->n_clients);
    one(f, "airwake_clients_accepted_total", "counter", "WebSocket clients so far.",
        (double)h->clients_total);
    one(f, "airwake_clients_refused_total", "counter", "Clients for which there was no place.",
        (double)h->clients_refused);
    one(f, "airwake_clients_closed_slow_total", "counter", "Clients closed for being too slow.",
        (double)h->clients_slow);
    family(f, "airwake_http_requests_total", "counter", "Answers by route and status.");
    for (int i = 0; i < AW_METRICS_REQUESTS && h->metrics.request[i].route; i++) {
        const struct aw_metrics_request *r = &h->metrics.request[i];
        fputs("airwake_http_requests_total{", f);
        label(f, "route", r->route);
        fprintf(f, ",status=\"%u\"} %" PRIu64 "\n", r->status, r->n);
    }
}

/* Requests and WebSockets, by why they were not let in. */
static void refused(FILE *f, const struct aw_access *a) {
    static const char name[] = "airwake_http_refused_total";
    const struct {
        const char *reason;
        uint64_t n;
    } all[] = {{"token", a->refused_token},   {"guess", a->refused_guess},
               {"scope", a->refused_scope},   {"rate", a->refused_rate},
               {"origin", a->refused_origin}, {"host", a->refused_host}};
    family(f, name, "counter", "Requests not let in.");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        fprintf(f, "%s{reason=\"%s\"} %" PRIu64 "\n", name, all[i].reason, all[i].n);
}

static void mqtt(FILE *f, const struct aw_mqtt *m) {
    struct aw_mqtt_stats s = aw_mqtt_stats(m);
    one(f, "airwake_mqtt_connected", "gauge", "1 while the broker knows us.", s.connected);
    one(f, "airwake_mqtt_connects_total", "counter", "Sessions granted.", (double)s.connects);
    one(f, "airwake_mqtt_failures_total", "counter", "Attempts refused and sessions broken.",
        (double)s.failures);
    one(f, "airwake_mqtt_published_total", "counter", "Messages published.", (double)s.published);
    one(f, "airwake_mqtt_lost_total", "counter", "Feed messages that found no room.",
        (double)s.lost);
}

static void store(FILE *f, struct aw_store *store) {
    struct aw_store_stats s;
    aw_store_stats(store, &s);
    one(f, "airwake_store_up", "gauge", "1 while the database takes what is written.", s.ok);
    one(f, "airwake_store_summaries_total", "counter", "Seconds of links and rooms written.",
        (double)s.summaries);
    one(f, "airwake_store_events_total", "counter", "Events written.", (double)s.events);
    one(f, "airwake_store_batches_total", "counter", "Batches written.", (double)s.batches);
    one(f, "airwake_store_failures_total", "counter", "Batches that failed.", (double)s.failures);
    one(f, "airwake_store_lost_total", "counter", "Items that found no room.", (double)s.lost);
    one(f, "airwake_store_queue_items", "gauge", "Items waiting for the database.",
        (double)s.waiting);
    if (s.bytes >= 0)
        one(f, "airwake_store_size_bytes", "gauge", "Size of the database.", (double)s.bytes);
    if (s.written_s)
        one(f, "airwake_store_last_write_timestamp_seconds", "gauge",
            "Unix time of the last batch.", (double)s.written_s);
}

/* ---- process: the names all Prometheus clients use */

static int open_fds(void) {
    int n = -3; /* ".", ".." and the folder's own */
    DIR *d = opendir("/proc/self/fd");
    if (!d) return -1;
    while (readdir(d)) n++;
    closedir(d);
    return n;
}

static double start_time_s(void) {
    unsigned long long ticks = 0;
    double boot_s = NAN;
    char text[1024];
    FILE *f = fopen("/proc/self/stat", "r");
    char *at = f && fgets(text, sizeof text, f) ? strrchr(text, ')') : NULL;
    if (f) fclose(f);
    for (int i = 0; at && i < 20; i++) at = strchr(at + 1, ' '); /* field 22, by proc(5) */
    if (!at || sscanf(at, "%llu", &ticks) != 1 || !(f = fopen("/proc/stat", "r"))) return NAN;
    while (fgets(text, sizeof text, f))
        if (sscanf(text, "btime %lf", &boot_s) == 1) break;
    fclose(f);
    return boot_s + (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

static void process(FILE *f) {
    struct rusage u;
    struct rlimit r;
    unsigned long pages = 0, resident = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm && fscanf(statm, "%lu %lu", &pages, &resident) != 2) resident = 0;
    if (statm) fclose(statm);
    double page_bytes = (double)sysconf(_SC_PAGESIZE);
    if (getrusage(RUSAGE_SELF, &u) == 0)
        one(f, "process_cpu_seconds_total", "counter", "User and system CPU time.",
            (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
                (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6);
    if (resident) {
        one(f, "process_resident_memory_bytes", "gauge", "Resident memory.",
            (double)resident * page_bytes);
        one(f, "process_virtual_memory_bytes", "gauge", "Virtual memory.",
            (double)pages * page_bytes);
    }
    int fds = open_fds();
    if (fds >= 0) one(f, "process_open_fds", "gauge", "Open file descriptors.", fds);
    if (getrlimit(RLIMIT_NOFILE, &r) == 0)
        one(f, "process_max_fds", "gauge", "Limit of open file descriptors.", (double)r.rlim_cur);
    double start_s = start_time_s();
    if (!isnan(start_s))
        one(f, "process_start_time_seconds", "gauge", "Unix time of the start.", start_s);
}

static int get_metrics(struct aw_request *r) {
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (!f) return aw_answer_problem(r, 500, "out of memory");
    family(f, "airwake_build_info", "gauge", "1, with the version of the program.");
    fputs("airwake_build_info{", f);
    label(f, "version", r->http->version);
    fputc(',', f);
    label(f, "compiler", __VERSION__);
    fputs("} 1\n", f);
    sources(f, r->http->board);
    links(f, r->http->board, aw_loop_wall_ns());
    feed(f, r->http);
    latency(f, &r->http->metrics);
    clients(f, r->http);
    if (r->http->services && r->http->services->models) models(f, r->http->services->models);
    if (r->http->services && r->http->services->access) refused(f, r->http->services->access);
    if (r->http->services && r->http->services->mqtt) mqtt(f, r->http->services->mqtt);
    if (r->http->services && r->http->services->history && r->http->services->history->store)
        store(f, r->http->services->history->store);
    process(f);
    fclose(f);
    struct aw_note *body = aw_note_bytes(text, len);
    free(text);
    return aw_answer_note(r, 200, "text/plain; version=0.0.4; charset=utf-8", body);
}

static const struct aw_route routes[] = {{"GET", "/metrics", AW_SCOPE_READ, get_metrics}};
const struct aw_route_table aw_routes_metrics = {routes, sizeof routes / sizeof routes[0]};
