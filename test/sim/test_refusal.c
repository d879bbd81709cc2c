/* Every value of a config below, above and not a number; every size of memory too small. */
#include "room.h"

static struct aw_sim_config good;

static int init(const struct aw_sim_config *c) {
    static unsigned char memory[1 << 20];
    struct aw_arena a;
    struct aw_sim s;
    aw_arena_init(&a, memory, sizeof memory);
    return aw_sim_init(&s, &a, c);
}

static void refused(const struct aw_sim_config *c, const char *what, double value) {
    if (init(c) == AW_ERR_INVAL && aw_sim_config_check(c) != NULL) {
        test_checked++;
        return;
    }
    fprintf(stderr, "%s = %g was not refused\n", what, value);
    CHECK(false);
}

/* A double at some place of the config: its lowest and highest value pass, what lies beyond and
 * NAN do not. */
static void bounds(const char *what, size_t at, double lo, double hi) {
    const double ok[] = {lo, hi};
    const double bad[] = {nextafter(lo, -INFINITY), nextafter(hi, INFINITY), NAN, -INFINITY};
    for (int i = 0; i < 6; i++) {
        struct aw_sim_config c = good;
        double value = i < 2 ? ok[i] : bad[i - 2];
        if (i == 3 && isinf(hi)) continue;
        memcpy((char *)&c + at, &value, sizeof value);
        if (i >= 2)
            refused(&c, what, value);
        else if (aw_sim_config_check(&c)) {
            fprintf(stderr, "%s = %g was refused: %s\n", what, value, aw_sim_config_check(&c)->key);
            CHECK(false);
        }
    }
}
#define BOUNDS(member, lo, hi) bounds(#member, offsetof(struct aw_sim_config, member), lo, hi)

static void doubles(void) {
    BOUNDS(seconds, 0.001, 1e7);
    BOUNDS(rate_hz, 0.01, 1e5);
    BOUNDS(room_m[0], 5, 200); /* 5: what is in the room must stay inside */
    BOUNDS(room_m[1], 4, 200);
    BOUNDS(room_m[2], 2, 200);
    BOUNDS(wall, 0, 0.99);
    BOUNDS(diffuse, 0, 1000);
    BOUNDS(diffuse_s, 0, 1e-5);
    BOUNDS(clutter_m2, 0, 100);
    BOUNDS(rcs_m2, 0, 100);
    BOUNDS(echo_db, -200, 40);
    BOUNDS(shadow, 0, 1);
    BOUNDS(impair.snr_db, -40, INFINITY);
    BOUNDS(impair.cfo_rad, 0, 3.14159265358979323846);
    BOUNDS(impair.cfo_hz, -1e6, 1e6);
    BOUNDS(impair.sto_s, 0, 1e-5);
    BOUNDS(impair.sfo, -1e-3, 1e-3);
    BOUNDS(impair.agc, 0, 1);
    BOUNDS(impair.agc_step_db, 0, 40);
    BOUNDS(impair.agc_step_hz, 0, 1000);
    BOUNDS(impair.level, 0, 32767);
    BOUNDS(impair.loss, 0, 0.99);
    BOUNDS(impair.loss_burst, 1, 1e6);
    BOUNDS(impair.duplicate, 0, 1);
    BOUNDS(impair.jitter, 0, 0.95);
    BOUNDS(impair.stamp_s, 0, 10);
    BOUNDS(impair.mixed, 0, 1);
    for (int axis = 0; axis < 3; axis++) {
        bounds("tx_m", offsetof(struct aw_sim_config, link[0].tx_m) + 8u * (unsigned)axis, 0,
               good.room_m[axis]);
        bounds("rx_m", offsetof(struct aw_sim_config, link[1].rx_m) + 8u * (unsigned)axis, 0,
               good.room_m[axis]);
    }
    BOUNDS(person[0].x_m, 0, 5);
    BOUNDS(person[0].y_m, 0, 4);
    BOUNDS(person[0].facing_rad, -10, 10);
    BOUNDS(person[0].chest_m, 0, 0.1);
    BOUNDS(person[0].chest_second, 0, 1);
    BOUNDS(person[0].inhale, 0.1, 0.9);
    BOUNDS(person[0].wander_bpm, 0, 20);
    BOUNDS(person[0].heart_m, 0, 0.01);
    BOUNDS(person[0].heart_bpm, 0, 300);
    BOUNDS(person[0].heart_wander_bpm, 0, 50);
    BOUNDS(person[0].sway_m, 0, 1);
    BOUNDS(person[0].breath[0].t_s, 0, 20);
    BOUNDS(person[0].breath[1].t_s, 10, 1e7);
    BOUNDS(person[0].breath[0].bpm, 0, 120);
    BOUNDS(person[0].breath[0].depth, 0, 10);
    BOUNDS(person[0].step[0].value, 0.05, 10); /* walk */
    BOUNDS(person[0].step[0].x_m, 0, 5);
    BOUNDS(person[0].step[0].y_m, 0, 4);
    BOUNDS(person[0].step[1].value, 0, 1e7); /* stay */
    BOUNDS(person[0].step[2].value, 0, 60);  /* lie */
    BOUNDS(person[0].step[2].z_m, 0, good.room_m[2]);
}

static void counts(void) {
    struct aw_sim_config c;
#define REFUSE(member, value)                                                                      \
    do {                                                                                           \
        c = good;                                                                                  \
        c.member = (value);                                                                        \
        refused(&c, #member, (double)(value));                                                     \
    } while (0)
    REFUSE(hw, AW_SIM_HW_COUNT);
    REFUSE(n_rx, 0);
    REFUSE(n_rx, 2); /* an ESP32 has one antenna */
    REFUSE(n_tx, 0);
    REFUSE(n_tx, 2);
    REFUSE(channel, 15);
    REFUSE(channel, 178);
    REFUSE(n_clutter, 1001);
    REFUSE(n_links, 0);
    REFUSE(n_links, AW_SIM_MAX_LINKS + 1);
    REFUSE(n_persons, AW_SIM_MAX_PERSONS + 1);
    REFUSE(person[0].n_steps, AW_SIM_MAX_STEPS + 1);
    REFUSE(person[0].n_breaths, AW_SIM_MAX_BREATHS + 1);
    REFUSE(person[0].step[0].act, AW_SIM_ACT_COUNT);
    CHECK_INT(aw_sim_config_scenario(&c, "no such", AW_SIM_ESP32, 1), AW_ERR_INVAL);
}

static void memory(void) {
    struct aw_arena a;
    struct aw_sim s;
    size_t size = 0;
    unsigned char *block = malloc(1 << 20);
    int err;
    for (;; size += 16) {
        aw_arena_init(&a, block, size);
        err = aw_sim_init(&s, &a, &good);
        if (err == AW_OK) break;
        CHECK_INT(err, AW_ERR_NOMEM);
        if (size >= 1 << 20) break;
    }
    CHECK_INT(err, AW_OK);
    CHECK(size > 1000 && a.used <= size);
    printf("2 links: %zu bytes\n", size);
    free(block);

    /* The largest there can be fits in what is promised. */
    struct aw_sim_config c = good;
    c.hw = AW_SIM_NEXMON80;
    c.n_rx = c.n_tx = 4;
    aw_sim_config_nodes(&c, AW_SIM_MAX_LINKS);
    c.n_persons = AW_SIM_MAX_PERSONS;
    for (int i = 1; i < AW_SIM_MAX_PERSONS; i++) c.person[i] = c.person[0];
    block = malloc(AW_SIM_ARENA_BYTES);
    aw_arena_init(&a, block, AW_SIM_ARENA_BYTES);
    CHECK_INT(aw_sim_init(&s, &a, &c), AW_OK);
    printf("the largest: %zu bytes\n", a.used);
    free(block);
}

/* A frame without room for its values is refused, and comes whole once there is room. */
static void small_frame(void) {
    struct room r = {.config = good};
    room_init(&r);
    r.frame.iq_cap = 63;
    CHECK_INT(aw_sim_next(&r.sim, &r.frame), AW_ERR_TOO_MANY);
    CHECK_INT(r.frame.n_sub, 0);
    r.frame.iq_cap = 64;
    CHECK_INT(aw_sim_next(&r.sim, &r.frame), 1);
    CHECK(r.frame.n_sub == 64 && r.frame.seq == 0);
    room_free(&r);
}

int main(void) {
    aw_sim_config_room(&good, AW_SIM_ESP32, 1);
    aw_sim_config_nodes(&good, 2);
    good.impair.loss = 0;
    good.n_persons = 1;
    struct aw_sim_person *p = &good.person[0];
    aw_sim_person_usual(p, 5, 4, 15); /* in the far corner: the room can not be smaller */
    p->n_breaths = 2;
    p->breath[0] = (struct aw_sim_breath){10, 12, 1};
    p->breath[1] = (struct aw_sim_breath){20, 12, 1};
    p->n_steps = 3;
    p->step[0] = (struct aw_sim_step){.act = AW_SIM_WALK, .value = 1, .x_m = 1, .y_m = 1};
    p->step[1] = (struct aw_sim_step){.act = AW_SIM_STAY, .value = 1};
    p->step[2] = (struct aw_sim_step){.act = AW_SIM_LIE, .value = 1, .z_m = 2};
    CHECK(aw_sim_config_check(&good) == NULL);
    doubles();
    counts();
    memory();
    small_frame();
    return test_end();
}
