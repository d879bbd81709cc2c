#include "room.h"
#include "sim/channel.h"
#include "sim/rng.h"
#include "sim/streams.h"
#include "sim/units.h"

/* exp by multiplication against sin and cos, for every grid size and ways up to 100 m. */
static void grid(void) {
    double re[512], im[512], worst = 0;
    for (uint32_t n = 1; n <= 512; n += n < 20 ? 1 : 61)
        for (double way = 0.5; way < 100; way *= 1.7) {
            struct aw_sim_grid g = {5.21e9, 312500, -(int)n / 2, n};
            memset(re, 0, sizeof re);
            memset(im, 0, sizeof im);
            aw_sim_grid_add(&g, way, 0.7, re, im);
            for (uint32_t k = 0; k < n; k++) {
                double f = g.centre_hz + (g.k_first + (int)k) * g.spacing_hz;
                double turns = f * way / AW_C_MPS, angle = -AW_TWO_PI * (turns - floor(turns));
                worst = fmax(worst, hypot(re[k] - 0.7 * cos(angle), im[k] - 0.7 * sin(angle)));
            }
        }
    CHECK(worst < 1e-11);
    printf("recurrence: worst error %.1e\n", worst);
}

/* The channel from nothing but geometry, written down a second time: every path with its delay at
 * time t, one complex exponential per path and subcarrier. */
struct reference {
    double re, im;
};

static void add_path(struct reference *h, double f_hz, double way_m, double amplitude) {
    double turns = f_hz * (way_m / AW_C_MPS);
    h->re += amplitude * cos(AW_TWO_PI * fmod(turns, 1));
    h->im -= amplitude * sin(AW_TWO_PI * fmod(turns, 1));
}

static double apart(const double *a, double x, double y, double z) {
    return sqrt((a[0] - x) * (a[0] - x) + (a[1] - y) * (a[1] - y) + (a[2] - z) * (a[2] - z));
}

/* Mirrors at 0 and size in the order of a list: each list of at most two different neighbours is
 * one image. */
static void reference_walls(struct reference *h, const struct aw_sim_config *c, double f,
                            double lambda, const double tx[3], const double rx[3]) {
    for (int first = 0; first < 6; first++) {
        double a[3] = {tx[0], tx[1], tx[2]};
        a[first / 2] = first % 2 ? 2 * c->room_m[first / 2] - a[first / 2] : -a[first / 2];
        double d = apart(a, rx[0], rx[1], rx[2]);
        add_path(h, f, d, -c->wall * lambda / (4 * AW_PI * d));
        for (int second = 0; second < 6; second++) {
            /* Two walls of different axes in either order give the same image: once only. */
            if (second == first || (second / 2 != first / 2 && second < first)) continue;
            double b[3] = {a[0], a[1], a[2]};
            b[second / 2] = second % 2 ? 2 * c->room_m[second / 2] - b[second / 2] : -b[second / 2];
            d = apart(b, rx[0], rx[1], rx[2]);
            add_path(h, f, d, c->wall * c->wall * lambda / (4 * AW_PI * d));
        }
    }
}

static struct reference reference_channel(const struct room *r, double t_s, int k, uint32_t rx_i,
                                          uint32_t tx_i) {
    const struct aw_sim_config *c = &r->config;
    double f = r->sim.centre_hz + k * 312500.0, lambda = AW_C_MPS / r->sim.centre_hz;
    double tx[3], rx[3];
    memcpy(tx, c->link[0].tx_m, sizeof tx);
    memcpy(rx, c->link[0].rx_m, sizeof rx);
    tx[1] += (tx_i - (c->n_tx - 1) / 2.0) * lambda / 2;
    rx[1] += (rx_i - (c->n_rx - 1) / 2.0) * lambda / 2;

    struct reference h = {0};
    double d = apart(tx, rx[0], rx[1], rx[2]);
    add_path(&h, f, d, lambda / (4 * AW_PI * d));
    reference_walls(&h, c, f, lambda, tx, rx);
    struct aw_rng rng;
    aw_rng_init(&rng, c->seed, AW_SIM_STREAM_ROOM, 0);
    for (uint32_t i = 0; i < c->n_clutter; i++) {
        double rcs = -c->clutter_m2 * log(1 - aw_rng_uniform(&rng)), p[3];
        for (int a = 0; a < 3; a++) p[a] = aw_rng_range(&rng, 0, c->room_m[a]);
        double d1 = apart(p, tx[0], tx[1], tx[2]), d2 = apart(p, rx[0], rx[1], rx[2]);
        add_path(&h, f, d1 + d2, lambda * sqrt(rcs) / (pow(4 * AW_PI, 1.5) * d1 * d2));
    }
    d = apart(c->link[0].tx_m, c->link[0].rx_m[0], c->link[0].rx_m[1], c->link[0].rx_m[2]);
    aw_rng_init(&rng, c->seed, AW_SIM_STREAM_ROOM, 1);
    for (int i = 0; i < 24; i++) {
        double far = d - AW_C_MPS * c->diffuse_s * log(1 - aw_rng_uniform(&rng));
        double a =
            lambda / (4 * AW_PI * d) * sqrt(-c->diffuse / 24 * log(1 - aw_rng_uniform(&rng)));
        double side = aw_rng_range(&rng, 0, 2 * AW_PI), up = aw_rng_range(&rng, -0.5, 0.5);
        double x = far * sqrt(1 - up * up) * cos(side), y = far * sqrt(1 - up * up) * sin(side);
        /* Along y antennas stand beside their centres. */
        double away = (tx_i - (c->n_tx - 1) / 2.0 - rx_i + (c->n_rx - 1) / 2.0) * lambda / 2;
        add_path(&h, f, sqrt(x * x + (y + away) * (y + away) + far * up * far * up), a);
    }
    struct aw_sim_point point[AW_SIM_BODY_POINTS];
    uint32_t n = aw_sim_body_points(&r->sim.body[0], t_s, point, NULL);
    for (uint32_t i = 0; i < n; i++) {
        const double *p = point[i].at_m;
        double d1 = apart(p, tx[0], tx[1], tx[2]), d2 = apart(p, rx[0], rx[1], rx[2]);
        double a = lambda * sqrt(c->rcs_m2 * point[i].power) / (pow(4 * AW_PI, 1.5) * d1 * d2);
        add_path(&h, f, d1 + d2, a);
        for (int wall = 0; wall < 6; wall++) {
            double q[3] = {tx[0], tx[1], tx[2]};
            q[wall / 2] = wall % 2 ? 2 * c->room_m[wall / 2] - q[wall / 2] : -q[wall / 2];
            double dw = apart(p, q[0], q[1], q[2]);
            add_path(&h, f, dw + d2, -a * c->wall * d1 / dw);
        }
    }
    return h;
}

/* Frames of a walker against the reference, for every hardware; SNR in dB. */
static void definition(enum aw_sim_hw hw, uint32_t n_rx, uint32_t n_tx) {
    struct room r;
    CHECK_INT(aw_sim_config_scenario(&r.config, "walk", hw, 5), AW_OK);
    r.config.seconds = 4;
    r.config.rate_hz = 13;
    r.config.n_rx = n_rx;
    r.config.n_tx = n_tx;
    r.config.shadow = 0;
    aw_sim_impair_none(&r.config.impair);
    room_init(&r);
    double signal = 0, error = 0, gain = r.sim.link[0].receiver.gain;
    int frames = 0;
    for (; room_next(&r); frames++) {
        const float *iq = r.frame.iq;
        double t_s = r.sim.link[0].last_s;
        for (uint32_t rx = 0; rx < n_rx; rx++)
            for (uint32_t tx = 0; tx < n_tx; tx++)
                for (int i = 0; i < r.frame.n_sub; i++, iq += 2) {
                    if (r.frame.kind[i] & AW_SUB_NULL) {
                        CHECK(iq[0] == 0 && iq[1] == 0);
                        continue;
                    }
                    struct reference h = reference_channel(&r, t_s, r.frame.k[i], rx, tx);
                    double x = (double)iq[0] / gain - h.re, y = (double)iq[1] / gain - h.im;
                    signal += h.re * h.re + h.im * h.im;
                    error += x * x + y * y;
                }
    }
    double snr_db = 10 * log10(signal / error);
    printf("%s %ux%u: %d frames, %.0f dB against the definition\n", aw_sim_hardware[hw].key, n_rx,
           n_tx, frames, snr_db);
    CHECK_INT(frames, 52);
    CHECK(snr_db > 130); /* float has 144 dB */
    room_free(&r);
}

/* lambda and wall loss by hand: one link, no walls, no furniture. */
static void friis(void) {
    struct room r;
    aw_sim_config_room(&r.config, AW_SIM_GENERIC, 1);
    r.config.wall = 0;
    r.config.n_clutter = 0;
    r.config.diffuse = 0;
    double *tx = r.config.link[0].tx_m, *rx = r.config.link[0].rx_m;
    tx[0] = 1, tx[1] = 2, tx[2] = 1, rx[0] = 4, rx[1] = 2, rx[2] = 1; /* 3 m */
    room_init(&r);
    double want = AW_C_MPS / 2.437e9 / (4 * AW_PI * 3);
    CHECK_NEAR(r.sim.link[0].channel.power / (want * want), 1, 1e-9);
    room_free(&r);
}

/* Somebody on the line of sight takes half of it at shadow 0.5; half a metre aside, nearly nothing;
 * and RSSI follows. */
static void shadow(void) {
    const struct aw_sim_link link = {.tx_m = {1, 1, 1}, .rx_m = {4, 1, 1}};
    CHECK_NEAR(aw_sim_channel_shade(&link, 2, 1), 1, 1e-12);
    CHECK_NEAR(aw_sim_channel_shade(&link, 2, 1.25), exp(-1), 1e-12);
    CHECK_NEAR(aw_sim_channel_shade(&link, 4.25, 1), exp(-1), 1e-12); /* behind the receiver */
    CHECK(aw_sim_channel_shade(&link, 2, 1.5) < 0.02);
    float rssi_dbm[3];
    for (int aside = 0; aside < 3; aside++) {
        struct room r;
        aw_sim_config_room(&r.config, AW_SIM_GENERIC, 1);
        aw_sim_impair_none(&r.config.impair);
        r.config.wall = r.config.diffuse = r.config.rcs_m2 = 0;
        r.config.n_clutter = 0;
        r.config.shadow = 0.5;
        r.config.link[0] = link;
        r.config.n_persons = aside < 2;
        aw_sim_person_usual(&r.config.person[0], 2, aside ? 3 : 1, 15);
        room_init(&r);
        const struct aw_sim_channel *ch = &r.sim.link[0].channel;
        double gain = r.sim.link[0].receiver.gain;
        CHECK(room_next(&r));
        CHECK_NEAR((double)r.iq[0] / (gain * ch->fixed[0]), aside ? 1 : 0.5, 1e-5);
        rssi_dbm[aside] = r.frame.rssi_dbm[0];
        room_free(&r);
    }
    CHECK(rssi_dbm[1] == rssi_dbm[2]);
    CHECK_NEAR(rssi_dbm[0] - rssi_dbm[1], -6, 0.01);
    CHECK_NEAR(rssi_dbm[1], 8 + 20 * log10(AW_C_MPS / 2.437e9 / (4 * AW_PI * 3)), 0.5);
}

/* A fixed echo has the power asked for, wherever the body is. */
static void fixed_echo(void) {
    for (int place = 0; place < 4; place++) {
        struct room r;
        aw_sim_config_room(&r.config, AW_SIM_GENERIC, 2);
        aw_sim_impair_none(&r.config.impair);
        r.config.echo_fixed = r.config.echo_point = true;
        r.config.echo_db = -20;
        r.config.echo_walls = false;
        r.config.shadow = 0;
        r.config.n_persons = 1;
        aw_sim_person_usual(&r.config.person[0], 1 + place, 3.5 - place, 15);
        room_init(&r);
        const struct aw_sim_channel *ch = &r.sim.link[0].channel;
        double gain = r.sim.link[0].receiver.gain, sum = 0;
        CHECK(room_next(&r));
        for (int i = 0; i < 56; i++) {
            int at = r.frame.k[i] + 28;
            double x = (double)r.iq[2 * i] / gain - ch->fixed[at];
            double y = (double)r.iq[2 * i + 1] / gain - ch->fixed[ch->stride + (uint32_t)at];
            sum += (x * x + y * y) / 56;
        }
        CHECK_NEAR(10 * log10(sum / ch->power), -20, 0.01);
        room_free(&r);
    }
}

int main(void) {
    grid();
    definition(AW_SIM_ESP32, 1, 1);
    definition(AW_SIM_INTEL5300, 3, 3);
    definition(AW_SIM_NEXMON20, 2, 1);
    definition(AW_SIM_NEXMON40, 1, 2);
    definition(AW_SIM_NEXMON80, 4, 4);
    definition(AW_SIM_GENERIC, 2, 2);
    friis();
    shadow();
    fixed_echo();
    return test_end();
}
