/* Echoes of patches, fast, against the plain sum over all ways; and frames of a home. */
#include "room.h"
#include "sim/scatter.h"
#include "sim/vec.h"

/* Every way on its own, on the grid itself. */
static void plainly(const struct aw_sim_scatter *s, const struct aw_sim_patch *patch, uint32_t n,
                    double *h) {
    const struct aw_sim_channel *ch = s->channel;
    const double four_pi = 4 * 3.14159265358979323846;
    for (uint32_t r = 0; r < ch->n_rx; r++)
        for (uint32_t t = 0; t < ch->n_tx; t++) {
            double *pair = h + (size_t)(r * ch->n_tx + t) * 2 * ch->stride;
            for (uint32_t p = 0; p < n; p++)
                for (int w = 0; w < 49; w++) {
                    const double *a = w % 7 ? ch->image_m[t][w % 7 - 1] : ch->tx_m[t];
                    const double *b = w / 7 ? s->rx_image_m[r][w / 7 - 1] : ch->rx_m[r];
                    double g = ch->lambda_m * sqrt(ch->config->rcs_m2 * patch[p].power) /
                               pow(four_pi, 1.5);
                    double length = 0;
                    for (int end = 0; end < 2; end++) {
                        double to[3];
                        aw_vec_add(to, end ? b : a, -1, patch[p].at_m);
                        double d = sqrt(aw_vec_dot(to, to));
                        double faces = fmax(aw_vec_dot(to, patch[p].normal) / d, 0);
                        g *= (patch[p].back + (1 - patch[p].back) * faces) / d;
                        length += d;
                    }
                    if (w % 7) g *= -ch->config->wall;
                    if (w / 7) g *= -ch->config->wall;
                    aw_sim_grid_add(&ch->grid, length, g, pair, pair + ch->stride);
                }
        }
}

static void against_the_sum(void) {
    double worst = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct room r;
        aw_sim_config_home(&r.config, AW_SIM_INTEL5300, seed, 20);
        r.config.n_rx = r.config.n_tx = 3;
        room_init(&r);
        const struct aw_sim_scatter *s = &r.sim.link[0].scatter;
        size_t values = (size_t)9 * 2 * s->channel->stride;
        double *fast = calloc(values, sizeof *fast), *plain = calloc(values, sizeof *plain);
        struct aw_sim_skeleton body;
        struct aw_sim_patch patch[AW_SIM_PATCHES];
        CHECK(aw_sim_skeleton(&r.sim, 0, r.config.start_ns + 9500000000, &body));
        aw_sim_surface_patches(&body, 0.002, patch);
        aw_sim_scatter_add(s, patch, AW_SIM_PATCHES, 1, fast);
        plainly(s, patch, AW_SIM_PATCHES, plain);
        double off = 0, all = 0;
        for (size_t i = 0; i < values; i++) {
            if (i % s->channel->stride >= s->channel->grid.n) continue; /* beyond the grid */
            off += (fast[i] - plain[i]) * (fast[i] - plain[i]);
            all += plain[i] * plain[i];
        }
        worst = fmax(worst, sqrt(off / all));
        free(fast);
        free(plain);
        room_free(&r);
    }
    printf("off by %.2g of the echo at most\n", worst);
    CHECK(worst < 1e-3);
}

/* A home's first seconds are static but for noise; then the echo is as strong as a body's is. */
static void home_frames(void) {
    struct room r;
    aw_sim_config_home(&r.config, AW_SIM_INTEL5300, 5, 6);
    aw_sim_impair_none(&r.config.impair);
    r.config.n_rx = r.config.n_tx = 3;
    room_init(&r);
    static float first[2 * 9 * 30];
    double still = 0, moving = 0, power = 0;
    int n = 0;
    for (; room_next(&r); n++) {
        double off = 0;
        CHECK_INT(r.frame.n_sub * r.frame.n_rx * r.frame.n_tx, 270);
        if (n == 0) memcpy(first, r.iq, sizeof first);
        for (int i = 0; i < 540; i++) {
            double d = (double)(r.iq[i] - first[i]);
            off += d * d;
            if (n == 0) power += (double)(r.iq[i] * r.iq[i]);
        }
        if (room_seconds(&r) < AW_SIM_HOME_EMPTY_S)
            still = fmax(still, off);
        else if (room_seconds(&r) > AW_SIM_HOME_EMPTY_S + 1)
            moving = fmax(moving, off);
    }
    CHECK(still == 0);
    double db = 10 * log10(moving / power);
    printf("echo %.1f dB\n", db);
    CHECK(db > -25 && db < 0);
    room_free(&r);
}

/* The same seed gives the same frames, another one others. */
static void reproducible(void) {
    float iq[3][540];
    for (int i = 0; i < 3; i++) {
        struct room r;
        aw_sim_config_home(&r.config, AW_SIM_INTEL5300, i == 2 ? 12 : 11, 5);
        r.config.n_rx = r.config.n_tx = 3;
        room_init(&r);
        while (room_next(&r)) memcpy(iq[i], r.iq, sizeof iq[i]);
        room_free(&r);
    }
    CHECK(memcmp(iq[0], iq[1], sizeof iq[0]) == 0);
    CHECK(memcmp(iq[0], iq[2], sizeof iq[0]) != 0);
}

int main(void) {
    against_the_sum();
    home_frames();
    reproducible();
    return test_end();
}
