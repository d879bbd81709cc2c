/* Binary messages, little-endian, the same for all who subscribed:
 *
 *     0  u8  version, 1
 *     1  u8  stream: 1 csi, 2 spectrogram, 3 phase
 *     2  u8  encoding of the values: 1 int16, 2 float32
 *     3  u8  bits 0-1 source (0 live, 1 replay, 2 simulated), 2 amplitudes only, 3 absolute units
 *     4  u32 link
 *     8  i64 time of the data, ns
 *    16  u32 index: counts the messages of this link and stream; a gap: left out
 *
 *     csi                                            spectrogram
 *    20  f32 rssi, dBm; NaN unknown                 20  u32 n, values
 *    24  i64 sequence of the sender; -1 none        24  f32 frequency of the first, Hz
 *    32  f32 spacing of subcarriers, Hz             28  f32 step, Hz
 *    36  u16 n_rx   38 u16 n_tx                     32  f32 window that ends at the time, s
 *    40  u16 n_sub  42 u16 chains that follow       36  u32 0
 *    44  u16 runs   46 u16 0                        40  f32[n] density, 1/Hz
 *    48  i16[runs][3] subcarriers: first, last, step
 *        u8[n_sub] kinds (AW_SUB_*, AW_LTF_* of airwake.h), then zeros up to a multiple of 4
 *        pairs (re, im) [chains][n_sub], in raw units of the source
 *
 * int16 where that loses nothing.
 *
 *     phase
 *    20  u16 n, subcarriers   22 u16 chains   24 u16 runs   26 u16 0
 *    28  f32 phase taken out, at k = 0, rad   32 f32 slope taken out, rad per subcarrier
 *    36  f32 residual: power of the difference to the template over the template's
 *    40  i16[runs][3] subcarriers: first, last, step; then zeros up to a multiple of 4
 *        f32 [chains][n] phase after alignment, rad, -pi..pi; NaN without amplitude */
#ifndef AW_SERVER_STREAMS_BINARY_H
#define AW_SERVER_STREAMS_BINARY_H

#include "server/loop.h"
#include "server/phase.h"
#include "server/spectrogram.h"

/* NULL: out of memory. */
struct aw_note *aw_stream_csi(const struct aw_tapped_frame *f);
struct aw_note *aw_stream_spectrum(uint32_t link, enum aw_origin_kind origin,
                                   const struct aw_spectrum *s);
struct aw_note *aw_stream_phase(uint32_t link, enum aw_origin_kind origin,
                                const struct aw_phase_row *r);

#endif
