/* airwake sim: a simulated room, written as the datagrams its nodes would have sent. */
#define _DEFAULT_SOURCE /* the u_char of pcap.h */
#include "commands.h"
#include "options.h"

#include "sim/marker.h"
#include "sim/scenario.h"
#include "sim/sim.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the command line says; NAN: not given. */
struct options {
    const char *out, *truth, *hw;
    bool clean, shuffle, point;
    double seconds, rate, nodes, seed, snr, agc, agc_step, chest, bpm, heart, heart_bpm, echo, loss,
        burst, duplicate, mixed, jitter, level;
};

/* ---- writing the recording ---- */

static void put16be(uint8_t *p, unsigned x) {
    p[0] = (uint8_t)(x >> 8);
    p[1] = (uint8_t)x;
}

static void put32le(uint8_t *p, uint32_t x) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(x >> 8 * i);
}

enum { ETH_LEN = 14, IP_LEN = 20, UDP_LEN = 8, HEAD_LEN = ETH_LEN + IP_LEN + UDP_LEN };
enum { PORT = 5005, PAYLOAD_MAX = 4096 };

/* Ethernet, IPv4 and UDP around a payload that is already at packet + HEAD_LEN. */
static void put_headers(uint8_t *packet, size_t payload_len, unsigned node) {
    static const uint8_t host_mac[6] = {0x02, 0, 0, 0, 0, 0xFE};
    memset(packet, 0, HEAD_LEN);
    memcpy(packet, host_mac, 6);
    packet[6] = 0x02; /* locally administered */
    packet[11] = (uint8_t)node;
    put16be(packet + 12, 0x0800);
    uint8_t *ip = packet + ETH_LEN, *udp = ip + IP_LEN;
    ip[0] = 0x45;
    put16be(ip + 2, (unsigned)(IP_LEN + UDP_LEN + payload_len));
    ip[6] = 0x40; /* do not fragment */
    ip[8] = 64;
    ip[9] = 17;
    memcpy(ip + 12, (const uint8_t[]){192, 168, 1, (uint8_t)(20 + node)}, 4);
    memcpy(ip + 16, (const uint8_t[]){192, 168, 1, 100}, 4);
    unsigned sum = 0;
    for (int i = 0; i < IP_LEN; i += 2) sum += (unsigned)ip[i] << 8 | ip[i + 1];
    while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
    put16be(ip + 10, ~sum & 0xFFFF);
    put16be(udp, 49152 + node);
    put16be(udp + 2, PORT);
    put16be(udp + 4, (unsigned)(UDP_LEN + payload_len)); /* checksum 0: none */
}

static void dump(pcap_dumper_t *d, uint8_t *packet, size_t payload_len, unsigned node,
                 int64_t t_ns) {
    put_headers(packet, payload_len, node);
    struct pcap_pkthdr h = {
        .ts = {.tv_sec = (time_t)(t_ns / 1000000000),
               .tv_usec = (suseconds_t)(t_ns % 1000000000 / 1000)},
        .caplen = (bpf_u_int32)(HEAD_LEN + payload_len),
        .len = (bpf_u_int32)(HEAD_LEN + payload_len),
    };
    pcap_dump((u_char *)d, &h, packet);
}

static uint8_t int8_bits(float x) {
    return (uint8_t)(int8_t)fminf(fmaxf(rintf(x), -128), 127);
}

/* RuView's raw CSI datagram (ADR-018), the magic 0xC5110001. Returns its length. */
static size_t put_ruview(uint8_t *p, const struct aw_frame *f) {
    put32le(p, 0xC5110001);
    p[4] = (uint8_t)f->node;
    p[5] = 1;
    p[6] = (uint8_t)f->n_sub;
    p[7] = (uint8_t)(f->n_sub >> 8);
    put32le(p + 8, f->freq_mhz);
    put32le(p + 12, (uint32_t)f->seq);
    p[16] = int8_bits(f->rssi_dbm[0]);
    p[17] = int8_bits(f->noise_dbm);
    p[18] = p[19] = 0;
    for (uint32_t i = 0; i < f->n_sub; i++) { /* imaginary first */
        p[20 + 2 * i] = int8_bits(f->iq[2 * i + 1]);
        p[21 + 2 * i] = int8_bits(f->iq[2 * i]);
    }
    return 20 + 2 * (size_t)f->n_sub;
}

static void json_number(FILE *f, const char *key, double x, int decimals) {
    fprintf(f, "\"%s\":", key);
    if (isfinite(x))
        fprintf(f, "%.*f,", decimals, x);
    else
        fputs("null,", f);
}

static size_t put_marker(uint8_t *p, const struct aw_sim_config *c, const char *scenario) {
    int n =
        snprintf((char *)p, PAYLOAD_MAX,
                 AW_SIM_MARKER "{\"simulated\":true,\"scenario\":\"%s\",\"seed\":%" PRIu64
                               ",\"hw\":\"%s\",\"nodes\":%u,\"rate_hz\":%g,\"seconds\":%g}",
                 scenario, c->seed, aw_sim_hardware[c->hw].key, c->n_links, c->rate_hz, c->seconds);
    return n > 0 && n < PAYLOAD_MAX ? (size_t)n : 0;
}

static void write_truth(FILE *f, const struct aw_sim *sim, double t_s) {
    struct aw_sim_truth t;
    aw_sim_truth(sim, sim->config->start_ns + llround(t_s * 1e9), &t);
    fprintf(f, "{\"t_s\":%.3f,\"state\":\"%s\",\"persons\":%u,\"falls\":%u,\"people\":[", t_s,
            aw_state_key(t.state), t.persons, t.falls);
    const char *comma = "";
    for (uint32_t i = 0; i < sim->config->n_persons; i++) {
        const struct aw_sim_truth_person *p = &t.person[i];
        if (!p->present) continue;
        fprintf(f, "%s{\"id\":%u,\"moving\":%s,\"lying\":%s,", comma, i,
                p->moving ? "true" : "false", p->lying ? "true" : "false");
        json_number(f, "x_m", p->x_m, 3);
        json_number(f, "y_m", p->y_m, 3);
        json_number(f, "z_m", p->z_m, 3);
        json_number(f, "speed_mps", p->speed_mps, 3);
        json_number(f, "breathing_bpm", p->breathing_bpm, 3);
        json_number(f, "heart_bpm", p->heart_bpm, 3);
        json_number(f, "breathing_m", p->breathing_m, 6);
        json_number(f, "heart_m", p->heart_m, 6);
        fprintf(f, "\"falls\":%u}", p->falls);
        comma = ",";
    }
    fputs("]}\n", f);
}

/* ---- the run ---- */

static int run(struct aw_sim *sim, const struct options *o, const char *scenario) {
    const struct aw_sim_config *c = sim->config;
    pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
    pcap_dumper_t *d = p ? pcap_dump_open(p, o->out) : NULL;
    FILE *truth = o->truth ? fopen(o->truth, "w") : NULL;
    if (!d || (o->truth && !truth)) {
        fprintf(stderr, "airwake sim: cannot write %s\n",
                d ? o->truth : (p ? pcap_geterr(p) : o->out));
        if (d) pcap_dump_close(d);
        if (p) pcap_close(p);
        return 1;
    }
    static float iq[2 * AW_MAX_CHAINS * AW_MAX_CHAINS * AW_SIM_MAX_VALUES];
    static uint8_t packet[HEAD_LEN + PAYLOAD_MAX];
    struct aw_frame f = {.iq = iq, .iq_cap = sizeof iq / sizeof *iq / 2};
    uint8_t *payload = packet + HEAD_LEN;
    uint64_t frames = 0;
    double marker_s = 0, truth_s = 0;
    int got;
    while ((got = aw_sim_next(sim, &f)) > 0) {
        double t_s = (double)(f.t_ns - c->start_ns) * 1e-9;
        for (; marker_s <= t_s; marker_s += AW_SIM_MARKER_S)
            for (uint32_t i = 0; i < c->n_links; i++)
                dump(d, packet, put_marker(payload, c, scenario), (unsigned)c->link[i].node,
                     c->start_ns + llround(marker_s * 1e9));
        for (; truth && truth_s <= t_s; truth_s += 1) write_truth(truth, sim, truth_s);
        dump(d, packet, put_ruview(payload, &f), (unsigned)f.node, f.t_ns);
        frames++;
    }
    for (; truth && truth_s <= c->seconds; truth_s += 1) write_truth(truth, sim, truth_s);
    bool bad = got < 0 || pcap_dump_flush(d) != 0 || ferror(pcap_dump_file(d));
    pcap_dump_close(d);
    pcap_close(p);
    if (truth) bad |= ferror(truth) | fclose(truth);
    if (bad) {
        fprintf(stderr, "airwake sim: writing %s failed: %s\n", o->out, strerror(errno));
        return 1;
    }
    fprintf(stderr, "%s: %" PRIu64 " frames of %u nodes, %g s\n", o->out, frames, c->n_links,
            c->seconds);
    return 0;
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
        TEXT("hw", hw, "NAME", "receiver: esp32 (default)"),
        NUMBER("seconds", seconds, "N", 0.001, 1e6, "duration (default: the scenario's)"),
        NUMBER("rate", rate, "HZ", 0.01, 10000, "frames per second and node (default 20)"),
        NUMBER("nodes", nodes, "N", 1, AW_SIM_MAX_LINKS, "receivers (default 1)"),
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
