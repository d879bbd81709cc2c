/* What RuView's interfaces show, taken from the board: one state of everything, and nodes. */
#ifndef AW_SERVER_RUVIEW_MODEL_H
#define AW_SERVER_RUVIEW_MODEL_H

#include "server/board.h"
#include "server/ruview_view.h"

/* NAN: not measured. Amplitudes in raw units of the source, over the rows kept (3.2 s). */
struct aw_ruview_features {
    double mean_rssi;         /* dBm */
    double variance;          /* of each amplitude in time, mean over subcarriers */
    double motion_band_power; /* the same about a straight line: what is faster than about 0.3 Hz */
    double spectral_power;    /* mean squared amplitude of the newest row */
};

struct aw_ruview_node {
    uint64_t id;
    const struct aw_board_link *link; /* its best: fresh before silent, then most frames */
    struct aw_ruview_features features;
};

struct aw_ruview_model {
    int64_t now_ns;
    const char *source;             /* "live", "replay", "simulated"; "waiting": nothing is seen */
    const struct aw_update *update; /* of the room, or of the only link; NULL none */
    enum aw_reason why;             /* NONE, or why update cannot be shown */
    struct aw_ruview_features features; /* mean over nodes */
    size_t n_nodes;
    struct aw_ruview_node node[AW_RUVIEW_NODES];
};

/* Links of the kind that `source` names only: a replay is never shown among live nodes. */
void aw_ruview_model(struct aw_ruview_model *m, const struct aw_board *b, int64_t now_ns);

/* "absent", "present_still", "present_moving"; "unknown": no state. */
const char *aw_ruview_level(const struct aw_update *u, enum aw_reason why);

#endif
