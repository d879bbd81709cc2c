/* What the tests of src/dsp share: SNR against a definition in double, and arenas of every size. */
#ifndef AW_DSP_TEST_H
#define AW_DSP_TEST_H

#include "base/arena.h"
#include "noise.h"
#include "test.h"

static const double PI = 3.14159265358979323846;

static _Alignas(16) unsigned char arena_memory[1 << 22];

static inline void arena_fresh(struct aw_arena *a) {
    aw_arena_init(a, arena_memory, sizeof arena_memory);
}

/* 10 log10 of the energy of `want` over that of the error; 400 when equal, negative when NaN. */
static inline double snr_db(const float *got, const double *want, size_t n) {
    double signal = 0, error = 0;
    for (size_t i = 0; i < n; i++) {
        double e = (double)got[i] - want[i];
        signal += want[i] * want[i];
        error += e * e;
    }
    if (!(error >= 0)) return -1;
    return error > 0 ? 10 * log10(signal / error) : 400;
}

/* Checks, and prints so that margins can be seen. */
#define CHECK_SNR(got, want, n, least_db)                                                          \
    do {                                                                                           \
        double snr_ = snr_db(got, want, n);                                                        \
        printf("snr %s: %.1f dB (gate %.0f)\n", #got, snr_, (double)(least_db));                   \
        CHECK(snr_ >= (least_db));                                                                 \
    } while (0)

/* `call` uses the arena &a: NOMEM with any less memory than it needs, success with exactly that. */
#define CHECK_ARENA(call)                                                                          \
    do {                                                                                           \
        struct aw_arena a;                                                                         \
        aw_arena_init(&a, NULL, 0);                                                                \
        CHECK_INT(call, AW_ERR_NOMEM);                                                             \
        size_t need_ = a.used, wrong_ = 0;                                                         \
        for (size_t size_ = 0; size_ < need_; size_++) {                                           \
            aw_arena_init(&a, arena_memory, size_);                                                \
            wrong_ += (call) != AW_ERR_NOMEM;                                                      \
        }                                                                                          \
        CHECK_INT(wrong_, 0);                                                                      \
        aw_arena_init(&a, arena_memory, need_);                                                    \
        CHECK_INT(call, AW_OK);                                                                    \
    } while (0)

/* `call` uses the arena &a and is refused. */
#define CHECK_REFUSED(call)                                                                        \
    do {                                                                                           \
        struct aw_arena a;                                                                         \
        arena_fresh(&a);                                                                           \
        CHECK_INT(call, AW_ERR_INVAL);                                                             \
    } while (0)

#endif
