/* What must hold for any simulated room, whatever its constants are. */
#include "room.h"
#include "sim/units.h"

static void bare(struct room *r, const char *scenario, enum aw_sim_hw hw) {
    CHECK_INT(aw_sim_config_scenario(&r->config, scenario, hw, 4), AW_OK);
    aw_sim_impair_none(&r->config.impair);
}

static void constant(void) {
    for (int hw = 0; hw < AW_SIM_HW_COUNT; hw++) {
        struct room r;
        bare(&r, "empty", (enum aw_sim_hw)hw);
        r.config.seconds = 5;
        r.config.impair.quantise = false;
        room_init(&r);
        static float first[sizeof r.iq / sizeof *r.iq];
        double worst = 0, scale = 0;
        for (int n = 0; room_next(&r); n++)
            for (uint32_t i = 0; i < 2u * r.frame.n_sub; i++) {
                if (n == 0) first[i] = r.iq[i];
                worst = fmax(worst, fabs((double)(r.iq[i] - first[i])));
                scale = fmax(scale, fabs((double)r.iq[i]));
            }
        CHECK(worst <= 1e-6 * scale);
        room_free(&r);
    }
}

/* The body's echo alone: H minus the static channel turns with -2 pi f / c times the growth of its
 * way, forwards and backwards. */
static void doppler(void) {
    double sum[2] = {0};
    for (int back = 0; back < 2; back++) {
        struct room r;
        bare(&r, "walk", AW_SIM_GENERIC);
        r.config.echo_point = true;
        r.config.echo_walls = false;
        r.config.shadow = 0;
        r.config.seconds = 3;
        r.config.rate_hz = 200;
        struct aw_sim_person *p = &r.config.person[0];
        p->n_breaths = 0;
        p->heart_m = p->sway_m = 0;
        p->n_steps = 1;
        p->x_m = back ? 2.6 : 1.0;
        p->y_m = back ? 1.9 : 3.6;
        p->step[0] = (struct aw_sim_step){
            .act = AW_SIM_WALK, .value = 1, .x_m = back ? 1.0 : 2.6, .y_m = back ? 3.6 : 1.9};
        room_init(&r);
        double last_re = 0, last_im = 0, last_s = 0, worst = 0;
        for (int n = 0; room_next(&r); n++) {
            const struct aw_sim_channel *ch = &r.sim.link[0].channel;
            double gain = r.sim.link[0].receiver.gain, t_s = room_seconds(&r);
            double re = (double)r.iq[0] / gain - ch->fixed[0];
            double im = (double)r.iq[1] / gain - ch->fixed[ch->stride];
            double turn = atan2(im * last_re - re * last_im, re * last_re + im * last_im);
            if (t_s > 0.7 && t_s < 2.3) { /* turned around and up to speed */
                int64_t middle = r.frame.t_ns - (int64_t)((t_s - last_s) / 2 * 1e9);
                double lambda = AW_C_MPS / (ch->grid.centre_hz - 28 * 312500.0);
                double mps = -turn / (AW_TWO_PI * (t_s - last_s)) * lambda;
                worst = fmax(worst, fabs(mps - aw_sim_way_rate_mps(&r.sim, 0, 0, middle)));
                sum[back] += mps * (t_s - last_s);
            }
            last_re = re;
            last_im = im;
            last_s = t_s;
        }
        CHECK(worst < 0.01);
        room_free(&r);
    }
    CHECK(fabs(sum[0]) > 0.3);
    CHECK(sum[0] * sum[1] < 0);
}

/* Frequency of the largest line of x between 4 and 60 per minute. */
static double peak_bpm(const double *x, const double *t, int n) {
    double mean = 0, best = 0, best_bpm = 0;
    for (int i = 0; i < n; i++) mean += x[i] / n;
    for (double bpm = 4; bpm < 60; bpm += 0.05) {
        double re = 0, im = 0;
        for (int i = 0; i < n; i++) {
            double w = 0.5 - 0.5 * cos(AW_TWO_PI * i / n), a = AW_TWO_PI * bpm / 60 * t[i];
            re += w * (x[i] - mean) * cos(a);
            im += w * (x[i] - mean) * sin(a);
        }
        if (re * re + im * im > best) {
            best = re * re + im * im;
            best_bpm = bpm;
        }
    }
    return best_bpm;
}

/* Largest line of the amplitude, and of the phase, of the subcarrier that varies most. */
static void breathing_peaks(double bpm, double amplitude_m, double *of_amplitude,
                            double *of_phase) {
    enum { N = 1200, SUB = 56 };
    static double amp[SUB][N], phase[SUB][N], t[N];
    struct room r;
    bare(&r, "still", AW_SIM_GENERIC);
    r.config.rate_hz = 20;
    struct aw_sim_person *p = &r.config.person[0];
    p->chest_m = amplitude_m;
    p->breath[0].bpm = bpm;
    p->heart_m = p->sway_m = 0;
    room_init(&r);
    int n = 0;
    for (; room_next(&r) && n < N; n++) {
        t[n] = room_seconds(&r);
        for (int i = 0; i < SUB; i++) {
            amp[i][n] = hypot((double)r.iq[2 * i], (double)r.iq[2 * i + 1]);
            phase[i][n] = atan2((double)r.iq[2 * i + 1], (double)r.iq[2 * i]);
            if (n > 0)
                phase[i][n] = phase[i][n - 1] + remainder(phase[i][n] - phase[i][n - 1], AW_TWO_PI);
        }
    }
    CHECK_INT(n, N);
    for (int kind = 0; kind < 2; kind++) {
        double best = -1;
        int best_i = 0;
        for (int i = 0; i < SUB; i++) {
            const double *x = kind ? phase[i] : amp[i];
            double sum = 0, squares = 0;
            for (int j = 0; j < N; j++) sum += x[j], squares += x[j] * x[j];
            double variance = squares / N - sum * sum / N / N;
            if (variance > best) best = variance, best_i = i;
        }
        *(kind ? of_phase : of_amplitude) = peak_bpm(kind ? phase[best_i] : amp[best_i], t, N);
    }
    room_free(&r);
}

static void breathing(void) {
    const double rates[] = {6, 9.5, 15, 22, 31};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        for (double amplitude_m = 0.0025; amplitude_m < 0.006; amplitude_m *= 2) {
            double amp, phase;
            breathing_peaks(rates[i], amplitude_m, &amp, &phase);
            CHECK_NEAR(amp, rates[i], 0.1);
            CHECK_NEAR(phase, rates[i], 0.1);
        }
}

static uint64_t hash_frames(const struct aw_sim_config *c, float *first) {
    struct room r = {.config = *c};
    room_init(&r);
    uint64_t h = 14695981039346656037u;
    for (int n = 0; room_next(&r); n++) {
        if (n == 0) memcpy(first, r.iq, 128 * sizeof(float));
        const unsigned char *b = (const unsigned char *)r.iq;
        for (size_t i = 0; i < sizeof(float) * 2 * r.frame.n_sub; i++)
            h = (h ^ b[i]) * 1099511628211u;
        h = (h ^ (uint64_t)r.frame.t_ns) * 1099511628211u;
        h = (h ^ (uint64_t)r.frame.seq) * 1099511628211u;
    }
    room_free(&r);
    return h;
}

static void seeds(void) {
    struct aw_sim_config c;
    float a[128], b[128];
    CHECK_INT(aw_sim_config_scenario(&c, "enter-sit-leave", AW_SIM_ESP32, 9), AW_OK);
    c.impair.mixed = 0.2;
    c.impair.duplicate = 0.1;
    c.impair.agc_step_db = 1;
    c.impair.agc_step_hz = 1;
    c.seconds = 30;
    uint64_t first = hash_frames(&c, a);
    CHECK(hash_frames(&c, b) == first);
    c.seed = 10;
    CHECK(hash_frames(&c, b) != first);
    /* Not only other noise: another room. */
    aw_sim_impair_none(&c.impair);
    hash_frames(&c, b);
    c.seed = 9;
    hash_frames(&c, a);
    double difference = 0, power = 0;
    for (int i = 0; i < 128; i++) {
        difference += (double)((a[i] - b[i]) * (a[i] - b[i]));
        power += (double)(a[i] * a[i]);
    }
    CHECK(difference > 0.03 * power);
}

/* Links do not disturb each other: the first node's frames are the same with more nodes around. */
static void links(void) {
    static float alone[100][128];
    for (uint32_t nodes = 1; nodes <= 5; nodes += 4) {
        struct room r;
        CHECK_INT(aw_sim_config_scenario(&r.config, "walk", AW_SIM_ESP32, 3), AW_OK);
        r.config.impair.jitter = 0;
        r.config.impair.loss = 0;
        aw_sim_config_nodes(&r.config, nodes);
        /* the links take turns within a period: give the first one its time back */
        r.config.n_persons = 0;
        r.config.seconds = 1;
        room_init(&r);
        uint32_t seen[6] = {0};
        int64_t last_ns = 0;
        while (room_next(&r)) {
            CHECK(r.frame.node >= 1 && r.frame.node <= nodes);
            CHECK(r.frame.t_ns >= last_ns);
            last_ns = r.frame.t_ns;
            uint32_t n = seen[r.frame.node]++;
            CHECK_INT(r.frame.seq, n);
            if (r.frame.node != 1) continue;
            if (nodes == 1) memcpy(alone[n], r.iq, sizeof alone[n]);
            CHECK(memcmp(alone[n], r.iq, sizeof alone[n]) == 0);
        }
        for (uint32_t i = 1; i <= nodes; i++) CHECK_INT(seen[i], 100);
        room_free(&r);
    }
}

/* Any seed and any scenario make a valid room. */
static void shuffled(void) {
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct room r;
        CHECK_INT(aw_sim_config_scenario(&r.config,
                                         aw_sim_scenarios[seed % aw_sim_scenario_count].name,
                                         AW_SIM_ESP32, seed),
                  AW_OK);
        aw_sim_config_nodes(&r.config, 1 + (uint32_t)seed % 8);
        aw_sim_config_shuffle(&r.config, seed);
        r.config.seconds = 0.1;
        room_init(&r);
        CHECK(room_next(&r));
        for (uint32_t i = 0; i < r.config.n_links; i++) {
            const double *a = r.config.link[i].tx_m, *b = r.config.link[i].rx_m;
            double gap_m = hypot(a[0] - b[0], a[1] - b[1]);
            CHECK(gap_m >= 2 && gap_m <= 6);
        }
        room_free(&r);
    }
}

int main(void) {
    constant();
    doppler();
    breathing();
    seeds();
    links();
    shuffled();
    return test_end();
}
