#include "proof.h"

#include "base/frame.h"
#include "sim/datagram.h"
#include "sim/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIM(name, what, ...)                                                                       \
    { .key = "sim/" name, .title = what, __VA_ARGS__ }
#define REC(name, what, ...)                                                                       \
    { .key = "rec/" name, .title = what, __VA_ARGS__ }

/* Seeds are in proof_source_open: fixed, from the place in this table. Append only. */
const struct proof_case proof_cases[] = {
    SIM("empty", "nobody, ESP32", .scenario = "empty", .seconds = 60, .rate_hz = 100),
    SIM("walk", "one person walks, ESP32", .scenario = "walk", .seconds = 60, .rate_hz = 100),
    SIM("still", "one person sits, 15 breaths/min, ESP32", .scenario = "still", .seconds = 90,
        .rate_hz = 50),
    SIM("visit", "enters, sits, leaves; two nodes, their datagrams", .scenario = "enter-sit-leave",
        .seconds = 120, .rate_hz = 40, .n_nodes = 2, .datagrams = true),
    SIM("fall", "walks, falls, lies, gets up; ESP32", .scenario = "fall", .seconds = 60,
        .rate_hz = 100),
    SIM("still-intel", "one person sits, Intel 5300 with 3 antennas", .scenario = "still",
        .hw = AW_SIM_INTEL5300, .seconds = 60, .rate_hz = 50, .n_rx = 3),
    SIM("walk-nexmon", "one person walks, 80 MHz", .scenario = "walk", .hw = AW_SIM_NEXMON80,
        .seconds = 30, .rate_hz = 50),
    REC("rooms-empty", "ESP32-CSI-Tool, empty room", .file = "rooms-esp32/vacio_01.csv.zst",
        .label = PROOF_AT_REST),
    REC("rooms-walk", "the same room, one walks", .file = "rooms-esp32/mov_01.csv.zst",
        .label = PROOF_IN_MOTION),
    REC("rooms-6rpm", "the same room, paced breathing", .file = "rooms-esp32/resp_6rpm.csv.zst",
        .breathing_bpm = 6),
    REC("paced-15", "ESP32 lines, paced breathing",
        .file = "breathing-esp32/15bpm/s1/csi_data_1720469042.txt.zst", .label = PROOF_AT_REST,
        .breathing_bpm = 15),
    REC("chip-c3", "ESP32-C3 .npz, 30 s quiet, 30 s motion",
        .file = "motion-esp32-chips/test/test_c3_64sc_20260329_130804.npz"),
    REC("study-empty", "ESP32-C3 CSV, empty room",
        .file = "presence-esp32c3/home_L/s1_p1_20260701_192353/"
                "seg01_empty_192555__COM17.csv.zst",
        .label = PROOF_AT_REST),
    REC("study-walk", "the same room, one walks",
        .file = "presence-esp32c3/home_L/s1_p1_20260701_192353/"
                "seg07_walk_192938__COM17.csv.zst",
        .label = PROOF_IN_MOTION),
    REC("intel-gyro", "Intel 5300, sits; 14.6 breaths/min by gyroscope",
        .file = "breathing-intel5300-gyro/TestData/4_19_sn1.dat", .breathing_bpm = 14.6),
    REC("intel-quiet", "Intel 5300, quiet", .file = "walkers-intel5300/quiet/5-20-quiet.dat",
        .label = PROOF_AT_REST),
    REC("intel-walk", "Intel 5300, one walks", .file = "walkers-intel5300/hxy/5-20-hxy1.dat",
        .label = PROOF_IN_MOTION),
    REC("nexmon-walk", "Nexmon amplitudes, walks",
        .file = "activity-nexmon/user_1_sample_1_walk_A.csv.zst"),
    REC("nexmon-pcap", "Nexmon datagrams", .file = "formats/nexmon/breath_test.pcap"),
    REC("csibin1", "ESP32-S3 binary", .file = "formats/esp32/lucas_CSIBIN1.bin"),
    REC("ruview", "RuView .csi.jsonl",
        .file = "formats/esp32/ruview_pretrain_adr018_iqhex.jsonl.zst"),
    REC("feitcsi", "Intel AX", .file = "formats/feitcsi/HESU20_5500.csi"),
    REC("picoscenes", "PicoScenes", .file = "formats/picoscenes/ax200_demo.csi"),
    REC("atheros", "Atheros", .file = "formats/atheros/ath_csi_1.dat"),
};
const size_t proof_case_count = sizeof proof_cases / sizeof *proof_cases;

enum { DATAGRAM = 4096 };

static int open_sim(struct proof_source *s, const struct proof_case *c) {
    uint64_t seed = 1000 + (uint64_t)(c - proof_cases);
    struct aw_arena arena;
    s->memory = malloc(AW_SIM_ARENA_BYTES);
    s->config = malloc(sizeof *s->config);
    if (!s->memory || !s->config) return AW_ERR_NOMEM;
    int err = aw_sim_config_scenario(s->config, c->scenario, c->hw, seed);
    if (err) return err;
    s->config->seconds = c->seconds;
    s->config->rate_hz = c->rate_hz;
    if (c->n_rx) s->config->n_rx = c->n_rx;
    if (c->n_nodes > 1) aw_sim_config_nodes(s->config, c->n_nodes);
    aw_arena_init(&arena, s->memory, AW_SIM_ARENA_BYTES);
    return aw_sim_init(&s->sim, &arena, s->config);
}

int proof_source_open(struct proof_source *s, const struct proof_case *c, const char *data_dir,
                      struct aw_why *why) {
    *s = (struct proof_source){.of = c, .recorded = c->file != NULL};
    if (s->recorded) {
        char path[4096];
        if (!data_dir) return AW_ERR_IO;
        snprintf(path, sizeof path, "%s/%s", data_dir, c->file);
        return aw_capture_open(&s->capture, path, why);
    }
    s->iq = malloc(sizeof *s->iq * 4 * AW_MAX_CSI);
    s->datagram = malloc(DATAGRAM);
    int err = s->iq && s->datagram ? open_sim(s, c) : AW_ERR_NOMEM;
    s->frame.iq = s->iq;
    s->as_read.iq = s->iq + 2 * AW_MAX_CSI;
    s->frame.iq_cap = s->as_read.iq_cap = AW_MAX_CSI;
    snprintf(why->text, sizeof why->text, "%s: %s", c->key, aw_err_sentence(err));
    if (err) proof_source_close(s);
    return err;
}

void proof_source_close(struct proof_source *s) {
    if (s->recorded) aw_capture_close(&s->capture);
    free(s->memory);
    free(s->config);
    free(s->iq);
    free(s->datagram);
    *s = (struct proof_source){0};
}

/* What a receiver would make of the frame's datagram; false when it refuses it. */
static bool read_back(struct proof_source *s) {
    int len = aw_sim_datagram_ruview(&s->frame, s->datagram, DATAGRAM);
    if (len < 0) return false;
    const struct aw_reader *reader = aw_reader_find_datagram(s->datagram, (size_t)len);
    size_t consumed;
    if (!reader) return false;
    s->state = (struct aw_reader_state){{0}};
    aw_frame_clear(&s->as_read);
    if (reader->read(&s->state, s->datagram, (size_t)len, true, &s->as_read, &consumed) <= 0)
        return false;
    s->as_read.t_arrival_ns = s->frame.t_ns;
    return true;
}

struct aw_frame *proof_source_next(struct proof_source *s) {
    if (!s->recorded) {
        while (aw_sim_next(&s->sim, &s->frame) > 0) {
            if (!s->of->datagrams) return &s->frame;
            if (read_back(s)) return &s->as_read;
            s->refused++;
        }
        return NULL;
    }
    for (int got; (got = aw_capture_next(&s->capture)) != AW_CAPTURE_END;) {
        if (got > 0) return &s->capture.frame;
        s->refused += got < 0;
    }
    return NULL;
}
