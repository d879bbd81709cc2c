/* A test is a program: it runs checks, prints each failure with its place, and returns 1 if any
 * failed. A check that needs recordings which are not there says so and is not counted as passed.
 */
#ifndef AW_TEST_H
#define AW_TEST_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int test_failed, test_checked, test_skipped;

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        test_checked++;                                                                            \
        if (!(cond)) {                                                                             \
            test_failed++;                                                                         \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #cond);                     \
        }                                                                                          \
    } while (0)

#define CHECK_INT(got, want)                                                                       \
    do {                                                                                           \
        long long got_ = (long long)(got), want_ = (long long)(want);                              \
        test_checked++;                                                                            \
        if (got_ != want_) {                                                                       \
            test_failed++;                                                                         \
            fprintf(stderr, "%s:%d: %s is %lld, want %lld\n", __FILE__, __LINE__, #got, got_,      \
                    want_);                                                                        \
        }                                                                                          \
    } while (0)

/* |got - want| <= tol; NAN never passes. */
#define CHECK_NEAR(got, want, tol)                                                                 \
    do {                                                                                           \
        double got_ = (double)(got), want_ = (double)(want);                                       \
        test_checked++;                                                                            \
        if (!(fabs(got_ - want_) <= (double)(tol))) {                                              \
            test_failed++;                                                                         \
            fprintf(stderr, "%s:%d: %s is %.9g, want %.9g +- %.3g\n", __FILE__, __LINE__, #got,    \
                    got_, want_, (double)(tol));                                                   \
        }                                                                                          \
    } while (0)

#define CHECK_STR(got, want)                                                                       \
    do {                                                                                           \
        const char *got_ = (got), *want_ = (want);                                                 \
        test_checked++;                                                                            \
        if (!got_ || strcmp(got_, want_) != 0) {                                                   \
            test_failed++;                                                                         \
            fprintf(stderr, "%s:%d: %s is \"%s\", want \"%s\"\n", __FILE__, __LINE__, #got,        \
                    got_ ? got_ : "(null)", want_);                                                \
        }                                                                                          \
    } while (0)

#define SKIP(what)                                                                                 \
    do {                                                                                           \
        test_skipped++;                                                                            \
        fprintf(stderr, "SKIPPED: %s\n", what);                                                    \
    } while (0)

/* The folder of recordings: $AIRWAKE_DATA or ../shared/data beside the sources; NULL when neither
 * is there. */
static inline const char *test_data_dir(void) {
    static char dir[4096];
    const char *env = getenv("AIRWAKE_DATA");
    snprintf(dir, sizeof dir, "%s", env ? env : AW_SOURCE_DIR "/../shared/data");
    char probe[4200];
    snprintf(probe, sizeof probe, "%s/README.md", dir);
    FILE *f = fopen(probe, "r");
    if (!f) return NULL;
    fclose(f);
    return dir;
}

/* Ends main(): 0 all passed, 77 (ctest: skipped) when nothing could be checked, 1 otherwise. */
static inline int test_end(void) {
    printf("%d checks, %d failed, %d skipped\n", test_checked, test_failed, test_skipped);
    if (test_failed) return 1;
    return test_checked ? 0 : 77;
}

#endif
