/* Articulated figures: bones keep their length, nothing jumps, feet are on the floor, the same seed
 * is the same person; their surface has the right parts on the right side, and a camera sees them
 * where they are. */
#include "room.h"
#include "sim/surface.h"
#include "sim/units.h"
#include "sim/vec.h"

enum { NOSE, EYE_L, EYE_R, EAR_L, EAR_R, SHO_L, SHO_R, ELB_L, ELB_R, WRI_L, WRI_R, HIP_L, HIP_R };
enum { KNE_L = 13, KNE_R, ANK_L, ANK_R };

static const int bone[][2] = {{SHO_L, ELB_L}, {ELB_L, WRI_L}, {SHO_R, ELB_R}, {ELB_R, WRI_R},
                              {HIP_L, KNE_L}, {KNE_L, ANK_L}, {HIP_R, KNE_R}, {KNE_R, ANK_R},
                              {SHO_L, SHO_R}, {HIP_L, HIP_R}, {NOSE, EYE_L},  {EYE_L, EAR_L},
                              {EAR_L, EAR_R}};
enum { BONES = sizeof bone / sizeof *bone };

static void home(struct aw_sim_config *c, struct aw_sim_body *b, uint64_t seed) {
    aw_sim_config_home(c, AW_SIM_INTEL5300, seed, 30);
    CHECK(!aw_sim_config_check(c));
    aw_sim_body_init(b, &c->person[0], false, seed, 0);
}

static void bones_and_speeds(void) {
    struct aw_sim_config c;
    struct aw_sim_body b;
    double fastest = 0, lowest = 9, worst = 0;
    int present = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct aw_sim_skeleton s, last;
        double length[BONES];
        const double dt = 0.005;
        home(&c, &b, seed);
        bool had = false;
        for (double t = 0; t < 30; t += dt) {
            if (!aw_sim_body_skeleton(&b, t, &s, NULL, NULL)) {
                CHECK(t < AW_SIM_HOME_EMPTY_S + AW_SIM_HOME_LATER_S);
                continue;
            }
            present++;
            for (int i = 0; i < BONES; i++) {
                double d = aw_vec_gap(s.joint_m[bone[i][0]], s.joint_m[bone[i][1]]);
                if (!had) length[i] = d;
                worst = fmax(worst, fabs(d - length[i]));
            }
            for (int i = 0; i < AW_SIM_JOINTS; i++) {
                if (had) fastest = fmax(fastest, aw_vec_gap(s.joint_m[i], last.joint_m[i]) / dt);
                lowest = fmin(lowest, s.joint_m[i][2]);
            }
            last = s;
            had = true;
        }
    }
    CHECK(present > 100 * 26 * 200);
    CHECK(worst < 1e-9);
    CHECK(fastest > 2 && fastest < 9); /* a hand while its owner turns around or falls */
    CHECK(lowest > -0.05);
    printf("joints move up to %.1f m/s, the lowest is at %.2f m\n", fastest, lowest);
}

/* Standing still: upright, facing where the plan says, left on the left. */
static void standing(void) {
    struct aw_sim_person p;
    struct aw_sim_body b;
    struct aw_sim_skeleton s;
    double tall[2] = {0};
    for (uint64_t seed = 0; seed < 20; seed++) {
        aw_sim_person_usual(&p, 2, 3, 15);
        p.facing_rad = 0;
        aw_sim_body_init(&b, &p, false, seed, 0);
        CHECK(aw_sim_body_skeleton(&b, 1, &s, NULL, NULL));
        double h = b.figure.height_m, shoulder = (s.joint_m[SHO_L][2] + s.joint_m[SHO_R][2]) / 2;
        CHECK_NEAR(shoulder, 0.82 * h, 0.06 * h);
        CHECK_NEAR(s.joint_m[NOSE][2], 0.92 * h, 0.06 * h);
        CHECK_NEAR(s.joint_m[ANK_L][2], 0.04 * h, 0.03 * h);
        double across[3];
        aw_vec_add(across, s.joint_m[SHO_L], -1, s.joint_m[SHO_R]);
        CHECK(across[1] > 0); /* turned by 1.2 rad at most */
        CHECK(s.joint_m[NOSE][0] > (s.joint_m[EAR_L][0] + s.joint_m[EAR_R][0]) / 2 - 0.1);
        tall[h > 1.72] += 1;
    }
    CHECK(tall[0] > 3 && tall[1] > 3);
}

static void same_seed_same_person(void) {
    struct aw_sim_config c, d;
    struct aw_sim_body a, b;
    struct aw_sim_skeleton s, t;
    home(&c, &a, 7);
    home(&d, &b, 7);
    CHECK(aw_sim_body_skeleton(&a, 20, &t, NULL, NULL)); /* another time in between */
    CHECK(aw_sim_body_skeleton(&a, 9.5, &s, NULL, NULL));
    CHECK(aw_sim_body_skeleton(&b, 9.5, &t, NULL, NULL));
    CHECK(memcmp(&s, &t, sizeof s) == 0);
    home(&d, &b, 8);
    CHECK(aw_sim_body_skeleton(&b, 9.5, &t, NULL, NULL));
    CHECK(memcmp(&s, &t, sizeof s) != 0);
}

/* Normals point outwards, shares sum to about what one sees, the front of the trunk breathes. */
static void patches(void) {
    struct aw_sim_config c;
    struct aw_sim_body b;
    struct aw_sim_skeleton s;
    struct aw_sim_patch p[AW_SIM_PATCHES], q[AW_SIM_PATCHES];
    home(&c, &b, 3);
    CHECK(aw_sim_body_skeleton(&b, 10, &s, NULL, NULL));
    aw_sim_surface_patches(&s, 0, p);
    aw_sim_surface_patches(&s, 0.01, q);
    double seen = 0;
    int moved = 0;
    for (int i = 0; i < AW_SIM_PATCHES; i++) {
        CHECK_NEAR(aw_vec_dot(p[i].normal, p[i].normal), 1, 1e-9);
        CHECK(p[i].power > 0 && p[i].back >= 0 && p[i].back < 1);
        double d = aw_vec_gap(p[i].at_m, q[i].at_m);
        if (d > 0) {
            CHECK_NEAR(d, 0.01, 1e-9);
            CHECK(aw_vec_dot(p[i].normal, s.limb[AW_SIM_TRUNK].front) > 0.99);
            moved++;
        }
        if (aw_vec_dot(p[i].normal, s.limb[AW_SIM_TRUNK].front) > 0) seen += p[i].power;
    }
    CHECK_INT(moved, 4);
    CHECK(seen > 0.6 && seen < 1.5);
}

/* From ahead a camera sees fronts, left to its right; from behind backs. */
static void seen_by_a_camera(void) {
    enum { N = 64 };
    static uint8_t part[N * N], u[N * N], v[N * N];
    struct aw_sim_person p;
    struct aw_sim_body b;
    struct aw_sim_skeleton s;
    aw_sim_person_usual(&p, 2, 2, 15);
    p.facing_rad = 0;
    for (int behind = 0; behind < 2; behind++)
        for (uint64_t seed = 0; seed < 8; seed++) {
            aw_sim_body_init(&b, &p, false, seed, 0);
            struct aw_sim_pose pose;
            aw_sim_plan_at(&b.plan, 0, &pose);
            aw_sim_body_skeleton(&b, 0, &s, &pose, NULL);
            struct aw_sim_camera cam = {.size_m = 2.2, .n = N};
            const double *up = s.limb[AW_SIM_TRUNK].front;
            double look[3] = {behind ? up[0] : -up[0], behind ? up[1] : -up[1], 0};
            aw_vec_unit(look);
            memcpy(cam.look, look, sizeof look);
            aw_vec_set(cam.right, look[1], -look[0], 0);
            aw_vec_add(cam.corner_m, (double[3]){2, 2, 2.1}, -1.1, cam.right);
            aw_sim_surface_see(&s, &cam, part, u, v);
            int count[AW_SIM_PARTS] = {0};
            double left = 0, right = 0;
            for (int i = 0; i < N * N; i++) {
                CHECK(part[i] < AW_SIM_PARTS);
                count[part[i]]++;
                if (part[i] == (behind ? 12 : 14)) left += i % N;
                if (part[i] == (behind ? 11 : 13)) right += i % N;
            }
            int front = count[2], back = count[1];
            left /= count[behind ? 12 : 14];
            right /= count[behind ? 11 : 13];
            CHECK(behind ? back > 100 && front < back / 4 : front > 100 && back < front / 4);
            CHECK(count[0] > N * N / 2);
            CHECK(behind ? left < right : left > right);
            for (int i = 0; i < N * N; i++) /* chest above belly: U is 0 at the shoulders */
                if (part[i] == 2 && i + N < N * N && part[i + N] == 2) CHECK(u[i] <= u[i + N] + 8);
        }
}

int main(void) {
    bones_and_speeds();
    standing();
    same_seed_same_person();
    patches();
    seen_by_a_camera();
    return test_end();
}
