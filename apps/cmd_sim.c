/* airwake sim: a simulated room, written as the datagrams its nodes would have sent. */
#include "commands.h"
#include "options.h"

#include "base/units.h"
#include "readers/awk1.h"
#include "server/pcap_writer.h"
#include "sim/datagram.h"
#include "sim/marker.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "sim/truth_json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the command line says; NAN: not given. */
struct options {
    const char *out, *truth, *hw;
    bool clean, shuffle, point;
    double seconds, rate, nodes, rx, tx, seed, snr, agc, agc_step, chest, bpm, heart, heart_bpm,
        echo, loss, burst, duplicate, mixed, jitter, level;
};

/* ---- the run ---- */

struct output {
    struct aw_pcap_writer pcap;
    FILE *truth; /* NULL: not wanted */
    struct aw_why why;
};

static int open_output(struct output *out, const struct options *o) {
    int err = aw_pcap_writer_open(&out->pcap, o->out, &out->why);
    if (err) return err;
    out->truth = o->truth ? fopen(o->truth, "w") : NULL;
    if (!o->truth || out->truth) return AW_OK;
    snprintf(out->why.text, sizeof out->why.text, "%s: %s", o->truth, strerror(errno));
    struct aw_why unused;
    (void)aw_pcap_writer_close(&out->pcap, &unused);
    return AW_ERR_IO;
}

static int close_output(struct output *out, const struct options *o, int err) {
    int closed = aw_pcap_writer_close(&out->pcap, &out->why);
    if (!out->truth) return err ? err : closed;
    bool bad = ferror(out->truth);
    bad |= fclose(out->truth) != 0;
    if (err || closed) return err ? err : closed;
    if (!bad) return AW_OK;
    snprintf(out->why.text, sizeof out->why.text, "%s: %s", o->truth, strerror(errno));
    return AW_ERR_IO;
}

/* As from the node's own address, so that two nodes are told apart like real ones. */
static int send_from(struct output *out, uint64_t node, int64_t t_ns, const uint8_t *data,
                     int len) {
    enum { PORT = 5005, NODE_PORT = 49152, FIRST_IP = 0x0A000000 }; /* 10.0.0.0 */
    if (len < 0) {
        snprintf(out->why.text, sizeof out->why.text, "a frame cannot be sent: %s",
                 aw_err_sentence(len));
        return len;
    }
    return aw_pcap_writer_push(&out->pcap, t_ns, FIRST_IP + (uint32_t)node, NODE_PORT, PORT, data,
                               (size_t)len, &out->why);
}

static int send_markers(struct output *out, const struct aw_sim_config *c, const char *scenario,
                        int64_t t_ns) {
    uint8_t buf[1024];
    int len = aw_sim_datagram_marker(c, scenario, buf, sizeof buf), err = AW_OK;
    for (uint32_t i = 0; i < c->n_links && !err; i++)
        err = send_from(out, c->link[i].node, t_ns, buf, len);
    return err;
}

static void tell_truth(struct output *out, const struct aw_sim *sim, int64_t t_ns) {
    if (!out->truth) return;
    char line[4096];
    struct aw_json j;
    struct aw_sim_truth t;
    aw_sim_truth(sim, t_ns, &t);
    aw_json_init(&j, line, sizeof line);
    aw_sim_truth_write(&t, sim->config->start_ns, &j);
    fprintf(out->truth, "%s\n", aw_json_text(&j));
}

/* What an ESP32 node sends; for hardware that sends no datagrams, our own. */
static int put_frame(const struct aw_frame *f, uint8_t *buf, size_t cap) {
    if (f->format == AW_FORMAT_RUVIEW) return aw_sim_datagram_ruview(f, buf, cap);
    return aw_awk1_write(f, (uint32_t)f->seq, buf, cap);
}

static int write_all(struct output *out, struct aw_sim *sim, const char *scenario,
                     uint64_t *frames) {
    static float iq[2 * AW_MAX_CHAINS * AW_MAX_CHAINS * AW_SIM_MAX_VALUES];
    static uint8_t buf[AW_AWK1_MAX_BYTES];
    const struct aw_sim_config *c = sim->config;
    struct aw_frame f = {.iq = iq, .iq_cap = sizeof iq / sizeof *iq / 2};
    int64_t marker_ns = c->start_ns, truth_ns = c->start_ns;
    int got, err = AW_OK;
    while ((got = aw_sim_next(sim, &f)) > 0 && !err) {
        for (; marker_ns <= f.t_ns && !err; marker_ns += AW_SIM_MARKER_S * AW_S)
            err = send_markers(out, c, scenario, marker_ns);
        for (; truth_ns <= f.t_ns; truth_ns += AW_S) tell_truth(out, sim, truth_ns);
        if (!err) err = send_from(out, f.node, f.t_ns, buf, put_frame(&f, buf, sizeof buf));
        ++*frames;
    }
    int64_t end_ns = c->start_ns + (int64_t)(c->seconds * 1e9);
    for (; truth_ns <= end_ns; truth_ns += AW_S) tell_truth(out, sim, truth_ns);
    return err ? err : got;
}

static int run(struct aw_sim *sim, const struct options *o, const char *scenario) {
    struct output out = {0};
    uint64_t frames = 0;
    int err = open_output(&out, o);
    if (!err) err = close_output(&out, o, write_all(&out, sim, scenario, &frames));
    if (err) {
        fprintf(stderr, "airwake sim: %s\n", out.why.text);
        return EXIT_FAILED;
    }
    fprintf(stderr, "%s: %" PRIu64 " frames of %u nodes, %g s\n", o->out, frames,
            sim->config->n_links, sim->config->seconds);
    return EXIT_OK;
}

/* ---- the command line ---- */

/* Moves a value that was given into the config. */
static void take(double *to, double given, double unit) {
    if (!isnan(given)) *to = given * unit;
}

static bool find_hw(const char *name, enum aw_sim_hw *hw) {
    for (int i = 0; i < AW_SIM_HW_COUNT; i++)
        if (strcmp(aw_sim_hardware[i].key, name) == 0) {
            *hw = (enum aw_sim_hw)i;
            return true;
        }
    fprintf(stderr, "airwake sim: unknown hardware %s; known are", name);
    for (int i = 0; i < AW_SIM_HW_COUNT; i++) fprintf(stderr, " %s", aw_sim_hardware[i].key);
    fprintf(stderr, "\n");
    return false;
}

static void configure_people(struct aw_sim_config *c, const struct options *o) {
    for (uint32_t i = 0; i < c->n_persons; i++) {
        struct aw_sim_person *p = &c->person[i];
        take(&p->chest_m, o->chest, 1e-3);
        take(&p->heart_m, o->heart, 1e-3);
        take(&p->heart_bpm, o->heart_bpm, 1);
        if (isnan(o->bpm)) continue;
        p->n_breaths = 1;
        p->breath[0] = (struct aw_sim_breath){.bpm = o->bpm, .depth = 1};
    }
}

/* Returns false after saying why. */
static bool configure(struct aw_sim_config *c, const struct options *o, const char *scenario) {
    enum aw_sim_hw hw;
    if (!find_hw(o->hw, &hw)) return false;
    if (aw_sim_config_scenario(c, scenario, hw, (uint64_t)o->seed) < 0) {
        fprintf(stderr, "airwake sim: unknown scenario %s; see airwake sim --help\n", scenario);
        return false;
    }
    struct aw_sim_impair *im = &c->impair;
    if (o->clean) {
        aw_sim_impair_none(im);
        im->quantise = true;
    }
    c->n_rx = (uint32_t)o->rx;
    c->n_tx = (uint32_t)o->tx;
    c->rate_hz = 20; /* what a RuView node sends */
    take(&c->rate_hz, o->rate, 1);
    take(&c->seconds, o->seconds, 1);
    aw_sim_config_nodes(c, (uint32_t)o->nodes);
    if (o->shuffle) aw_sim_config_shuffle(c, (uint64_t)o->seed);
    configure_people(c, o);
    c->echo_point = o->point;
    if (!isnan(o->echo)) {
        c->echo_fixed = true;
        c->echo_db = o->echo;
    }
    take(&im->snr_db, o->snr, 1);
    take(&im->agc, o->agc, 0.01);
    take(&im->agc_step_db, o->agc_step, 1);
    if (im->agc_step_db > 0) im->agc_step_hz = 10 / 60.0;
    take(&im->loss, o->loss, 0.01);
    take(&im->loss_burst, o->burst, 1);
    take(&im->duplicate, o->duplicate, 0.01);
    take(&im->mixed, o->mixed, 0.01);
    take(&im->jitter, o->jitter, 0.01);
    take(&im->level, o->level, 1);
    const struct aw_sim_limit *bad = aw_sim_config_check(c);
    if (bad) fprintf(stderr, "airwake sim: %s must lie in %g..%g\n", bad->key, bad->lo, bad->hi);
    return !bad;
}

static void scenario_list(char *text, size_t size) {
    size_t at = (size_t)snprintf(text, size, "scenarios:\n");
    for (uint32_t i = 0; i < aw_sim_scenario_count && at < size; i++) {
        const struct aw_sim_scenario *s = &aw_sim_scenarios[i];
        at += (size_t)snprintf(text + at, size - at, "  %-18s %s (%g s)\n", s->name, s->title,
                               s->seconds);
    }
}

int cmd_sim(int argc, char **argv) {
    struct options o = {.hw = "esp32",
                        .nodes = 1,
                        .rx = 1,
                        .tx = 1,
                        .seed = 1,
                        .seconds = NAN,
                        .rate = NAN,
                        .snr = NAN,
                        .agc = NAN,
                        .agc_step = NAN,
                        .chest = NAN,
                        .bpm = NAN,
                        .heart = NAN,
                        .heart_bpm = NAN,
                        .echo = NAN,
                        .loss = NAN,
                        .burst = NAN,
                        .duplicate = NAN,
                        .mixed = NAN,
                        .jitter = NAN,
                        .level = NAN};
#define TEXT(name, field, arg, help)                                                               \
    { name, arg, help, .text = &o.field }
#define NUMBER(name, field, arg, lo, hi, help)                                                     \
    { name, arg, help, .number = &o.field, .min = lo, .max = hi }
    const struct opt opts[] = {
        TEXT("out", out, "FILE", "recording to write, a pcap"),
        TEXT("truth", truth, "FILE", "the truth, once per second, one JSON object per line"),
        TEXT("hw", hw, "NAME", "esp32 (default), intel5300, nexmon20, nexmon40, nexmon80, generic"),
        NUMBER("seconds", seconds, "N", 0.001, 1e6, "duration (default: the scenario's)"),
        NUMBER("rate", rate, "HZ", 0.01, 10000, "frames per second and node (default 20)"),
        NUMBER("nodes", nodes, "N", 1, AW_SIM_MAX_LINKS, "receivers (default 1)"),
        NUMBER("rx", rx, "N", 1, AW_MAX_CHAINS, "receive antennas (default 1)"),
        NUMBER("tx", tx, "N", 1, AW_MAX_CHAINS, "transmit antennas (default 1)"),
        NUMBER("seed", seed, "N", 0, 0x1p53, "room, noise and all that is random (default 1)"),
        NUMBER("snr", snr, "DB", -40, INFINITY, "static channel to noise (default 30)"),
        NUMBER("agc", agc, "PERCENT", 0, 100, "gain jitter per packet, rms (default 3)"),
        NUMBER("agc-step", agc_step, "DB", 0, 40, "gain steps of this size, ten a minute"),
        NUMBER("chest", chest, "MM", 0, 100, "breathing, half of peak to peak (default 5)"),
        NUMBER("bpm", bpm, "N", 0, 120, "breathing rate of everybody"),
        NUMBER("heart", heart, "MM", 0, 10, "heart, half of peak to peak (default 0.3)"),
        NUMBER("heart-bpm", heart_bpm, "N", 0, 300, "heart rate of everybody (default 68)"),
        NUMBER("echo", echo, "DB", -200, 40, "a body's echo relative to the static channel"),
        NUMBER("loss", loss, "PERCENT", 0, 99, "frames lost (default 0.5)"),
        NUMBER("burst", burst, "N", 1, 1e6, "mean run of lost frames (default 2)"),
        NUMBER("duplicate", duplicate, "PERCENT", 0, 100, "frames delivered twice"),
        NUMBER("mixed", mixed, "PERCENT", 0, 100, "frames of 128 values among those of 64"),
        NUMBER("jitter", jitter, "PERCENT", 0, 95, "of the frame period (default 10)"),
        NUMBER("level", level, "N", 0, 32767, "rms value in quantisation steps (default 20)"),
        {"shuffle", NULL, "a room of random size, antennas and seats at random places",
         .on = &o.shuffle},
        {"point", NULL, "a body is one point, its chest", .on = &o.point},
        {"clean", NULL, "no defects but the integers, and those asked for", .on = &o.clean},
        {0},
    };
    char more[2048];
    scenario_list(more, sizeof more);
    const struct opt_usage usage = {
        .usage = "airwake sim SCENARIO --out FILE.pcap [flags]",
        .summary = "Simulates people in a room and writes the datagrams that its nodes would have\n"
                   "sent. The recording is marked as simulated, and so is all that comes of it.",
        .more = more,
        .min_args = 1,
        .max_args = 1,
    };
    int first, exit_code;
    if (opt_parse(argc, argv, opts, &usage, &first, &exit_code) != 0) return exit_code;
    if (!o.out) {
        fprintf(stderr, "airwake sim: --out FILE.pcap is missing\n");
        return EXIT_USAGE;
    }
    static struct aw_sim_config config;
    if (!configure(&config, &o, argv[first])) return EXIT_USAGE;
    struct aw_arena arena;
    void *memory = malloc(AW_SIM_ARENA_BYTES);
    aw_arena_init(&arena, memory, AW_SIM_ARENA_BYTES);
    struct aw_sim sim;
    int err = aw_sim_init(&sim, &arena, &config);
    if (err) {
        fprintf(stderr, "airwake sim: %s\n", aw_err_sentence(err));
        free(memory);
        return EXIT_FAILED;
    }
    exit_code = run(&sim, &o, argv[first]);
    free(memory);
    return exit_code;
}
