/* airwake: who is in the room, from Wi-Fi channel state information (CSI).
 *
 * The only header for the outside. Opaque session; no global state; nothing here prints, exits,
 * reads a clock, opens a file or touches the heap after aw_session_create().
 *
 * Units stand in the names: _ns _ms _hz _db _dbm _bpm; times are int64_t t_ns. */
#ifndef AIRWAKE_H
#define AIRWAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define AW_MUST_USE __attribute__((warn_unused_result))
#else
#define AW_MUST_USE
#endif

/* Errors: >= 0 is success, < 0 is one of these. Append only; never renumber. */
#define AW_ERRORS(X)                                                                               \
    X(INVAL, -1, "inval", "a parameter is outside its range")                                      \
    X(NOMEM, -2, "nomem", "the memory given is too small")                                         \
    X(TRUNCATED, -3, "truncated", "the record ends before its length says")                        \
    X(MAGIC, -4, "magic", "not a record of this format")                                           \
    X(VERSION, -5, "version", "a version of this format that is not known")                        \
    X(LENGTH, -6, "length", "the length fields contradict each other or the record")               \
    X(CRC, -7, "crc", "the checksum does not match")                                               \
    X(RANGE, -8, "range", "a field is outside its physical range")                                 \
    X(TEXT, -9, "text", "a text field is not the number or word expected there")                   \
    X(LAYOUT, -10, "layout", "no subcarrier table for this chip and number of values")             \
    X(TOO_MANY, -11, "too-many", "more values, links or chains than there is room for")            \
    X(UNSUPPORTED, -12, "unsupported", "known, but not supported")                                 \
    X(UNKNOWN_FORMAT, -13, "unknown-format", "no reader recognises this")                          \
    X(DUPLICATE, -14, "duplicate", "the same frame was already seen")                              \
    X(REORDERED, -15, "reordered", "older than a frame already used")                              \
    X(EMPTY, -16, "empty", "all values are zero")                                                  \
    X(IO, -17, "io", "the operating system reported an error")                                     \
    X(TIME, -18, "time", "the time stamp is missing or impossible")                                \
    X(NOT_ALLOWED, -19, "not-allowed", "its sender is not among those who may send")               \
    X(TOO_OFTEN, -20, "too-often", "its sender sends more than one sender may")                    \
    X(UNSIGNED, -21, "unsigned", "it is not signed, and only signed ones are let in")              \
    X(UNKNOWN_KEY, -22, "unknown-key", "it is signed with a key that is not known")                \
    X(BAD_MAC, -23, "bad-mac", "its signature is wrong: another key, or it was changed")           \
    X(STALE, -24, "stale", "it was signed too long ago, or the sender's clock is wrong")           \
    X(REPLAYED, -25, "replayed", "the same signed datagram was already taken")

enum aw_err {
    AW_OK = 0,
#define AW_ERR_ENUM(name, value, key, sentence) AW_ERR_##name = value,
    AW_ERRORS(AW_ERR_ENUM)
#undef AW_ERR_ENUM
};
enum { AW_ERR_COUNT = 26 }; /* codes are 0..-(AW_ERR_COUNT-1) */

/* Short key ("crc") and sentence of an error; never NULL, also for codes not known here. */
const char *aw_err_key(int err);
const char *aw_err_sentence(int err);

/* Where frames come from. Key is what JSON shows; append only. */
#define AW_FORMATS(X)                                                                              \
    X(UNKNOWN, "unknown", "unknown")                                                               \
    X(RUVIEW, "ruview", "RuView ESP32 node datagrams")                                             \
    X(ESP_CSI, "esp-csi", "Espressif esp-csi console lines")                                       \
    X(ESP_TOOL, "esp32-csi-tool", "ESP32-CSI-Tool CSV")                                            \
    X(ESP_LINES, "esp32-lines", "time-stamped integer lines of an ESP32")                          \
    X(ESP_STUDY, "esp32-study-csv", "ESP32 CSV with a space separated CSI column")                 \
    X(ESP_AMPL, "esp32-amplitude-csv", "ESP32 CSV of amplitudes")                                  \
    X(RUVIEW_JSONL, "ruview-jsonl", "RuView .csi.jsonl recording")                                 \
    X(CSIBIN1, "csibin1", "CSIBIN1 binary of an ESP32-S3")                                         \
    X(ESP_JSON, "esp32-json", "JSON with base64 CSI of an ESP32")                                  \
    X(ESP_LOG, "esp32-log", "ESP-IDF monitor log")                                                 \
    X(ESP_NPZ, "esp32-npz", "numpy .npz or .npy of ESP32 bytes")                                   \
    X(NEXMON, "nexmon", "Nexmon CSI datagrams")                                                    \
    X(INTEL5300, "intel5300", "Linux 802.11n CSI Tool .dat (Intel 5300)")                          \
    X(ATHEROS, "atheros", "Atheros CSI Tool")                                                      \
    X(FEITCSI, "feitcsi", "FeitCSI (Intel AX200/AX210)")                                           \
    X(PICOSCENES, "picoscenes", "PicoScenes .csi")                                                 \
    X(AWK1, "awk1", "airwake datagrams")

enum aw_format {
#define AW_FORMAT_ENUM(name, key, title) AW_FORMAT_##name,
    AW_FORMATS(AW_FORMAT_ENUM)
#undef AW_FORMAT_ENUM
        AW_FORMAT_COUNT
};

const char *aw_format_key(enum aw_format format);
const char *aw_format_title(enum aw_format format);

/* What a value of a frame is. Low bits: role of the subcarrier; high bits: the training field it
 * was estimated from (802.11 legacy, HT, STBC's second HT, VHT/HE). */
enum {
    AW_SUB_DATA = 0x01,
    AW_SUB_PILOT = 0x02,
    AW_SUB_NULL = 0x04,    /* no energy sent there: guard band or DC */
    AW_SUB_INVALID = 0x08, /* sent, but this value is not the channel (header bytes, defect) */
    AW_SUB_ROLE = 0x0F,
    AW_LTF_LEGACY = 0x00,
    AW_LTF_HT = 0x10,
    AW_LTF_HT_STBC = 0x20,
    AW_LTF_VHT = 0x30,
    AW_LTF_HE = 0x40,
    AW_LTF_MASK = 0x70,
};

/* What t_ns counts from. */
enum aw_time_kind {
    AW_TIME_NONE,     /* no time known; the receiver stamps it on arrival */
    AW_TIME_HOST,     /* Unix time */
    AW_TIME_DEVICE,   /* since the device started; may wrap, see t_wrap_ns */
    AW_TIME_INFERRED, /* spread evenly over a duration the file states */
};

enum {
    AW_MAX_CHAINS = 4,
    AW_CHIP_MAX = 24,  /* bytes of a chip's name with its end */
    AW_MAX_SUB = 2048, /* 160 MHz HE */
    AW_MAX_CSI = AW_MAX_CHAINS * AW_MAX_CHAINS * AW_MAX_SUB, /* complex values in one frame */
};

enum {
    AW_FRAME_AMPLITUDE_ONLY = 0x01, /* iq holds (amplitude, 0): there is no phase */
    AW_FRAME_ABSOLUTE = 0x02,       /* iq is in absolute units (see the reader), not raw LSB */
    AW_FRAME_REPAIRED = 0x04,       /* a documented defect of the source was repaired */
};

/* One CSI measurement, from any source. */
struct aw_frame {
    enum aw_format format;
    const char *chip; /* static string, "esp32-s3", "bcm43455c0", ...; "" when unknown */
    uint32_t flags;   /* AW_FRAME_* */

    int64_t t_ns;
    int64_t t_wrap_ns; /* a device counter wraps modulo this; 0: it does not */
    enum aw_time_kind t_kind;
    int64_t t_arrival_ns; /* Unix time at which the receiver of the record had it; 0 unknown */

    uint64_t origin; /* set by the shell: tells senders apart that call themselves the same */
    uint64_t node; /* receiver: MAC as 48-bit number, or the small id it calls itself; 0 unknown */
    uint64_t tx;   /* transmitter, likewise */
    uint8_t rx_chain, tx_chain; /* of the first chain here, when a source sends chains singly */
    int64_t seq;                /* sender's count of CSI frames; -1 none */
    int64_t seq_mod;            /* it counts modulo this; 0: it does not wrap */
    uint32_t lost;              /* frames missing before this one, where known */

    uint16_t channel;              /* 802.11 channel number; 0 unknown */
    uint16_t freq_mhz;             /* centre of the primary channel; 0 unknown */
    uint16_t bandwidth_mhz;        /* 20, 40, 80, 160; 0 unknown */
    float rssi_dbm[AW_MAX_CHAINS]; /* per receive chain; NAN unknown */
    float noise_dbm;               /* NAN unknown */
    float agc_db;                  /* NAN unknown */

    uint16_t n_rx, n_tx, n_sub; /* each >= 1 */
    float spacing_hz;           /* between neighbouring subcarrier indices: 312500, 78125 (HE) */
    const int16_t *k;           /* [n_sub] true subcarrier index, 0 = centre of the channel */
    const uint8_t *kind;        /* [n_sub] AW_SUB_* | AW_LTF_* */
    float quant_step;           /* quantisation step of re and im in units of iq; 0 unknown */

    /* [n_rx][n_tx][n_sub] pairs (real, imaginary), H(f) with time dependence exp(+j 2 pi f t).
     * The caller owns the memory and sets both before a reader fills it. */
    float *iq;
    uint32_t iq_cap; /* complex values that fit */
};

/* Why a value is missing. Key is what JSON shows; append only. */
#define AW_REASONS(X)                                                                              \
    X(NONE, "none", "the value is a measurement")                                                  \
    X(WARMING_UP, "warming-up", "not enough signal seen yet")                                      \
    X(NO_FRAMES, "no-frames", "no frames arrive on this link")                                     \
    X(RATE_TOO_LOW, "rate-too-low", "too few frames per second for this value")                    \
    X(MOVING, "moving", "something moves; a chest cannot be told from it")                         \
    X(NO_PERIODICITY, "no-periodicity", "no periodic signal stands out of the noise")              \
    X(NOT_CONFIDENT, "not-confident", "a rate is seen, but too often wrong at this quality")       \
    X(ABSENT, "absent", "nobody is there")                                                         \
    X(NOT_CALIBRATED, "not-calibrated", "needs a calibration of this link")                        \
    X(AMBIGUOUS, "ambiguous", "one link cannot decide this")                                       \
    X(NO_PHASE, "no-phase", "the source carries amplitudes only")                                  \
    X(NO_SIGNAL, "no-signal", "all subcarriers are zero or saturated")                             \
    X(STALE, "stale", "the last measurement is too old")                                           \
    X(ONE_CHAIN, "one-chain", "needs two receive chains of one receiver")                          \
    X(NOT_LOCATED, "not-located", "the links cannot place it within the room")                     \
    X(NOT_FINITE, "not-finite", "the model gave no number")                                        \
    X(IMPOSSIBLE, "impossible", "the model put it where it cannot be")                             \
    X(NOT_MOVING, "not-moving", "nothing moves, so nothing has a speed")                           \
    X(MODEL_FAILED, "model-failed", "the model could not be computed")                             \
    X(MODEL_BUSY, "model-busy", "the model follows as many other links as it can")                 \
    X(OTHER_ANTENNAS, "other-antennas", "the model is for another number of antennas")

enum aw_reason {
#define AW_REASON_ENUM(name, key, sentence) AW_REASON_##name,
    AW_REASONS(AW_REASON_ENUM)
#undef AW_REASON_ENUM
        AW_REASON_COUNT
};

const char *aw_reason_key(enum aw_reason reason);
const char *aw_reason_sentence(enum aw_reason reason);

enum aw_state { AW_STATE_NULL, AW_STATE_EMPTY, AW_STATE_STILL, AW_STATE_MOVING };
const char *aw_state_key(enum aw_state state); /* "empty" ...; AW_STATE_NULL gives "null" */

/* ---- Session: frames in, one update per link and second out ---------------------------------
 *
 *     aw_session_create(&config, &s)
 *     for each datagram:  aw_session_push_record(s, arrival, buf, len, &link)
 *     or for each frame:  aw_session_push_frame(s, &frame, &link)
 *     while (aw_session_poll(s, &update)) ...
 *
 * The session's time is the frames' time: it moves only when a frame or aw_session_advance() moves
 * it, so a recording gives the same updates at any speed. One thread at a time. */
struct aw_session;

struct aw_config {
    uint32_t max_links; /* 1..4096; memory is touched only for links that exist */
};

void aw_config_default(struct aw_config *config); /* 64 links */

/* Errors: INVAL (a field outside its range), NOMEM. The only allocation of the session. */
AW_MUST_USE int aw_session_create(const struct aw_config *config, struct aw_session **out);
void aw_session_destroy(struct aw_session *s); /* NULL is fine */

/* One frame. link (may be NULL) gets the number of its link, 0..max_links-1.
 * Returns AW_OK, or the reason why it was not used, which is also counted: DUPLICATE, REORDERED,
 * TOO_MANY (all links are in use), TIME, EMPTY, INVAL. */
int aw_session_push_frame(struct aw_session *s, const struct aw_frame *f, uint32_t *link);

/* One datagram or console line as it arrived at Unix time t_ns from sender `origin` (any number
 * that tells senders apart). Returns 1 a frame was used, 0 a valid record without CSI, < 0 refused.
 */
int aw_session_push_record(struct aw_session *s, int64_t t_ns, uint64_t origin, const uint8_t *buf,
                           size_t len, uint32_t *link);

/* The frame that the last aw_session_push_record() decoded, valid until the next push; NULL when it
 * held none. */
const struct aw_frame *aw_session_last_frame(const struct aw_session *s);

/* Moves the session's time forward to t_ns: links that are silent then say so. */
void aw_session_advance(struct aw_session *s, int64_t t_ns);

/* A value with what it is worth. value is NAN when reason is not NONE. */
struct aw_estimate {
    float value;
    float confidence; /* 0..1: the share of such values that are right */
    enum aw_reason reason;
};

/* What one link says about one second; or, with link AW_LINK_ROOM, what all links of the session
 * say together (made when there are two or more; sense/fuse.h says how). */
#define AW_LINK_ROOM UINT32_MAX
struct aw_update {
    uint32_t link;
    int64_t t_ns;        /* end of the second */
    uint32_t silent_s;   /* whole seconds without any frame before this one that got no update */
    uint32_t frames;     /* in this second */
    uint32_t links;      /* that had a state: 0 or 1; of a room, how many */
    enum aw_state state; /* AW_STATE_NULL with a reason */
    enum aw_reason state_reason;
    float state_confidence;
    bool state_experimental; /* rests on evidence that was not validated well enough */
    struct aw_estimate
        motion;             /* motion statistic, 0..1 where 0 is noise only; see docs/sensing.md */
    float motion_threshold; /* moving when above */
    struct aw_estimate speed_mps; /* mean walking speed of the last 8 s; experimental */
    struct aw_estimate breathing_bpm;
    struct aw_estimate heart_bpm;
    struct aw_estimate persons;
    float breathing_wave; /* band-passed chest motion, arbitrary unit; NAN */
    bool apnoea;          /* breathing was there, is lost, presence remains */
    bool fall;            /* a fall was completed in this second */
};

/* Calibration of a link: what it looks like while nobody is there and, optionally, while somebody
 * moves about, or sits still. begin() a take, let its seconds pass (10 at least), finish(). The
 * still take decides nothing, since a sitting person is found by breath and sway: how far it
 * overlaps with the empty one says whether motion alone would find them. */
enum aw_take { AW_TAKE_EMPTY, AW_TAKE_OCCUPIED, AW_TAKE_STILL };
const char *aw_take_key(enum aw_take take); /* "empty", "walk", "still" */

enum aw_calibration_verdict {
    AW_CALIBRATION_NONE,           /* never tried */
    AW_CALIBRATION_ARMED,          /* in use */
    AW_CALIBRATION_TOO_SHORT,      /* fewer than 10 usable seconds in a take */
    AW_CALIBRATION_SOMEBODY_MOVED, /* in the take that was to be empty */
    AW_CALIBRATION_OVERLAP,        /* empty and occupied look too much alike */
};
const char *aw_calibration_verdict_key(enum aw_calibration_verdict verdict);

struct aw_calibration_report {
    enum aw_calibration_verdict verdict;
    uint32_t empty_s, occupied_s; /* usable seconds of the takes */
    float moved;                  /* share of the empty take in which something moved */
    float overlap; /* 0 apart .. 0.5 alike; above 0.05 it does not arm; NAN without occupied take */
    float drift; /* of the empty room since, in its own standard deviations; above 3 do it again */
    uint32_t still_s;
    float still_overlap; /* as overlap, of the still take; NAN without one */
    bool collecting;     /* a take is under way; the seconds count up */
    enum aw_take take;   /* the last one begun */
    bool restored;       /* armed without takes: another take needs an empty one first */
};

/* What is kept of an armed calibration. Meaningless to others than the version that made it. */
enum { AW_CALIBRATION_VALUES = 8 };
struct aw_calibration_saved {
    struct aw_calibration_report report;
    float value[AW_CALIBRATION_VALUES];
};

/* Errors: INVAL (no such link, finish without a take begun, another take before an empty one).
 * Calibrating follows the empty room slowly afterwards, and stands still while somebody is there.
 */
int aw_session_calibrate_begin(struct aw_session *s, uint32_t link, enum aw_take take);
int aw_session_calibrate_finish(struct aw_session *s, uint32_t link,
                                struct aw_calibration_report *out);
int aw_session_calibration(const struct aw_session *s, uint32_t link,
                           struct aw_calibration_report *out);

/* To keep one and give it back to the same link later: restore() arms it without takes. clear()
 * ends takes and forgets. Errors: INVAL (no such link; restore of what is not armed). */
int aw_session_calibration_save(const struct aw_session *s, uint32_t link,
                                struct aw_calibration_saved *out);
int aw_session_calibration_restore(struct aw_session *s, uint32_t link,
                                   const struct aw_calibration_saved *saved);
int aw_session_calibration_clear(struct aw_session *s, uint32_t link);

/* The oldest update not yet polled. Updates that nobody polls are dropped, oldest first, and
 * counted. */
bool aw_session_poll(struct aw_session *s, struct aw_update *out);

/* What the breathing rate of a link's last second was read from, to be looked at. Two spectra, of
 * what a sinusoid of that rate explains over what noise would: 1 is noise. The coarse one (15 s, and
 * 30 s for slow rates) finds the rate, the fine one (60 s, or 30 s before) says it. The wave is the
 * weighted sum of groups of neighbouring subcarriers, slow trend taken out, that shows the candidate
 * best; sense/breathing.h. */
enum { AW_BREATHING_POINTS = 225, AW_BREATHING_WAVE = 150, AW_BREATHING_GROUPS = 16 };
struct aw_breathing_evidence {
    int64_t t_ns;                /* end of that second, as in the update */
    struct aw_estimate rate_bpm; /* as in the update */
    float candidate_bpm;         /* the line chosen, believed or not; NAN while there is none */
    float candidate_confidence;  /* 0..1 */
    float first_bpm, step_bpm;   /* of the spectra's points */
    enum aw_reason coarse_reason, fine_reason,
        wave_reason; /* why they are not there; NONE they are */
    float coarse[AW_BREATHING_POINTS], fine[AW_BREATHING_POINTS];
    float fine_s;                  /* window of the fine one, 30 or 60 s */
    float wave_hz;                 /* values per second of the wave */
    int64_t wave_end_ns;           /* time at which its last value ends */
    float wave[AW_BREATHING_WAVE]; /* units of its RMS; the sign means nothing, but does not jump */
    uint32_t groups;               /* in use; with the wave */
    struct {
        uint16_t chain;          /* receive chain */
        int16_t k_first, k_last; /* its subcarriers */
        float weight; /* in the wave, of the group scaled to variance 1; squares sum to 1 */
    } group[AW_BREATHING_GROUPS];
};

/* False when there is no such link. Valid between a poll and the next push. */
bool aw_session_breathing(const struct aw_session *s, uint32_t link,
                          struct aw_breathing_evidence *out);

struct aw_link_info {
    uint32_t serial; /* unique in the session; a link number may be reused after 60 s of silence */
    enum aw_format format;
    char chip[AW_CHIP_MAX]; /* "" unknown */
    uint64_t origin, node, tx;
    uint8_t rx_chain, tx_chain;
    uint16_t channel, freq_mhz, bandwidth_mhz;
    uint16_t n_rx, n_tx, n_sub; /* of the last frame */
    uint16_t n_live;            /* subcarriers in use, per chain */
    int64_t first_t_ns, last_t_ns;
    enum aw_time_kind t_kind;
    float rate_hz;             /* 1 / median interval of the last frames; NAN below 8 frames */
    float jitter_ms;           /* median absolute deviation of the interval; NAN likewise */
    float rssi_dbm, noise_dbm; /* of the last frame; NAN unknown */
    uint64_t frames, lost, duplicates, reordered, gaps; /* gap: > 4 median intervals, > 0.25 s */
};

/* False when there is no such link. */
bool aw_session_link(const struct aw_session *s, uint32_t link, struct aw_link_info *out);

/* Frames refused so far, by format of the record and error (a value of enum aw_err). */
uint64_t aw_session_refused(const struct aw_session *s, enum aw_format format, int err);
uint64_t aw_session_dropped_updates(const struct aw_session *s);

#ifdef __cplusplus
}
#endif
#endif
