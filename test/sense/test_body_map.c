#include "noise.h"
#include "sense/body_map.h"
#include "test.h"

enum { W = 13, H = 9, N = W * H, C = AW_BODY_CLASSES };
static float coarse[2][N], fine[C][N], u[C][N], v[C][N];
static unsigned char memory[4 * N + 64];
static struct aw_body_map map;
static const struct aw_body_head head = {coarse[0], fine[0], u[0], v[0], W, H};

static void start(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_body_map_init(&map, &arena, N), AW_OK);
}

static void draw(uint64_t seed, double scale) {
    for (uint64_t i = 0; i < N; i++) {
        for (uint64_t c = 0; c < 2; c++)
            coarse[c][i] = (float)(scale * noise_gauss(seed, 2 * i + c));
        for (uint64_t c = 0; c < C; c++) {
            fine[c][i] = (float)(scale * noise_gauss(seed + 1, C * i + c));
            u[c][i] = (float)(1.6 * noise_uniform(seed + 2, C * i + c) - 0.3);
            v[c][i] = (float)(1.6 * noise_uniform(seed + 3, C * i + c) - 0.3);
        }
    }
}

static int byte_of(double x) {
    return x <= 0 ? 0 : x >= 1 ? 255 : (int)(255 * x + 0.5);
}

/* By the words of body_map.h, in double, pixel by pixel. */
static void definition(void) {
    double sum[C] = {0};
    uint32_t pixels[C] = {0};
    for (int i = 0; i < N; i++) {
        int part = 0;
        for (int c = 1; c < C; c++)
            if (fine[c][i] > fine[part][i]) part = c;
        double e0 = exp(coarse[0][i]), e1 = exp(coarse[1][i]), all = 0;
        if (e1 <= e0) part = 0;
        for (int c = 0; c < C; c++) all += exp(fine[c][i]);
        sum[part] += e1 / (e0 + e1) * exp(fine[part][i]) / all;
        pixels[part]++;
        CHECK_INT(map.part[i], part);
        CHECK_INT(map.u[i], part ? byte_of(u[part][i]) : 0);
        CHECK_INT(map.v[i], part ? byte_of(v[part][i]) : 0);
    }
    for (int c = 0; c < C; c++) {
        CHECK_INT(map.pixels[c], pixels[c]);
        CHECK_NEAR(map.confidence[c], c && pixels[c] ? sum[c] / pixels[c] : 0, 1e-5);
    }
}

static void random_heads(void) {
    static const double scales[] = {0.01, 1, 5, 30};
    for (uint64_t seed = 0; seed < 200; seed++) {
        draw(10 * seed, scales[seed % 4]);
        CHECK_INT(aw_body_map_run(&map, &head), AW_OK);
        CHECK_INT(map.w, W);
        CHECK_INT(map.h, H);
        definition();
    }
}

/* Of equal logits the lower number, and rather background; huge logits stay finite. */
static void ends(void) {
    memset(coarse, 0, sizeof coarse);
    memset(fine, 0, sizeof fine);
    for (int i = 0; i < N; i++) fine[4][i] = 1;
    CHECK_INT(aw_body_map_run(&map, &head), AW_OK);
    CHECK_INT(map.pixels[0], N);
    memset(fine, 0, sizeof fine);
    for (int i = 0; i < N; i++) coarse[1][i] = 1;
    CHECK_INT(aw_body_map_run(&map, &head), AW_OK);
    CHECK_INT(map.pixels[0], N);
    for (int i = 0; i < N; i++) {
        coarse[1][i] = 3e38F;
        fine[7][i] = fine[9][i] = 3e38F;
        fine[3][i] = -3e38F;
        u[7][i] = 3e38F;
        v[7][i] = -3e38F;
    }
    CHECK_INT(aw_body_map_run(&map, &head), AW_OK);
    CHECK_INT(map.pixels[7], N);
    CHECK_INT(map.u[5], 255);
    CHECK_INT(map.v[5], 0);
    CHECK_NEAR(map.confidence[7], 0.5, 1e-6);
}

static void refusals(void) {
    float *tensors[] = {coarse[0], fine[0], u[0], v[0]};
    const size_t sizes[] = {2 * N, C * N, C * N, C * N};
    draw(5, 1);
    for (int t = 0; t < 4; t++)
        for (size_t at = 0; at < sizes[t]; at += sizes[t] - 1)
            for (int k = 0; k < 2; k++) {
                float good = tensors[t][at];
                tensors[t][at] = k ? INFINITY : NAN;
                CHECK_INT(aw_body_map_run(&map, &head), AW_ERR_RANGE);
                CHECK_INT(map.w, 0);
                tensors[t][at] = good;
                CHECK_INT(aw_body_map_run(&map, &head), AW_OK);
            }
    struct aw_body_head odd = head;
    odd.w = 0;
    CHECK_INT(aw_body_map_run(&map, &odd), AW_ERR_INVAL);
    odd.w = AW_BODY_SIDE + 1;
    CHECK_INT(aw_body_map_run(&map, &odd), AW_ERR_INVAL);
    odd.w = W + 1;
    CHECK_INT(aw_body_map_run(&map, &odd), AW_ERR_TOO_MANY);
    struct aw_arena arena;
    for (size_t bytes = 0; bytes < 3 * N; bytes++) {
        aw_arena_init(&arena, memory, bytes);
        CHECK_INT(aw_body_map_init(&map, &arena, N), AW_ERR_NOMEM);
    }
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_body_map_init(&map, &arena, 0), AW_ERR_INVAL);
    CHECK_INT(aw_body_map_init(&map, &arena, AW_BODY_SIDE * AW_BODY_SIDE + 1), AW_ERR_INVAL);
}

static void names(void) {
    CHECK_STR(aw_body_part_key(0), "background");
    CHECK_STR(aw_body_part_key(1), "torso-back");
    CHECK_STR(aw_body_part_key(24), "left-head");
    CHECK_STR(aw_body_part_key(25), "unknown");
}

int main(void) {
    start();
    random_heads();
    ends();
    refusals();
    names();
    return test_end();
}
