#ifndef AW_SIM_CONFIG_H
#define AW_SIM_CONFIG_H

#include "airwake.h"

/* What is simulated: a rectangular room with one corner at the origin, x and y on the floor and z
 * up, links across it, people who act by a script, and hardware with its defects. Lengths in
 * metres. Scenarios (sim/scenario.h) fill it in. */

enum {
    AW_SIM_MAX_LINKS = 32,
    AW_SIM_MAX_PERSONS = 4,
    AW_SIM_MAX_STEPS = 24,
    AW_SIM_MAX_BREATHS = 24,
};

enum aw_sim_hw {
    AW_SIM_ESP32,     /* HT20, 64 bins, int8, 1x1, 2.4 GHz; mixed with 128-value frames */
    AW_SIM_INTEL5300, /* 30 of 56 subcarriers, int8, up to 3x3, 5 GHz */
    AW_SIM_NEXMON20,  /* 64, 128, 256 bins, 12-bit, up to 4x4, 5 GHz */
    AW_SIM_NEXMON40,
    AW_SIM_NEXMON80,
    AW_SIM_GENERIC, /* 56 subcarriers, float, up to 4x4, 2.4 GHz */
    AW_SIM_HW_COUNT
};

/* What a person does next. */
enum aw_sim_act {
    AW_SIM_OUT,   /* is not in the room for value seconds */
    AW_SIM_WALK,  /* walks to (x_m, y_m) at value m/s */
    AW_SIM_STAY,  /* keeps posture and place for value seconds */
    AW_SIM_SIT,   /* changes posture within value seconds */
    AW_SIM_STAND, /* likewise */
    AW_SIM_LIE,   /* likewise, onto a surface at z_m */
    AW_SIM_FALL,  /* from any posture to the floor within value seconds, accelerating evenly */
    AW_SIM_ACT_COUNT
};

struct aw_sim_step {
    enum aw_sim_act act;
    double value;
    double x_m, y_m, z_m;
};

/* Breathing at a time; rate and depth run linearly from one entry to the next. */
struct aw_sim_breath {
    double t_s;
    double bpm;
    double depth; /* times chest_m; 0 is an apnoea */
};

struct aw_sim_person {
    double x_m, y_m;     /* where the script begins */
    double facing_rad;   /* where the chest points when sitting or lying; 0 is +x, pi/2 is +y */
    double chest_m;      /* breathing amplitude: half of peak to peak */
    double chest_second; /* second harmonic relative to the first */
    double inhale;       /* part of a breath that is inhaling; 0.5 symmetric */
    double wander_bpm;   /* slow random variation of the breathing rate, peak */
    double heart_m;      /* amplitude of the chest by the heart: half of peak to peak */
    double heart_bpm;
    double heart_wander_bpm; /* slow random variation of the heart rate, peak */
    double sway_m;           /* slow random sway of the whole body, rms per axis */

    uint32_t n_breaths; /* 0: does not breathe */
    struct aw_sim_breath breath[AW_SIM_MAX_BREATHS];
    uint32_t n_steps; /* after the last one: stays as it is; 0: stands at (x_m, y_m) */
    struct aw_sim_step step[AW_SIM_MAX_STEPS];
};

struct aw_sim_link {
    double tx_m[3], rx_m[3]; /* centres of the antenna rows */
    uint64_t node, tx;       /* identities as in struct aw_frame */
};

/* Applied in this order: timing, noise, phase and slope, gain, quantisation. */
struct aw_sim_impair {
    double snr_db;      /* static channel to thermal noise, mean over subcarriers; INFINITY none */
    double cfo_rad;     /* phase of each packet: uniform in +- this; pi is a free oscillator */
    double cfo_hz;      /* and turning at this frequency */
    double sto_s;       /* sampling time offset of each packet: normal, rms */
    double sfo;         /* its drift, s/s, wrapped into one sample */
    double agc;         /* gain of each packet: 1 + agc * normal */
    double agc_step_db; /* gain steps of this size up or down, */
    double agc_step_hz; /* at random times, this many per second */
    double level;       /* root mean square value in quantisation steps; 0: usual for the hardware*/
    bool quantise;      /* to the hardware's integers, saturating */
    double loss;        /* fraction of frames lost, */
    double loss_burst;  /* in runs of this mean length; 1: independently */
    double duplicate;   /* fraction of frames delivered twice */
    double jitter;      /* sending time: uniform in +- jitter / 2 frame periods */
    double stamp_s;     /* delay of the time stamp: uniform in 0..this */
    double mixed;       /* fraction of 128-value frames (AW_SIM_ESP32) */
};

struct aw_sim_config {
    uint64_t seed;
    int64_t start_ns; /* time of the first second */
    double seconds;
    double rate_hz; /* frames per second and link */

    enum aw_sim_hw hw;
    uint32_t n_rx, n_tx;
    uint32_t channel; /* primary 802.11 channel; 0: usual for the hardware */

    double room_m[3];
    double wall;       /* amplitude reflected by walls, floor and ceiling, phase turned */
    double diffuse;    /* power of paths from beyond the room, relative to the line of sight */
    double diffuse_s;  /* their mean delay behind it */
    double clutter_m2; /* mean radar cross section of each piece of furniture */
    uint32_t n_clutter;
    uint32_t n_links;
    struct aw_sim_link link[AW_SIM_MAX_LINKS];

    double rcs_m2;   /* radar cross section of a whole body */
    bool echo_fixed; /* the body's direct echo has this power instead, wherever the body is: */
    double echo_db;  /* relative to the static channel */
    bool echo_walls; /* also echoes of the body by way of one wall */
    bool echo_point; /* the body is a single point, its chest */
    bool figure;     /* people are articulated (sim/figure.h) and have a surface (sim/surface.h) */
    double shadow;   /* amplitude a body takes from the line of sight it stands in */

    uint32_t n_persons;
    struct aw_sim_person person[AW_SIM_MAX_PERSONS];
    struct aw_sim_impair impair;
};

/* A value that must lie in lo..hi. */
struct aw_sim_limit {
    const char *key;
    double lo, hi;
};

/* The first value outside its range (NAN always is), or NULL when all are inside. */
const struct aw_sim_limit *aw_sim_config_check(const struct aw_sim_config *c);

#endif
