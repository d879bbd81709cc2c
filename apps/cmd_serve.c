/* airwake serve: sources, sensing and the page in one process. Two threads: the engine's turns what
 * arrives into a feed of messages, this one shows the feed to clients. */
#include "commands.h"
#include "options.h"

#include "serve_gate.h"
#include "serve_life.h"
#include "serve_mqtt.h"
#include "server/access.h"
#include "server/calibrations.h"
#include "server/engine.h"
#include "server/frame_tap.h"
#include "server/history.h"
#include "server/http.h"
#include "server/log.h"
#include "server/models.h"
#include "server/rooms.h"
#include "server/services.h"
#include "server/tune.h"
#include "settings_load.h"
#include "signals.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FEED_SLOTS =
        1024, /* power of two; 16 links make 16 x 22 messages a second: 3 s of a stalled loop */
};

static struct aw_http *http_to_wake; /* for the signal handler */

static void wake_http(void) {
    if (http_to_wake) aw_http_wake(http_to_wake);
}

static void wake_from_engine(void *http) {
    aw_http_wake(http);
}

static bool loopback(const char *address) {
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "localhost") == 0 ||
           strcmp(address, "::1") == 0;
}

static int fail(const char *sentence) {
    aw_log(AW_LOG_ERROR, "airwake serve: %s", sentence);
    return EXIT_FAILED;
}

/* One line: what answers, and where frames come from. */
static void announce(const struct aw_settings *s, struct aw_http *http, struct aw_engine *engine) {
    char more[480] = "";
    size_t n = 0, cap = sizeof more;
    for (int i = 0; aw_engine_udp_port(engine, i) && n < cap; i++)
        n += (size_t)snprintf(more + n, cap - n, ", listening on UDP %s:%u", s->sources_udp_address,
                              aw_engine_udp_port(engine, i));
    for (size_t i = 0; aw_http_ruview_port(http, i) && n < cap; i++)
        n += (size_t)snprintf(more + n, cap - n, ", RuView clients on port %u",
                              aw_http_ruview_port(http, i));
    for (int i = 0; i < s->sources_serial.n && n < cap; i++)
        n += (size_t)snprintf(more + n, cap - n, ", serial %s", s->sources_serial.item[i]);
    for (int i = 0; i < s->sources_replay.n && n < cap; i++)
        n += (size_t)snprintf(more + n, cap - n, ", playing %s", s->sources_replay.item[i]);
    if (*s->sources_demo && n < cap)
        snprintf(more + n, cap - n, ", playing %s until hardware speaks", s->sources_demo);
    aw_log(AW_LOG_INFO, "airwake " AW_VERSION ": %s://%s:%u%s",
           *s->http_tls_cert ? "https" : "http", s->http_bind, aw_http_port(http), more);
}

struct running {
    struct aw_tune tune;
    struct aw_services services;
    struct aw_calibrations calibrations;
    struct aw_rooms rooms;
    struct aw_access access;
    struct serve_gate gate;
};

/* Other machines are let in by tokens only: without one nobody could come. */
static int open_access(struct running *run, const struct aw_settings *s) {
    char dir[3072];
    struct aw_why why;
    aw_state_dir(dir, sizeof dir);
    if (aw_access_open(&run->access, s, dir, &why) != AW_OK) return fail(why.text);
    run->services.access = &run->access;
    if (loopback(s->http_bind)) return EXIT_OK;
    if (run->access.tokens.n == 0)
        return fail("--bind: beyond loopback a token is needed, and there is none: make one with "
                    "airwake token create --scope read --name NAME");
    if (!*s->http_tls_cert)
        aw_log(AW_LOG_WARNING, "tokens and what is sensed go over the network in the clear: set "
                               "http.tls_cert and http.tls_key, or use a proxy with TLS");
    return EXIT_OK;
}

/* dir: "" keeps nothing. */
static void open_kept(struct running *run, const char *dir) {
    aw_calibrations_open(&run->calibrations, dir, &run->services);
    if (run->calibrations.why[0])
        aw_log(AW_LOG_WARNING, "calibrations are not kept: %s", run->calibrations.why);
    aw_rooms_open(&run->rooms, dir);
    run->services.rooms = &run->rooms;
    if (run->rooms.why[0]) aw_log(AW_LOG_WARNING, "rooms: %s", run->rooms.why);
}

/* A model that is refused is said so, and all else goes on. */
static int open_models(struct running *run, const struct aw_settings *s) {
    const char *paths[AW_SETTING_ITEMS];
    const struct aw_models_config config = {.paths = paths,
                                            .n = aw_setting_items(&s->models_use, paths),
                                            .backend = s->models_backend,
                                            .library = s->models_library};
    struct aw_models *m;
    if (config.n == 0) return EXIT_OK;
    if (aw_models_open(&m, &config) != AW_OK) return fail("models: out of memory");
    run->services.models = m;
    for (int i = 0; i < aw_models_count(m); i++) {
        const char *why = aw_models_refused(m, i);
        if (why)
            aw_log(AW_LOG_WARNING, "model %s is not used: %s", aw_models_path(m, i), why);
        else
            aw_log(AW_LOG_INFO, "model %s %s, computed by %s%s", aw_models_name(m, i),
                   aw_models_get(m, i)->version, aw_models_backend(m),
                   aw_models_get(m, i)->experimental ? ", experimental" : "");
    }
    return EXIT_OK;
}

static void apply(void *ctx, const struct aw_settings *s) {
    struct running *run = ctx;
    aw_log_configure(s->log_level, strcmp(s->log_format, "json") == 0);
    if (!run->services.engine) return;
    aw_engine_set_playing(run->services.engine, s->sources_replay_speed, s->sources_replay_loop);
    serve_gate_apply(&run->gate, run->services.engine);
}

static int run_until_stopped(struct running *run, struct aw_http *http,
                             const struct settings_sources *from) {
    struct serve_life life = {.from = from, .tune = &run->tune, .engine = run->services.engine};
    int code = EXIT_OK;
    http_to_wake = http;
    signals_catch(wake_http);
    /* A terminal that is closed ends what runs in it; a service is asked to reload. */
    if (!isatty(STDERR_FILENO)) signals_catch_reload();
    announce(&run->tune.now, http, run->services.engine);
    serve_life_ready(&life);
    while (!signals_stop && code == EXIT_OK) {
        if (aw_http_service(http) != AW_OK) code = fail("the HTTP loop failed");
        serve_life_turn(&life);
        serve_gate_turn(&run->gate, run->services.engine);
    }
    serve_life_stopping();
    http_to_wake = NULL;
    return code;
}

static int serve(struct running *run, const struct settings_sources *from) {
    const struct aw_settings *s = &run->tune.now;
    size_t bytes = FEED_SLOTS * (sizeof(struct aw_msg) + 16);
    void *memory = calloc(1, bytes);
    struct aw_arena arena;
    struct aw_ring *feed = memory ? aligned_alloc(64, (sizeof *feed + 63) & ~(size_t)63) : NULL;
    aw_arena_init(&arena, memory, bytes);
    struct aw_frame_tap *frame_tap = aw_frame_tap_create(AW_FRAME_TAP_SLOTS);
    if (!feed || !frame_tap ||
        aw_ring_init(feed, &arena, FEED_SLOTS, sizeof(struct aw_msg)) != AW_OK)
        return fail("out of memory");

    struct aw_why why;
    struct aw_http *http;
    struct aw_mqtt *mqtt;
    static struct aw_history history;
    aw_history_open(&history, s);
    run->services.history = &history;
    if (!history.store && s->store_on) aw_log(AW_LOG_WARNING, "%s", history.off);
    open_kept(run, history.lock >= 0 ? history.dir : "");
    if (serve_mqtt_start(&mqtt, s, &run->rooms, &why) != AW_OK) {
        aw_history_close(&history);
        return fail(why.text);
    }
    run->services.mqtt = mqtt;
    if (open_models(run, s) != EXIT_OK) return EXIT_FAILED;
    const struct aw_sink sinks[] = {history.sink, aw_calibrations_sink(&run->calibrations),
                                    serve_mqtt_sink(mqtt)};
    const struct aw_http_config web = {.sinks = sinks,
                                       .n_sinks = mqtt ? 3 : 2,
                                       .bind = s->http_bind,
                                       .port = (uint16_t)s->http_port,
                                       .version = AW_VERSION,
                                       .ring = feed,
                                       .max_clients = (uint32_t)s->http_max_clients,
                                       .frame_tap = frame_tap,
                                       .compress = s->http_compression,
                                       .tls_cert = *s->http_tls_cert ? s->http_tls_cert : NULL,
                                       .tls_key = *s->http_tls_key ? s->http_tls_key : NULL,
                                       .ruview_ports = s->http_ruview_ports.port,
                                       .n_ruview_ports = (size_t)s->http_ruview_ports.n,
                                       .services = &run->services};
    int code = EXIT_OK;
    if (aw_http_create(&web, &http, why.text, sizeof why.text) != AW_OK) {
        code = fail(why.text);
        aw_history_close(&history);
    } else {
        aw_history_attach(&history, http);
        struct aw_engine *engine;
        const char *serial[AW_SETTING_ITEMS], *files[AW_SETTING_ITEMS];
        const struct aw_engine_config sources = {
            .max_links = (uint32_t)s->sensing_max_links,
            .udp_address = s->sources_udp_address,
            .udp_ports = s->sources_udp.port,
            .n_udp = s->sources_udp.n,
            .gate = &run->gate.rules,
            .serial = serial,
            .n_serial = aw_setting_items(&s->sources_serial, serial),
            .files = files,
            .n_files = aw_setting_items(&s->sources_replay, files),
            .speed = s->sources_replay_speed,
            .loop = s->sources_replay_loop,
            .demo = *s->sources_demo ? s->sources_demo : NULL,
            .feed = feed,
            .frame_tap = frame_tap,
            .model_tap = aw_models_tap(run->services.models),
            .wake = wake_from_engine,
            .wake_ctx = http,
            .tap = history.recorder ? aw_recorder_tap(history.recorder) : NULL};
        if (aw_models_start(run->services.models, wake_from_engine, http) != AW_OK) {
            code = fail("models: no thread for them");
        } else if (aw_engine_start(&engine, &sources, &why) != AW_OK) {
            code = fail(why.text);
        } else {
            run->services.engine = engine;
            code = run_until_stopped(run, http, from);
            run->services.engine = NULL;
            aw_calibrations_close(&run->calibrations);
            aw_engine_stop(engine);
            aw_http_wake(http); /* what the engine said last goes into the history, too */
            if (aw_http_service(http) != AW_OK) code = EXIT_FAILED;
        }
        aw_history_close(&history);
        aw_models_stop(run->services.models); /* it wakes what goes now */
        aw_http_destroy(http);
    }
    aw_mqtt_stop(mqtt);
    aw_models_close(run->services.models);
    aw_frame_tap_destroy(frame_tap);
    free(feed);
    free(memory);
    return code;
}

int cmd_serve(int argc, char **argv) {
    const struct opt_usage usage = {
        "airwake serve [flags]",
        "Listens for nodes (RuView and AWK1 on UDP 5005, Nexmon on UDP 5500, ESP32 consoles on serial\n"
        "ports), plays recordings, and shows what it senses: page, REST and WebSocket on one port.\n"
        "Every value says whether it is live, replayed or simulated. Ctrl-C ends it. Each flag can\n"
        "also be set in the configuration file or the environment: see airwake config --help.",
        "example: airwake serve --replay room.pcap --loop", 0, 0};
    static struct settings_sources from;
    static struct running run = {.tune = {.apply = apply, .ctx = &run}};
    struct aw_settings *settings = &run.tune.now;
    static struct aw_complaints complaints;
    int first, code;
    if (settings_flags(argc, argv, &usage, &from, &first, &code)) return code;
    if (!settings_load(&from, settings, &complaints)) {
        settings_print_complaints(&complaints);
        return EXIT_USAGE;
    }
    run.services.tune = &run.tune;
    apply(&run, settings);
    if (open_access(&run, settings) != EXIT_OK) return EXIT_FAILED;
    struct aw_why why;
    if (serve_gate_open(&run.gate, settings, &why) != AW_OK) return fail(why.text);
    return serve(&run, &from);
}
