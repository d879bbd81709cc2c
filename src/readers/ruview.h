#ifndef AW_READERS_RUVIEW_H
#define AW_READERS_RUVIEW_H

#include "airwake.h"

/* Everything a RuView ESP32 node says, decoded. What the numbers are worth (several are constants
 * in the firmware) is written beside the layouts in ruview.c. */

enum aw_ruview_type {
    AW_RUVIEW_CSI,
    AW_RUVIEW_VITALS,
    AW_RUVIEW_FUSED, /* vitals with a millimetre wave radar */
    AW_RUVIEW_FEATURE,
    AW_RUVIEW_WASM,
    AW_RUVIEW_COMPRESSED,
    AW_RUVIEW_STATE,
    AW_RUVIEW_MESH,
};

enum { AW_RUVIEW_PRESENCE = 1, AW_RUVIEW_FALL = 2, AW_RUVIEW_MOTION = 4, AW_RUVIEW_RADAR = 8 };

struct aw_ruview_csi {
    uint8_t n_antennas; /* 1..4 */
    uint16_t n_sub;     /* complex values per antenna */
    uint32_t freq_mhz;  /* 0 unknown */
    uint32_t seq;       /* also counts frames the node did not send */
    int8_t rssi_dbm, noise_dbm;
    const uint8_t *iq; /* 2 n_antennas n_sub bytes: imaginary, real */
};

struct aw_ruview_vitals {
    uint8_t flags; /* AW_RUVIEW_PRESENCE ... */
    float breathing_bpm, heart_bpm;
    int8_t rssi_dbm;
    uint8_t n_persons;                   /* the firmware's slot count, not a count of persons */
    float motion_energy, presence_score; /* arbitrary, unbounded, equal */
    uint32_t timestamp_ms;               /* since boot */
    /* FUSED only */
    uint8_t radar_type; /* 0 none, 1 MR60BHA2, 2 LD2410, 99 mock */
    uint8_t fusion_confidence;
    float radar_heart_bpm, radar_breathing_bpm, radar_distance_cm;
    uint8_t radar_targets, radar_confidence;
};

struct aw_ruview_feature {
    uint16_t seq;
    int64_t timestamp_us; /* since boot */
    float features[8];
};

enum { AW_RUVIEW_WASM_MAX = 16 };

struct aw_ruview_wasm {
    uint8_t module;
    uint16_t n; /* 1..16 */
    uint8_t type[AW_RUVIEW_WASM_MAX];
    float value[AW_RUVIEW_WASM_MAX];
};

struct aw_ruview_compressed {
    uint8_t channel;
    uint16_t orig_len, comp_len;
    const uint8_t *data; /* comp_len bytes; needs a frame that is not named: not decodable */
};

struct aw_ruview_state {
    uint8_t mode;
    uint16_t seq;
    uint64_t ts_us; /* since boot */
    float motion_score, presence_score;
    float respiration_bpm, respiration_conf, heartbeat_bpm, heartbeat_conf;
    float anomaly_score, env_shift_score, node_coherence;
    uint16_t quality_flags;
};

enum { AW_RUVIEW_MESH_HEALTH = 6, AW_RUVIEW_MESH_ANOMALY = 7 };

struct aw_ruview_mesh {
    uint8_t type, sender_role, auth_class;
    uint32_t epoch;
    uint16_t payload_len;
    const uint8_t *payload;
    uint64_t local_us; /* HEALTH, ANOMALY: since boot */
    /* HEALTH */
    uint8_t role, channel, bandwidth_mhz;
    int8_t noise_dbm;
    uint16_t packets_per_s, sync_error_us, health_flags;
    /* ANOMALY */
    uint8_t severity, reason;
    float anomaly, motion;
};

struct aw_ruview_packet {
    enum aw_ruview_type type;
    uint8_t node; /* 0 for mesh messages that name none */
    union {
        struct aw_ruview_csi csi;
        struct aw_ruview_vitals vitals; /* VITALS and FUSED */
        struct aw_ruview_feature feature;
        struct aw_ruview_wasm wasm;
        struct aw_ruview_compressed compressed;
        struct aw_ruview_state state;
        struct aw_ruview_mesh mesh;
    };
};

/* Decodes one datagram; pointers in out point into buf. out is untouched unless AW_OK.
 * Errors: TRUNCATED, MAGIC, VERSION, LENGTH, CRC, RANGE, TOO_MANY, UNSUPPORTED. */
AW_MUST_USE int aw_ruview_read(const uint8_t *buf, size_t len, struct aw_ruview_packet *out);

#endif
