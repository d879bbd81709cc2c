#ifndef AW_SIM_SIM_H
#define AW_SIM_SIM_H

#include "base/arena.h"
#include "sim/body.h"
#include "sim/channel.h"
#include "sim/config.h"
#include "sim/hardware.h"
#include "sim/impair.h"
#include "sim/scatter.h"

/* A simulated room: frames of all its links in the order of time, as the readers of the real
 * hardware would give them, and the truth about the people at any time.
 *
 *     config --> bodies(t) --> channel of each link --> receiver --> frame
 *                   '--> truth
 *
 * The same config gives the same frames. */

struct aw_sim_link_state {
    struct aw_sim_channel channel;
    struct aw_sim_scatter scatter; /* of figures */
    struct aw_sim_receiver receiver;
    double rssi_dbm; /* of the static channel */
    uint64_t next;   /* frame number, also of lost frames */
    double next_s, last_s;
    uint32_t lost; /* before the next */
    bool in_burst;
    bool repeat; /* the frame before is delivered once more */
    struct aw_sim_packet packet;
};

struct aw_sim_layout {
    int16_t k[AW_SIM_MAX_VALUES];
    uint8_t kind[AW_SIM_MAX_VALUES];
    uint16_t n;
};

struct aw_sim {
    struct aw_sim_config *config; /* own copy */
    struct aw_sim_link_state *link;
    struct aw_sim_body *body;
    struct aw_sim_layout *layout; /* [2]: usual and mixed */
    double *h;                    /* work space of one frame */
    double centre_hz;
    uint16_t channel;
    int64_t last_ns;
};

/* Errors: INVAL (aw_sim_config_check says what), NOMEM. A dry run over an arena without memory
 * leaves in its `used` what one try needs at least; AW_SIM_ARENA_BYTES is always enough. */
AW_MUST_USE int aw_sim_init(struct aw_sim *s, struct aw_arena *a, const struct aw_sim_config *c);

/* Enough for 32 links of 4x4x256 values. */
enum { AW_SIM_ARENA_BYTES = 8 << 20 };

/* Returns 1: out is the next frame (k and kind point into s), 0: the time is over.
 * Errors: TOO_MANY, out has no room for the values; nothing was consumed. */
AW_MUST_USE int aw_sim_next(struct aw_sim *s, struct aw_frame *out);

struct aw_sim_truth_person {
    bool present, moving, lying;
    double x_m, y_m, z_m; /* of the chest */
    double speed_mps;     /* walking */
    double breathing_bpm; /* 0 in an apnoea, NAN when not present */
    double heart_bpm;
    double breathing_m, heart_m; /* displacement of the chest */
    uint32_t falls;              /* so far */
};

struct aw_sim_truth {
    int64_t t_ns;
    uint32_t persons; /* present */
    enum aw_state state;
    uint32_t falls; /* so far, all persons */
    struct aw_sim_truth_person person[AW_SIM_MAX_PERSONS];
};

/* The truth at a time (that of a frame, or any other). */
void aw_sim_truth(const struct aw_sim *s, int64_t t_ns, struct aw_sim_truth *out);

/* The articulated body of a person at a time; false: not in the room. With config.figure it is what
 * the radio meets. */
bool aw_sim_skeleton(const struct aw_sim *s, uint32_t person, int64_t t_ns,
                     struct aw_sim_skeleton *out);

/* How fast the way transmitter -> chest -> receiver grows, m/s; its echo's Doppler shift is
 * -rate / lambda. NAN when the person is not present. */
double aw_sim_way_rate_mps(const struct aw_sim *s, uint32_t link, uint32_t person, int64_t t_ns);

#endif
