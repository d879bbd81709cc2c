/* airwake serve: sources, sensing and the page in one process. Two threads: the engine's turns what
 * arrives into a feed of messages, this one shows the feed to clients. */
#include "commands.h"
#include "options.h"

#include "server/engine.h"
#include "server/http.h"
#include "signals.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MAX_EACH = 8,
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

struct options {
    const char *udp[MAX_EACH], *serial[MAX_EACH], *files[MAX_EACH];
    int n_udp, n_serial, n_files;
    const char *udp_address, *bind, *demo;
    double http_port, speed, max_links;
    bool loop, no_udp;
};

static bool loopback(const char *address) {
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "localhost") == 0;
}

static int fail(const char *sentence) {
    fprintf(stderr, "airwake serve: %s\n", sentence);
    return EXIT_FAILED;
}

static void announce(const struct options *o, struct aw_http *http, struct aw_engine *engine) {
    fprintf(stderr, "airwake " AW_VERSION ": http://%s:%u", o->bind, aw_http_port(http));
    for (int i = 0; aw_engine_udp_port(engine, i); i++)
        fprintf(stderr, ", listening on UDP %s:%u", o->udp_address, aw_engine_udp_port(engine, i));
    for (int i = 0; i < o->n_serial; i++) fprintf(stderr, ", serial %s", o->serial[i]);
    for (int i = 0; i < o->n_files; i++) fprintf(stderr, ", playing %s", o->files[i]);
    if (o->demo) fprintf(stderr, ", playing %s until hardware speaks", o->demo);
    fputc('\n', stderr);
}

static int serve(const struct options *o, const uint16_t *ports) {
    size_t bytes = FEED_SLOTS * (sizeof(struct aw_msg) + 16);
    void *memory = calloc(1, bytes);
    struct aw_arena arena;
    struct aw_ring *feed = memory ? aligned_alloc(64, (sizeof *feed + 63) & ~(size_t)63) : NULL;
    aw_arena_init(&arena, memory, bytes);
    if (!feed || aw_ring_init(feed, &arena, FEED_SLOTS, sizeof(struct aw_msg)) != AW_OK)
        return fail("out of memory");

    struct aw_why why;
    struct aw_http *http;
    const struct aw_http_config web = {
        .bind = o->bind, .port = (uint16_t)o->http_port, .version = AW_VERSION, .ring = feed};
    int code = EXIT_OK;
    if (aw_http_create(&web, &http, why.text, sizeof why.text) != AW_OK) {
        code = fail(why.text);
    } else {
        struct aw_engine *engine;
        const struct aw_engine_config sources = {.max_links = (uint32_t)o->max_links,
                                                 .udp_address = o->udp_address,
                                                 .udp_ports = ports,
                                                 .n_udp = o->n_udp,
                                                 .serial = o->serial,
                                                 .n_serial = o->n_serial,
                                                 .files = o->files,
                                                 .n_files = o->n_files,
                                                 .speed = o->speed,
                                                 .loop = o->loop,
                                                 .demo = o->demo,
                                                 .feed = feed,
                                                 .wake = wake_from_engine,
                                                 .wake_ctx = http};
        if (aw_engine_start(&engine, &sources, &why) != AW_OK) {
            code = fail(why.text);
        } else {
            http_to_wake = http;
            signals_catch(wake_http);
            announce(o, http, engine);
            while (!signals_stop && code == EXIT_OK)
                if (aw_http_service(http) != AW_OK) code = fail("the HTTP loop failed");
            http_to_wake = NULL;
            aw_engine_stop(engine);
        }
        aw_http_destroy(http);
    }
    free(feed);
    free(memory);
    return code;
}

int cmd_serve(int argc, char **argv) {
    struct options o = {.udp_address = "0.0.0.0",
                        .bind = "127.0.0.1",
                        .http_port = 8000,
                        .speed = 1,
                        .max_links = 64};
    const struct opt opts[] = {
        {"http-port", "PORT", "page and API (8000; 0: any free port)", .number = &o.http_port,
         .min = 0, .max = 65535},
        {"bind", "IP", "address of the page and API; loopback only (127.0.0.1)", .text = &o.bind},
        {"udp", "PORT", "listen for nodes there; may be repeated (5005 and 5500)", .list = o.udp,
         .list_n = &o.n_udp, .list_max = MAX_EACH},
        {"udp-address", "IP", "address that nodes send to (0.0.0.0: all)", .text = &o.udp_address},
        {"no-udp", NULL, "do not listen for nodes", .on = &o.no_udp},
        {"serial", "DEV[:BAUD]", "console of an ESP32 (921600 baud); may be repeated",
         .list = o.serial, .list_n = &o.n_serial, .list_max = MAX_EACH},
        {"replay", "FILE", "play a recording; may be repeated", .list = o.files,
         .list_n = &o.n_files, .list_max = MAX_EACH},
        {"speed", "N", "play N times as fast as recorded (1)", .number = &o.speed, .min = 0.01,
         .max = 1000},
        {"loop", NULL, "play recordings again and again", .on = &o.loop},
        {"demo", "FILE", "play this until hardware speaks", .text = &o.demo},
        {"max-links", "N", "links that are told apart, 1..1024 (64)", .number = &o.max_links,
         .min = 1, .max = 1024},
        {0},
    };
    const struct opt_usage usage = {
        "airwake serve [flags]",
        "Listens for nodes (RuView and AWK1 on UDP 5005, Nexmon on UDP 5500, ESP32 consoles on serial\n"
        "ports), plays recordings, and shows what it senses: page, REST and WebSocket on one port.\n"
        "Every value says whether it is live, replayed or simulated. Ctrl-C ends it.",
        "example: airwake serve --replay room.pcap --loop", 0, 0};
    int first, code;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    if (!loopback(o.bind))
        return fail("--bind: only loopback addresses: beyond them a token is needed, which this "
                    "version does not have yet");
    if (o.n_udp == 0 && !o.no_udp) {
        o.udp[o.n_udp++] = "5005";
        o.udp[o.n_udp++] = "5500";
    }
    uint16_t ports[MAX_EACH] = {0};
    for (int i = 0; i < o.n_udp; i++)
        if (strcmp(o.udp[i], "0") != 0 && !opt_port(o.udp[i], &ports[i])) return EXIT_USAGE;
    return serve(&o, ports);
}
