/* The hardware does what was asked: noise, gain, phase, slope, integers, loss, doubles, timing. */
#include "room.h"
#include "sim/units.h"

enum { FRAMES = 4000 };

static void quiet(struct room *r, enum aw_sim_hw hw) {
    aw_sim_config_room(&r->config, hw, 6);
    aw_sim_impair_none(&r->config.impair);
    r->config.rate_hz = 100;
    r->config.seconds = FRAMES / 100.0;
}

/* Least squares of one frame against the noise-free channel: gain, phase and slope. */
struct fit {
    double gain, phase, delay_s, error; /* error: mean square of what is left, in units of H */
};

static struct fit fit_frame(const struct room *r, uint32_t rx, double delay_s) {
    const struct aw_sim_channel *ch = &r->sim.link[0].channel;
    const double *re = ch->fixed + (size_t)rx * ch->n_tx * 2 * ch->stride, *im = re + ch->stride;
    const float *iq = r->iq + (size_t)2 * rx * r->frame.n_tx * r->frame.n_sub;
    double scale = r->sim.link[0].receiver.gain;
    struct fit f = {.delay_s = delay_s};
    for (int pass = 0; pass < 5; pass++) {
        double a = 0, b = 0, power = 0, centre = 0, slope = 0, weight = 0, total = 0;
        int n = 0;
        for (int stage = 0; stage < 2; stage++)
            for (int i = 0; i < r->frame.n_sub; i++) {
                if (r->frame.kind[i] & AW_SUB_NULL) continue;
                int at = r->frame.k[i] - ch->grid.k_first;
                double turn = -AW_TWO_PI * r->frame.k[i] * 312500 * f.delay_s;
                double tr = re[at] * cos(turn) - im[at] * sin(turn);
                double ti = re[at] * sin(turn) + im[at] * cos(turn);
                double x = (double)iq[2 * i] / scale, y = (double)iq[2 * i + 1] / scale;
                double cr = x * tr + y * ti, ci = y * tr - x * ti; /* conj(t) value */
                if (stage == 0) {
                    a += cr, b += ci, power += tr * tr + ti * ti;
                    centre += (tr * tr + ti * ti) * r->frame.k[i];
                    n++;
                    continue;
                }
                double angle = atan2(ci * a - cr * b, cr * a + ci * b);
                double w = tr * tr + ti * ti, k = r->frame.k[i] - centre / power;
                slope += w * k * angle;
                weight += w * k * k;
                double gr = (a * tr - b * ti) / power, gi = (a * ti + b * tr) / power;
                total += (x - gr) * (x - gr) + (y - gi) * (y - gi);
            }
        f.gain = hypot(a, b) / power;
        f.phase = atan2(b, a);
        f.error = total / n;
        if (delay_s == 0) f.delay_s -= slope / weight / (AW_TWO_PI * 312500);
    }
    return f;
}

static void noise(void) {
    for (double snr_db = -10; snr_db <= 40; snr_db += 10) {
        struct room r;
        quiet(&r, AW_SIM_GENERIC);
        r.config.n_rx = 2;
        r.config.impair.snr_db = snr_db;
        room_init(&r);
        const struct aw_sim_channel *ch = &r.sim.link[0].channel;
        double sum = 0, cross = 0, gain = r.sim.link[0].receiver.gain;
        uint64_t n = 0;
        while (room_next(&r))
            for (uint32_t i = 0; i < 2u * r.frame.n_sub; i++) {
                uint32_t at =
                    (uint32_t)(r.frame.k[i / 2] - ch->grid.k_first) + (i & 1) * ch->stride;
                double a = (double)r.iq[i] / gain - ch->fixed[at];
                double b =
                    (double)r.iq[i + 2u * r.frame.n_sub] / gain - ch->fixed[at + 2 * ch->stride];
                sum += a * a;
                cross += a * b;
                n++;
            }
        double got_db = 10 * log10(ch->power / (2 * sum / (double)n));
        CHECK_NEAR(got_db, snr_db, 0.1);
        CHECK_NEAR(cross / sum, 0, 0.01); /* antennas have their own noise */
        room_free(&r);
    }
}

static void gain_jitter(void) {
    struct room r;
    quiet(&r, AW_SIM_GENERIC);
    r.config.impair.agc = 0.05;
    room_init(&r);
    double sum = 0, squares = 0;
    int n = 0;
    for (; room_next(&r); n++) {
        double g = fit_frame(&r, 0, 1e-30).gain;
        sum += g;
        squares += g * g;
    }
    CHECK_NEAR(sum / n, 1, 0.005);
    CHECK_NEAR(sqrt(squares / n - sum / n * sum / n), 0.05, 0.003);
    room_free(&r);
}

static void gain_steps(void) {
    struct room r;
    quiet(&r, AW_SIM_INTEL5300);
    r.config.impair.agc_step_db = 2;
    r.config.impair.agc_step_hz = 3;
    room_init(&r);
    double last_db = 0;
    int steps = 0;
    for (int n = 0; room_next(&r); n++) {
        double db = 20 * log10(fit_frame(&r, 0, 1e-30).gain);
        CHECK_NEAR(remainder(db, 2), 0, 1e-4);
        CHECK(fabs(db) < 5);
        CHECK_NEAR(r.frame.agc_db, 30 + db, 1e-4); /* this card tells */
        steps += fabs(db - last_db) > 1;
        last_db = db;
    }
    CHECK_NEAR(steps, 120, 4 * sqrt(120)); /* Poisson: 40 s at 3/s */
    room_free(&r);
}

static void phase(void) {
    struct room r;
    quiet(&r, AW_SIM_GENERIC);
    r.config.n_rx = 2;
    r.config.impair.cfo_rad = AW_PI;
    r.config.impair.sto_s = 8e-9; /* small enough that no edge turns around in the fit */
    room_init(&r);
    double re = 0, im = 0, delays = 0, squares = 0, between = NAN;
    int n = 0;
    for (; room_next(&r); n++) {
        struct fit a = fit_frame(&r, 0, 0), b = fit_frame(&r, 1, 0);
        CHECK(a.error < 1e-9 * r.sim.link[0].channel.power);
        CHECK_NEAR(a.delay_s, b.delay_s, 1e-12); /* one sampling clock */
        if (isnan(between)) {
            const double *chain = r.sim.link[0].receiver.chain_rad;
            between = a.phase - b.phase;
            CHECK(fabs(chain[0] - chain[1]) > 0.1);
            CHECK_NEAR(remainder(between - chain[0] + chain[1], AW_TWO_PI), 0, 1e-4);
        }
        CHECK_NEAR(remainder(a.phase - b.phase - between, AW_TWO_PI), 0, 1e-4); /* one oscillator */
        re += cos(a.phase);
        im += sin(a.phase);
        delays += a.delay_s;
        squares += a.delay_s * a.delay_s;
    }
    CHECK(hypot(re, im) / n < 4 / sqrt(n)); /* uniform */
    CHECK_NEAR(delays / n, 0, 4 * 8e-9 / sqrt(n));
    CHECK_NEAR(sqrt(squares / n), 8e-9, 0.4e-9);
    room_free(&r);
}

static void drift(void) {
    struct room r;
    quiet(&r, AW_SIM_GENERIC);
    r.config.impair.sfo = 1e-9; /* a nanosecond per second */
    r.config.impair.cfo_hz = 0.5;
    room_init(&r);
    while (room_next(&r)) {
        double t_s = room_seconds(&r);
        struct fit f = fit_frame(&r, 0, 0);
        double delay_s = remainder(t_s * 1e-9, 50e-9);
        if (fabs(fabs(delay_s) - 25e-9) > 0.1e-9) CHECK_NEAR(f.delay_s, delay_s, 1e-12);
        CHECK_NEAR(remainder(f.phase - AW_TWO_PI * 0.5 * t_s, AW_TWO_PI), 0, 1e-4);
    }
    room_free(&r);
}

static void integers(void) {
    for (int hw = 0; hw < AW_SIM_HW_COUNT; hw++)
        for (double level = 20; level < 30000; level *= 9) {
            struct room r;
            quiet(&r, (enum aw_sim_hw)hw);
            r.config.seconds = 1;
            aw_sim_impair_usual(&r.config.impair);
            r.config.impair.level = level;
            room_init(&r);
            float low = 0, high = 0;
            double full = aw_sim_hardware[hw].full_scale;
            while (room_next(&r))
                for (uint32_t i = 0; i < 2u * r.frame.n_sub; i++) {
                    if (full > 0) CHECK(r.iq[i] == rintf(r.iq[i]));
                    low = fminf(low, r.iq[i]);
                    high = fmaxf(high, r.iq[i]);
                }
            CHECK_NEAR(r.frame.quant_step, full > 0, 0);
            if (full > 0) CHECK((double)low >= -full - 1 && (double)high <= full);
            if (full > 0 && level > 3 * full)
                CHECK((double)low == -full - 1 && (double)high == full);
            room_free(&r);
        }
}

static void loss(double rate, double burst) {
    struct room r;
    quiet(&r, AW_SIM_GENERIC);
    r.config.seconds = 400;
    r.config.impair.loss = rate;
    r.config.impair.loss_burst = burst;
    room_init(&r);
    int64_t seq = -1;
    uint64_t lost = 0, runs = 0, got = 0;
    for (; room_next(&r); got++) {
        uint64_t gap = (uint64_t)(r.frame.seq - seq - 1);
        CHECK_INT(r.frame.lost, gap);
        lost += gap;
        runs += gap > 0;
        seq = r.frame.seq;
    }
    double all = (double)(lost + got);
    double expected_burst = fmax(burst, 1 / (1 - rate));
    double sigma = sqrt(rate * (1 - rate) * 2 * expected_burst / all);
    CHECK_NEAR((double)lost / all, rate, 4 * sigma + 1e-12);
    if (rate > 0) CHECK_NEAR((double)lost / (double)runs, expected_burst, 0.15 * expected_burst);
    room_free(&r);
}

static void doubles_and_mixed(void) {
    struct room r;
    quiet(&r, AW_SIM_ESP32);
    aw_sim_impair_usual(&r.config.impair);
    r.config.impair.loss = 0;
    r.config.impair.duplicate = 0.1;
    r.config.impair.mixed = 0.25;
    room_init(&r);
    static float before[256];
    int64_t seq = -1, last_ns = 0;
    int twice = 0, mixed = 0, n = 0;
    for (; room_next(&r); n++) {
        CHECK(r.frame.n_sub == 64 || r.frame.n_sub == 128);
        size_t bytes = 2 * sizeof(float) * r.frame.n_sub;
        if (r.frame.seq == seq) {
            twice++;
            CHECK(memcmp(before, r.iq, bytes) == 0);
            CHECK(r.frame.t_ns > last_ns && r.frame.t_ns < last_ns + 1000000);
        } else {
            mixed += r.frame.n_sub == 128;
        }
        if (r.frame.n_sub == 128) { /* the zeros of real 128-value frames: 0, 27..37, 64, 93..99 */
            for (int i = 0; i < 128; i++)
                CHECK(!!(r.frame.kind[i] & AW_SUB_NULL) ==
                      (i == 0 || (i >= 27 && i <= 37) || i == 64 || (i >= 93 && i <= 99)));
            CHECK(r.frame.k[1] == 1 && r.frame.k[63] == -1 && r.frame.k[65] == 1);
            CHECK((r.frame.kind[65] & AW_LTF_MASK) == AW_LTF_HT);
        }
        seq = r.frame.seq;
        last_ns = r.frame.t_ns;
        memcpy(before, r.iq, bytes);
    }
    CHECK_INT(n - twice, FRAMES);
    CHECK_NEAR(twice / (double)FRAMES, 0.1, 0.02);
    CHECK_NEAR(mixed / (double)FRAMES, 0.25, 0.03);
    room_free(&r);
}

/* What gets lost does not depend on what kind of frame it is. */
static void mixed_and_lost(void) {
    struct room r;
    quiet(&r, AW_SIM_ESP32);
    r.config.impair.loss = 0.3;
    r.config.impair.mixed = 0.3;
    room_init(&r);
    int mixed = 0, n = 0;
    for (; room_next(&r); n++) mixed += r.frame.n_sub == 128;
    CHECK_NEAR(mixed / (double)n, 0.3, 4 * sqrt(0.21 / n));
    room_free(&r);
}

/* Late stamps of several links: still in order, as one host writes them down. */
static void order(void) {
    struct room r;
    quiet(&r, AW_SIM_ESP32);
    aw_sim_config_nodes(&r.config, 5);
    r.config.impair.jitter = 0.9;
    r.config.impair.stamp_s = 0.02;
    room_init(&r);
    int64_t last_ns = r.config.start_ns;
    while (room_next(&r)) {
        CHECK(r.frame.t_ns >= last_ns);
        last_ns = r.frame.t_ns;
    }
    room_free(&r);
}

static void timing(void) {
    struct room r;
    quiet(&r, AW_SIM_ESP32);
    r.config.impair.jitter = 0.8;
    r.config.impair.stamp_s = 0.002;
    room_init(&r);
    double low = 0, high = 0, squares = 0;
    int n = 0;
    for (; room_next(&r); n++) {
        double sent = r.sim.link[0].last_s * 100 - n - 0.5; /* in periods */
        double delay_s = room_seconds(&r) - r.sim.link[0].last_s;
        CHECK(delay_s > -1e-9 && delay_s < 0.004);
        low = fmin(low, sent);
        high = fmax(high, sent);
        squares += sent * sent;
    }
    CHECK_INT(n, FRAMES);
    CHECK(low > -0.4 - 1e-9 && low < -0.39 && high > 0.39 && high < 0.4 + 1e-9);
    CHECK_NEAR(sqrt(squares / n), 0.8 / sqrt(12), 0.01);
    room_free(&r);
}

static void layouts(void) {
    static const int first[] = {-28, -26, -24};
    int16_t k[AW_SIM_MAX_VALUES];
    uint8_t kind[AW_SIM_MAX_VALUES];
    CHECK_INT(aw_sim_hardware_layout(AW_SIM_INTEL5300, false, k, kind), 30);
    for (int i = 0; i < 3; i++) CHECK_INT(k[i], first[i]);
    CHECK(k[13] == -2 && k[14] == -1 && k[15] == 1 && k[16] == 3 && k[28] == 27 && k[29] == 28);
    const struct {
        enum aw_sim_hw hw;
        int live, pilots;
    } want[] = {{AW_SIM_ESP32, 52, 4},     {AW_SIM_INTEL5300, 30, 2}, {AW_SIM_NEXMON20, 56, 4},
                {AW_SIM_NEXMON40, 114, 6}, {AW_SIM_NEXMON80, 242, 8}, {AW_SIM_GENERIC, 56, 4}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        int live = 0, pilots = 0, n = aw_sim_hardware_layout(want[i].hw, false, k, kind);
        for (int j = 0; j < n; j++) {
            live += !(kind[j] & AW_SUB_NULL);
            pilots += !!(kind[j] & AW_SUB_PILOT);
            if (kind[j] & AW_SUB_PILOT && want[i].pilots <= 4)
                CHECK(abs(k[j]) == 7 || abs(k[j]) == 21);
        }
        CHECK_INT(live, want[i].live);
        CHECK_INT(pilots, want[i].pilots);
    }
    const struct aw_sim_hardware *h80 = &aw_sim_hardware[AW_SIM_NEXMON80];
    CHECK_NEAR(aw_sim_hardware_centre_hz(h80, 36), 5210e6, 1);
    CHECK_NEAR(aw_sim_hardware_centre_hz(h80, 48), 5210e6, 1);
    CHECK_NEAR(aw_sim_hardware_centre_hz(h80, 157), 5775e6, 1);
    CHECK_NEAR(aw_sim_hardware_centre_hz(&aw_sim_hardware[AW_SIM_NEXMON40], 40), 5190e6, 1);
    CHECK_NEAR(aw_sim_hardware_centre_hz(&aw_sim_hardware[AW_SIM_ESP32], 6), 2437e6, 1);
}

int main(void) {
    noise();
    gain_jitter();
    gain_steps();
    phase();
    drift();
    integers();
    loss(0, 1);
    loss(0.1, 1);
    loss(0.6, 1);
    loss(0.2, 8);
    doubles_and_mixed();
    mixed_and_lost();
    order();
    timing();
    layouts();
    return test_end();
}
