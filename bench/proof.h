#ifndef AW_BENCH_PROOF_H
#define AW_BENCH_PROOF_H

#include "server/capture.h"
#include "sim/sim.h"

/* The deterministic proof: pinned inputs through the pipeline, a few figures of each compared with
 * pinned values, and mutants of the inputs which must miss them.
 *
 *     case --> source --(mutant)--> session --> figures --> compared with proof/expected.txt
 */

/* Figures of one run. Per figure: key, decimals, tolerance, relative or absolute, whether the
 * target is the truth (0) and not what came out, and why that tolerance. */
#define PROOF_FIGURES(X)                                                                           \
    X(FRAMES, "frames", 0, 0, ABS, PINNED, "a count")                                              \
    X(REFUSED, "refused", 0, 0, ABS, PINNED, "a count")                                            \
    X(LINKS, "links", 0, 0, ABS, PINNED, "a count")                                                \
    X(SECONDS, "seconds", 0, 0, ABS, PINNED, "a count")                                            \
    X(LIVE, "live_subcarriers", 0, 0, ABS, PINNED, "a count")                                      \
    X(RATE, "rate_hz", 3, 0.002, REL, PINNED, "time stamps are integers; far below any defect")    \
    X(LEVEL, "level_db", 3, 0.02, ABS, PINNED, "rounding is below 1e-4 dB")                        \
    X(SLOPE, "slope_rad", 5, 5e-4, ABS, PINNED, "rounding is below 1e-6; the sign is the sense")   \
    X(MOTION, "motion_median", 4, 0.005, ABS, PINNED, "a tenth of the margin of its threshold")    \
    X(MOTION_MAX, "motion_max", 4, 0.01, ABS, PINNED, "one second, not a median: twice that")      \
    X(MOVING, "moving_share", 4, 0.02, ABS, PINNED, "one decision of 60 may sit on the threshold") \
    X(STILL, "still_share", 4, 0.05, ABS, PINNED, "follows breathing, see there")                  \
    X(EMPTY, "empty_share", 4, 0.05, ABS, PINNED, "follows breathing, see there")                  \
    X(MISSED, "missed_share", 4, 0.05, ABS, TRUTH, "of seconds in motion, at most 1 of 20 unseen") \
    X(FALSE, "false_share", 4, 0.02, ABS, TRUTH, "of seconds without motion, 1 of 50 false")       \
    X(BREATHING_SHARE, "breathing_share", 4, 0.05, ABS, PINNED,                                    \
      "near the limit of its confidence")                                                          \
    X(BREATHING, "breathing_bpm", 2, 0.1, ABS, PINNED, "well below 1 bpm, what is claimed")        \
    X(BREATHING_ERROR, "breathing_error_bpm", 2, 0.5, ABS, TRUTH, "median; what is asked for")     \
    X(HEART_SHARE, "heart_share", 4, 0.05, ABS, PINNED, "near the limit of its confidence")        \
    X(HEART, "heart_bpm", 1, 0.5, ABS, PINNED, "well below 3 bpm, what is claimed")                \
    X(HEART_ERROR, "heart_error_bpm", 1, 3, ABS, TRUTH, "median; what is asked for")               \
    X(FALLS, "falls", 0, 0, ABS, PINNED, "a count")                                                \
    X(ROOM_SECONDS, "room_seconds", 0, 0, ABS, PINNED, "a count")                                  \
    X(ROOM_MOVING, "room_moving_share", 4, 0.02, ABS, PINNED, "like moving_share")                 \
    X(ROOM_STILL, "room_still_share", 4, 0.05, ABS, PINNED, "like still_share")

enum proof_figure {
#define PROOF_ENUM(name, key, decimals, tolerance, how, target, why) PROOF_##name,
    PROOF_FIGURES(PROOF_ENUM)
#undef PROOF_ENUM
        PROOF_FIGURE_COUNT
};

struct proof_figure_info {
    const char *key;
    int decimals;
    double tolerance;
    bool relative; /* to the pinned value */
    bool truth;    /* target 0 for simulated cases, whatever comes out */
    const char *why;
};
extern const struct proof_figure_info proof_figures[PROOF_FIGURE_COUNT];

/* NAN: this case has no such figure (nothing was published, no truth). */
struct proof_result {
    double value[PROOF_FIGURE_COUNT];
};

/* ---- inputs (proof_source.c) ---- */

enum proof_label { PROOF_UNLABELLED, PROOF_AT_REST, PROOF_IN_MOTION };

struct proof_case {
    const char *key; /* "sim/walk", "rec/rooms-walk" */
    const char *title;

    const char *scenario; /* simulated: of sim/scenario.h */
    enum aw_sim_hw hw;
    uint32_t n_rx, n_nodes; /* 0: one */
    double seconds, rate_hz;
    bool datagrams; /* written as a node's datagrams and read back */

    const char *file; /* recorded: below the folder of recordings */
    enum proof_label label;
    double breathing_bpm; /* paced; 0 unknown */
};

extern const struct proof_case proof_cases[];
extern const size_t proof_case_count;

struct proof_source {
    const struct proof_case *of;
    bool recorded;
    struct aw_capture capture;
    void *memory;
    struct aw_sim_config *config;
    struct aw_sim sim;
    struct aw_frame frame, as_read; /* as_read: of the datagram */
    struct aw_reader_state state;
    uint8_t *datagram;
    float *iq;
    uint64_t refused;
};

/* Errors: IO, the recording is not there; UNKNOWN_FORMAT and others of aw_capture_open. why gets a
 * sentence. */
AW_MUST_USE int proof_source_open(struct proof_source *s, const struct proof_case *c,
                                  const char *data_dir, struct aw_why *why);
void proof_source_close(struct proof_source *s);

/* The next frame, which may be changed; NULL at the end. */
struct aw_frame *proof_source_next(struct proof_source *s);

/* ---- mutants (proof_mutant.c) ---- */

enum { PROOF_TARGETS = 8 };

struct proof_target {
    const char *of; /* case key */
    enum proof_figure figure;
};

struct proof_mutant_state {
    int64_t first_ns;
    uint64_t n;      /* frames so far */
    float *kept;     /* [2 AW_MAX_CSI] values of an earlier frame */
    uint32_t kept_n; /* complex values in it; 0 none */
};

struct proof_mutant {
    const char *key, *title;
    /* Changes f; returns how often it is delivered: 0, 1 or 2. */
    int (*run)(struct proof_mutant_state *s, struct aw_frame *f, double seconds);
    struct proof_target fails[PROOF_TARGETS]; /* must miss; until of == NULL */
    struct proof_target holds[PROOF_TARGETS]; /* must not: the pipeline is indifferent to it */
};

extern const struct proof_mutant proof_mutants[];
extern const size_t proof_mutant_count;

/* ---- figures (proof_run.c) ---- */

/* The whole case through a fresh session. mutant may be NULL. Errors: of proof_source_open; NOMEM.
 */
AW_MUST_USE int proof_run(const struct proof_case *c, const char *data_dir,
                          const struct proof_mutant *mutant, struct proof_result *out,
                          struct aw_why *why);

/* ---- pinned values (proof_pins.c) ---- */

struct proof_pin {
    bool known;
    double value; /* NAN: null */
    double tolerance;
};

struct proof_pins {
    struct proof_pin (*pin)[PROOF_FIGURE_COUNT]; /* [proof_case_count] */
};

/* Lines "case/figure value tolerance # why". A figure or case not known is an error with a sentence
 * in why. Errors: IO, NOMEM, TEXT. */
AW_MUST_USE int proof_pins_read(struct proof_pins *p, const char *path, struct aw_why *why);
void proof_pins_free(struct proof_pins *p);
AW_MUST_USE int proof_pins_write(const struct proof_pins *p, const char *path, struct aw_why *why);

/* Sets the pins of a case from its result: truths as 0, figures in `absent` not at all. */
void proof_pins_set(struct proof_pins *p, size_t c, const struct proof_result *r,
                    const bool absent[PROOF_FIGURE_COUNT]);

/* Is the value within the tolerance? */
bool proof_pin_holds(const struct proof_pin *pin, enum proof_figure figure, double value);

#endif
