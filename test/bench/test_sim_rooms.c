/* Loose forms of the figures of docs/accuracy.md, on a few rooms of which the full measurement uses
 * 150. */
#include "sim_doppler.h"
#include "sim_rooms.h"
#include "sim_speed.h"
#include "test.h"

enum { ROOMS = 6 };

static void breathing(void) {
    struct sim_radio radio = sim_radio_usual(20);
    struct sim_chest chest = {.chest_m = 0.005, .point = true, .echo_db = -16};
    int right = 0, wrong = 0;
    for (uint64_t seed = 1; seed <= ROOMS; seed++) {
        struct sim_breathing b;
        CHECK(sim_room_breathing(seed, &radio, &chest, &b));
        CHECK(b.seconds >= 30);
        right += fabs(b.candidate_bpm - b.truth_bpm) <= 1;
        wrong += (int)(b.published - b.published_right);
    }
    CHECK(right >= 5);
    CHECK_INT(wrong, 0);
}

static void empty(void) {
    struct sim_radio radio = sim_radio_usual(100);
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct sim_motion m;
        CHECK(sim_room_empty(seed, &radio, 40, &m));
        CHECK(m.decisions >= 30);
        CHECK_INT(m.above, 0);
        CHECK_INT(m.moving, 0);
        CHECK_INT(m.falls, 0);
    }
}

static void walker(void) {
    struct sim_radio radio = sim_radio_usual(100);
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct sim_motion m;
        CHECK(sim_room_walker(seed, &radio, 0, true, -20, &m));
        CHECK(m.decisions >= 30);
        CHECK(m.above * 100 >= m.decisions * 95);
        CHECK_INT(m.breathing, 0);
    }
}

static void doppler(void) {
    struct sim_radio radio = sim_radio_usual(200);
    static struct sim_doppler d;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        unsigned within = 0;
        CHECK(sim_room_doppler(seed, &radio, -20, &d));
        CHECK(d.n > 100);
        for (unsigned i = 0; i < d.n; i++) within += d.error_mps[i] <= 0.1;
        CHECK(d.n * 4 > d.walked * 3);
        CHECK(within * 10 > d.n * 9);
        CHECK(d.walked_within * 5 > d.walked * 4);
        CHECK(d.wrong_sign * 50 < d.n);
    }
}

/* Seeds of golden steps: 6 speeds from 0.7 to 1.9 m/s. */
static void speed(void) {
    struct sim_radio radio = sim_radio_usual(100), slow = sim_radio_usual(50);
    struct sim_speed s;
    unsigned walked = 0, n = 0, within = 0, stood = 0, stood_given = 0;
    for (uint64_t seed = 1; seed <= ROOMS; seed++) {
        CHECK(sim_room_speed(seed, &radio, 1, false, 0, &s));
        for (unsigned i = 0; i < s.n; i++) within += fabs(s.error_mps[i]) <= 0.2;
        walked += s.walked;
        n += s.n;
        stood += s.stood;
        stood_given += s.stood_given;
    }
    CHECK(walked > 60 && stood > 60);
    CHECK(n * 10 > walked * 7);
    CHECK(within * 2 > n);
    CHECK(stood_given * 50 <= stood);
    CHECK(sim_room_speed(1, &slow, 1, false, 0, &s));
    CHECK(s.walked > 5);
    CHECK_INT(s.n, 0);
}

int main(void) {
    speed();
    doppler();
    breathing();
    empty();
    walker();
    return test_end();
}
