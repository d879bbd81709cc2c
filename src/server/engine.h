#ifndef AW_SERVER_ENGINE_H
#define AW_SERVER_ENGINE_H

#include "server/command.h"
#include "server/feed.h"
#include "server/frame_tap.h"
#include "server/gate.h"
#include "server/guest.h"
#include "server/recorder.h"
#include "server/unpack.h"

enum { AW_MAX_SOURCES = 32 };

/* Where frames come from and where news of them goes. Strings must live as long as the engine. */
struct aw_engine_config {
    uint32_t max_links;      /* per lane: all live sources together, and each file */
    const char *udp_address; /* sockets listen there; "0.0.0.0" for nodes on the network */
    const uint16_t *udp_ports;
    int n_udp;
    const struct aw_gate_rules *gate; /* whose datagrams come in */
    const char *const *serial;        /* "/dev/ttyUSB0" or "/dev/ttyUSB0:921600" */
    int n_serial;
    const char *const *files;
    int n_files;
    double speed;         /* of files: 1 as recorded, 2 twice as fast; > 0 */
    bool loop;            /* files start again when they end */
    const char *demo;     /* a recording that is played until hardware speaks; NULL none */
    struct aw_ring *feed; /* of struct aw_msg; the engine is its only writer */
    struct aw_frame_tap *frame_tap; /* likewise of its frames; NULL none */
    struct aw_frame_tap *model_tap; /* likewise */
    void (*wake)(void *ctx);        /* called from the engine's thread when the feed has news */
    void *wake_ctx;
    struct aw_tap *tap; /* hears all that arrives live, before it is decoded; NULL none */
};

struct aw_engine;

/* Opens the sources and starts the sensing thread. A socket that cannot be bound or a file that
 * cannot be read is an error; a serial port that is not there yet is waited for.
 * Errors with a sentence in why: IO, INVAL, NOMEM, and those of aw_capture_open(). */
AW_MUST_USE int aw_engine_start(struct aw_engine **out, const struct aw_engine_config *config,
                                struct aw_why *why);

/* Any thread: how files that are played go on from now, within 100 ms. */
void aw_engine_set_playing(struct aw_engine *e, double speed, bool loop);

/* Loop thread: whose datagrams come in from now on, within 100 ms. Errors: NOMEM. */
AW_MUST_USE int aw_engine_set_gate(struct aw_engine *e, const struct aw_gate_rules *rules);

/* Any thread: a number that grows as long as the sensing thread is alive, 10 times a second. */
uint64_t aw_engine_beats(const struct aw_engine *e);

/* Ends the thread and frees everything. NULL is fine. */
void aw_engine_stop(struct aw_engine *e);

/* Loop thread only: has the sensing thread carry it out soon; the reply comes in the feed. False:
 * AW_COMMANDS are on their way already. */
AW_MUST_USE bool aw_engine_ask(struct aw_engine *e, const struct aw_command *command);

/* Port a UDP source is bound to (where 0 was asked for). */
uint16_t aw_engine_udp_port(const struct aw_engine *e, int i);

/* A recording played meanwhile: guest.h. */
struct aw_guest_place aw_engine_guest_place(const struct aw_engine *e);
/* False: another one is played, and g is still the caller's: see aw_guest_close(). */
bool aw_engine_play(struct aw_engine *e, struct aw_guest *g);
void aw_engine_play_stop(struct aw_engine *e);
/* True while one is played; its name (of the file, without ".pcap") goes to name. */
bool aw_engine_tidy(struct aw_engine *e, char *name, size_t cap);

#endif
