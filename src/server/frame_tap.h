/* Whole frames, and what breathing rates rest on, for those who ask. The loop thread marks the links
 * it wants; the sensing thread copies into rings of their own, so that the feed is never crowded:
 *
 *     loop thread                    sensing thread
 *     aw_frame_tap_want(t, link, true) ->  aw_frame_tap_wants(t, link)? aw_frame_tap_push(...)
 *     aw_ring_peek(&t->frames)   <-  struct aw_tapped_frame
 *
 * and likewise once per second aw_frame_tap_want_breathing() -> &t->breaths, aw_tapped_breathing.
 * A frame that finds the ring full is left out; its index is still counted, so that whoever reads
 * sees the gap. */
#ifndef AW_SERVER_FRAME_TAP_H
#define AW_SERVER_FRAME_TAP_H

#include "server/feed.h"

enum {
    AW_FRAME_TAP_LINKS = 16384, /* link numbers of the feed below this can be tapped */
    AW_FRAME_TAP_VALUES = 4096, /* complex values of one frame; chains beyond are left out */
    AW_FRAME_TAP_SLOTS = 64,
    AW_FRAME_TAP_BREATHS = 64,
};

#define AW_FRAME_TAP_EMPTY                                                                         \
    0x80000000U /* somebody says that the room is empty: a take is under way */

struct aw_tapped_frame {
    uint32_t link, index; /* index: counts the frames of the link while it is tapped */
    enum aw_origin_kind origin;
    int64_t t_ns, seq; /* seq: the sender's; -1 none */
    uint32_t flags;    /* AW_FRAME_*; AW_FRAME_TAP_EMPTY */
    float rssi_dbm, spacing_hz;
    uint16_t n_rx, n_tx, n_sub;
    uint16_t chains; /* n_rx n_tx, or as many as fit */
    int16_t k[AW_MAX_SUB];
    uint8_t kind[AW_MAX_SUB];
    float iq[2 * AW_FRAME_TAP_VALUES]; /* [chains][n_sub] (re, im) */
};

struct aw_tapped_breathing {
    uint32_t link;
    enum aw_origin_kind origin;
    struct aw_breathing_evidence evidence;
};

struct aw_frame_tap {
    _Atomic uint64_t wanted[AW_FRAME_TAP_LINKS / 64], breathing_wanted[AW_FRAME_TAP_LINKS / 64];
    struct aw_ring frames, breaths;
    uint32_t index[AW_FRAME_TAP_LINKS]; /* the sensing thread's */
    unsigned char slots[];
};

/* slots: frames that it holds, a power of two; AW_FRAME_TAP_SLOTS make 2.9 MB, of which what is
 * never tapped is never touched. NULL: out of memory. */
struct aw_frame_tap *aw_frame_tap_create(size_t slots);
void aw_frame_tap_destroy(struct aw_frame_tap *t); /* NULL is fine */

/* Loop thread. False: the number is too large. */
bool aw_frame_tap_want(struct aw_frame_tap *t, uint32_t link, bool wanted);
bool aw_frame_tap_want_breathing(struct aw_frame_tap *t, uint32_t link, bool wanted);

/* Sensing thread. t NULL is fine. push returns whether there is something new to read. */
bool aw_frame_tap_wants(const struct aw_frame_tap *t, uint32_t link);
bool aw_frame_tap_wants_breathing(const struct aw_frame_tap *t, uint32_t link);
bool aw_frame_tap_push(struct aw_frame_tap *t, uint32_t link, enum aw_origin_kind origin,
                       int64_t t_ns, float rssi_dbm, const struct aw_frame *f);
bool aw_frame_tap_push_breathing(struct aw_frame_tap *t, uint32_t link, enum aw_origin_kind origin,
                                 const struct aw_breathing_evidence *e);

#endif
