#include "readers/ofdm.h"

#include <string.h>

/* Runs of neighbouring indices, data (D) and null (N) values; L is the training field; P(L Q) adds
 * Q to a pilot: nothing, or that its value is not the channel. */
#define K2(k) k, (k) + 1
#define K4(k) K2(k), K2((k) + 2)
#define K8(k) K4(k), K4((k) + 4)
#define K16(k) K8(k), K8((k) + 8)
#define K32(k) K16(k), K16((k) + 16)
#define K64(k) K32(k), K32((k) + 32)
#define K128(k) K64(k), K64((k) + 64)
#define K256(k) K128(k), K128((k) + 128)
#define K512(k) K256(k), K256((k) + 256)
#define P(L) AW_SUB_PILOT | (L)
#define D(L) AW_SUB_DATA | (L)
#define N(L) AW_SUB_NULL | (L)
#define D2(L) D(L), D(L)
#define D4(L) D2(L), D2(L)
#define D8(L) D4(L), D4(L)
#define D16(L) D8(L), D8(L)
#define D32(L) D16(L), D16(L)
#define D64(L) D32(L), D32(L)
#define N2(L) N(L), N(L)
#define N4(L) N2(L), N2(L)
#define N8(L) N4(L), N4(L)
#define N16(L) N8(L), N8(L)

/* Legacy and its duplicates: 52 per 20 MHz, pilots +-7, +-21 of each.
 * IEEE 802.11-2020, 17.3.5.9, 17.3.5.10; duplicates 21.3.10.12. */
static const int16_t k_legacy_20[] = {K16(-26), K8(-10), K2(-2), K16(1), K8(17), K2(25)};
#define LEGACY_20(L, Q)                                                                            \
    D4(L), D(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L), D4(L), D(L),     \
        P(L Q), D4(L), D(L)
static const int16_t k_legacy_40[] = {K16(-58), K8(-42), K2(-34), K16(-31), K8(-15), K2(-7),
                                      K16(6),   K8(22),  K2(30),  K16(33),  K8(49),  K2(57)};
#define LEGACY_40(L, Q)                                                                            \
    D4(L), D(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L), D4(L), D(L),     \
        P(L Q), D8(L), D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L),     \
        D4(L), D(L), P(L Q), D4(L), D(L)
static const int16_t k_legacy_80[] = {K16(-122), K8(-106), K2(-98), K16(-95), K8(-79), K2(-71),
                                      K16(-58),  K8(-42),  K2(-34), K16(-31), K8(-15), K2(-7),
                                      K16(6),    K8(22),   K2(30),  K16(33),  K8(49),  K2(57),
                                      K16(70),   K8(86),   K2(94),  K16(97),  K8(113), K2(121)};
#define LEGACY_80(L, Q)                                                                            \
    D4(L), D(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L), D4(L), D(L),     \
        P(L Q), D8(L), D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L),     \
        D4(L), D(L), P(L Q), D8(L), D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L),       \
        P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q),      \
        D8(L), D4(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D4(L), D(L)
static const int16_t k_legacy_160[] = {
    K16(-250), K8(-234),  K2(-226), K16(-223), K8(-207),  K2(-199), K16(-186), K8(-170),
    K2(-162),  K16(-159), K8(-143), K2(-135),  K16(-122), K8(-106), K2(-98),   K16(-95),
    K8(-79),   K2(-71),   K16(-58), K8(-42),   K2(-34),   K16(-31), K8(-15),   K2(-7),
    K16(6),    K8(22),    K2(30),   K16(33),   K8(49),    K2(57),   K16(70),   K8(86),
    K2(94),    K16(97),   K8(113),  K2(121),   K16(134),  K8(150),  K2(158),   K16(161),
    K8(177),   K2(185),   K16(198), K8(214),   K2(222),   K16(225), K8(241),   K2(249)};
#define LEGACY_160(L, Q)                                                                           \
    D4(L), D(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L), D4(L), D(L),     \
        P(L Q), D8(L), D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L),     \
        D4(L), D(L), P(L Q), D8(L), D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L),       \
        P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q),      \
        D8(L), D4(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D2(L), P(L Q), D8(L), D4(L),      \
        D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D2(L), P(L Q),      \
        D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L),       \
        D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L), D4(L), D(L),       \
        P(L Q), D8(L), D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L),     \
        D4(L), D(L), P(L Q), D4(L), D(L)

/* HT and VHT: 56, 114, 242, 484. IEEE 802.11-2020, 19.3.11.10 and 19.3.11.11 (HT), 21.3.7.2, table
 * 21-5 (which are used), 21.3.10.10 (pilots). */
static const int16_t k_vht_20[] = {K16(-28), K8(-12), K4(-4), K16(1), K8(17), K4(25)};
#define VHT_20(L, Q)                                                                               \
    D4(L), D2(L), D(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D8(L), D4(L), P(L Q), D8(L), D4(L),    \
        D(L), P(L Q), D4(L), D2(L), D(L)
static const int16_t k_vht_40[] = {K32(-58), K16(-26), K8(-10), -2, K32(2), K16(34), K8(50), 58};
#define VHT_40(L, Q)                                                                               \
    D4(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D16(L),   \
        D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D4(L), D(L)
static const int16_t k_vht_80[] = {K64(-122), K32(-58), K16(-26), K8(-10), -2,
                                   K64(2),    K32(66),  K16(98),  K8(114), 122};
#define VHT_80(L, Q)                                                                               \
    D16(L), D2(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D32(L), D2(L), D(L), P(L Q),  \
        D16(L), D8(L), D2(L), D(L), P(L Q), D16(L), D2(L), P(L Q), D16(L), D8(L), D2(L), D(L),     \
        P(L Q), D32(L), D2(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D16(L), D2(L),    \
        D(L)
static const int16_t k_vht_160[] = {
    K64(-250), K32(-186), K16(-154), K8(-138), -130, K64(-126), K32(-62), K16(-30), K8(-14), -6,
    K64(6),    K32(70),   K16(102),  K8(118),  126,  K64(130),  K32(194), K16(226), K8(242), 250};
#define VHT_160(L, Q)                                                                              \
    D16(L), D2(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D32(L), D2(L), D(L), P(L Q),  \
        D16(L), D8(L), D2(L), D(L), P(L Q), D16(L), D2(L), P(L Q), D16(L), D8(L), D2(L), D(L),     \
        P(L Q), D32(L), D2(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D32(L), D4(L),    \
        D2(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D32(L), D2(L), D(L), P(L Q), D16(L),    \
        D8(L), D2(L), D(L), P(L Q), D16(L), D2(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q),     \
        D32(L), D2(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D16(L), D2(L), D(L)

/* HE, one user over the whole channel: 242, 484, 996, 2 x 996. IEEE 802.11ax-2021, 27.3.2.2, tables
 * 27-7 to 27-9 (which are used), 27.3.12.13 (pilots). */
static const int16_t k_he_20[] = {K64(-122), K32(-58), K16(-26), K8(-10), -2,
                                  K64(2),    K32(66),  K16(98),  K8(114), 122};
#define HE_20(L, Q)                                                                                \
    D4(L), D2(L), P(L Q), D16(L), D8(L), D(L), P(L Q), D32(L), D8(L), D(L), P(L Q), D16(L), D8(L), \
        D(L), P(L Q), D32(L), D8(L), P(L Q), D16(L), D8(L), D(L), P(L Q), D32(L), D8(L), D(L),     \
        P(L Q), D16(L), D8(L), D(L), P(L Q), D4(L), D2(L)
static const int16_t k_he_40[] = {K128(-244), K64(-116), K32(-52), K16(-20), K2(-4),
                                  K128(3),    K64(131),  K32(195), K16(227), K2(243)};
#define HE_40(L, Q)                                                                                \
    D4(L), D2(L), P(L Q), D16(L), D8(L), D(L), P(L Q), D32(L), D8(L), D(L), P(L Q), D16(L), D8(L), \
        D(L), P(L Q), D32(L), D4(L), D2(L), D(L), P(L Q), D16(L), D8(L), D(L), P(L Q), D32(L),     \
        D8(L), D(L), P(L Q), D16(L), D8(L), D(L), P(L Q), D8(L), D4(L), D2(L), P(L Q), D16(L),     \
        D8(L), D(L), P(L Q), D32(L), D8(L), D(L), P(L Q), D16(L), D8(L), D(L), P(L Q), D32(L),     \
        D4(L), D2(L), D(L), P(L Q), D16(L), D8(L), D(L), P(L Q), D32(L), D8(L), D(L), P(L Q),      \
        D16(L), D8(L), D(L), P(L Q), D4(L), D2(L)
static const int16_t k_he_80[] = {K256(-500), K128(-244), K64(-116), K32(-52), K16(-20), K2(-4),
                                  K256(3),    K128(259),  K64(387),  K32(451), K16(483), K2(499)};
#define HE_80(L, Q)                                                                                \
    D32(L), P(L Q), D64(L), D2(L), D(L), P(L Q), D64(L), D(L), P(L Q), D64(L), D2(L), D(L),        \
        P(L Q), D32(L), D4(L), D2(L), D(L), P(L Q), D64(L), D2(L), D(L), P(L Q), D64(L), D(L),     \
        P(L Q), D64(L), D2(L), D(L), P(L Q), D32(L), D8(L), D2(L), P(L Q), D64(L), D2(L), D(L),    \
        P(L Q), D64(L), D(L), P(L Q), D64(L), D2(L), D(L), P(L Q), D32(L), D4(L), D2(L), D(L),     \
        P(L Q), D64(L), D2(L), D(L), P(L Q), D64(L), D(L), P(L Q), D64(L), D2(L), D(L), P(L Q),    \
        D32(L)
static const int16_t k_he_160[] = {
    K256(-1012), K128(-756), K64(-628), K32(-564), K16(-532), K2(-516),  K256(-509), K128(-253),
    K64(-125),   K32(-61),   K16(-29),  K2(-13),   K256(12),  K128(268), K64(396),   K32(460),
    K16(492),    K2(508),    K256(515), K128(771), K64(899),  K32(963),  K16(995),   K2(1011)};
#define HE_160(L, Q)                                                                               \
    D32(L), P(L Q), D64(L), D2(L), D(L), P(L Q), D64(L), D(L), P(L Q), D64(L), D2(L), D(L),        \
        P(L Q), D32(L), D4(L), D2(L), D(L), P(L Q), D64(L), D2(L), D(L), P(L Q), D64(L), D(L),     \
        P(L Q), D64(L), D2(L), D(L), P(L Q), D32(L), D8(L), D2(L), P(L Q), D64(L), D2(L), D(L),    \
        P(L Q), D64(L), D(L), P(L Q), D64(L), D2(L), D(L), P(L Q), D32(L), D4(L), D2(L), D(L),     \
        P(L Q), D64(L), D2(L), D(L), P(L Q), D64(L), D(L), P(L Q), D64(L), D2(L), D(L), P(L Q),    \
        D64(L), P(L Q), D64(L), D2(L), D(L), P(L Q), D64(L), D(L), P(L Q), D64(L), D2(L), D(L),    \
        P(L Q), D32(L), D4(L), D2(L), D(L), P(L Q), D64(L), D2(L), D(L), P(L Q), D64(L), D(L),     \
        P(L Q), D64(L), D2(L), D(L), P(L Q), D32(L), D8(L), D2(L), P(L Q), D64(L), D2(L), D(L),    \
        P(L Q), D64(L), D(L), P(L Q), D64(L), D2(L), D(L), P(L Q), D32(L), D4(L), D2(L), D(L),     \
        P(L Q), D64(L), D2(L), D(L), P(L Q), D64(L), D(L), P(L Q), D64(L), D2(L), D(L), P(L Q),    \
        D32(L)

/* Every bin of the FFT in its own order: 0, 1, ..., N/2-1, -N/2, ..., -1. */
static const int16_t k_fft_20[] = {K32(0), K32(-32)};
#define FFT_20(L, Q)                                                                               \
    N(L), D4(L), D2(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D4(L), D2(L), D(L), N4(L), N2(L),      \
        N(L), D4(L), D2(L), D(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D4(L), D2(L)
static const int16_t k_fft_40[] = {K64(0), K64(-64)};
#define FFT_40(L, Q)                                                                               \
    N2(L), D8(L), D(L), P(L Q), D8(L), D4(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q),    \
        D4(L), D(L), N8(L), N2(L), N(L), D4(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q),  \
        D8(L), D4(L), D(L), P(L Q), D8(L), D(L), N(L)
static const int16_t k_fft_80[] = {K128(0), K128(-128)};
#define FFT_80(L, Q)                                                                               \
    N2(L), D8(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D32(L), D2(L), D(L), P(L Q),   \
        D16(L), D8(L), D2(L), D(L), P(L Q), D16(L), D2(L), D(L), N8(L), N2(L), N(L), D16(L),       \
        D2(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D32(L), D2(L), D(L), P(L Q),      \
        D16(L), D8(L), D2(L), D(L), P(L Q), D8(L), D(L), N(L)
static const int16_t k_fft_160[] = {K256(0), K256(-256)};
#define FFT_160(L, Q)                                                                              \
    N4(L), N2(L), D16(L), D2(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D32(L), D2(L),  \
        D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D8(L), D(L), N2(L), N(L), D8(L), D(L),   \
        P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D32(L), D2(L), D(L), P(L Q), D16(L), D8(L),    \
        D2(L), D(L), P(L Q), D16(L), D2(L), D(L), N8(L), N2(L), N(L), D16(L), D2(L), D(L), P(L Q), \
        D16(L), D8(L), D2(L), D(L), P(L Q), D32(L), D2(L), D(L), P(L Q), D16(L), D8(L), D2(L),     \
        D(L), P(L Q), D8(L), D(L), N2(L), N(L), D8(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L),   \
        P(L Q), D32(L), D2(L), D(L), P(L Q), D16(L), D8(L), D2(L), D(L), P(L Q), D16(L), D2(L),    \
        D(L), N4(L), N(L)

/* Intel 5300 reports every second (20 MHz) or fourth (40 MHz) subcarrier. IEEE 802.11n-2009,
 * 7.3.1.27, table 7-25f: grouping Ng = 2 and 4. */
static const int16_t k_intel5300_20[] = {-28, -26, -24, -22, -20, -18, -16, -14, -12, -10,
                                         -8,  -6,  -4,  -2,  -1,  1,   3,   5,   7,   9,
                                         11,  13,  15,  17,  19,  21,  23,  25,  27,  28};
#define INTEL5300_20(L, Q) D16(L), D2(L), P(L Q), D4(L), D2(L), P(L Q), D4(L)
static const int16_t k_intel5300_40[] = {-58, -54, -50, -46, -42, -38, -34, -30, -26, -22,
                                         -18, -14, -10, -6,  -2,  2,   6,   10,  14,  18,
                                         22,  26,  30,  34,  38,  42,  46,  50,  54,  58};
#define INTEL5300_40(L, Q) D16(L), D8(L), D4(L), D2(L)

static const uint8_t kind_legacy_20[] = {LEGACY_20(AW_LTF_LEGACY, )};
static const uint8_t kind_legacy_40[] = {LEGACY_40(AW_LTF_LEGACY, )};
static const uint8_t kind_legacy_80[] = {LEGACY_80(AW_LTF_LEGACY, )};
static const uint8_t kind_legacy_160[] = {LEGACY_160(AW_LTF_LEGACY, )};
static const uint8_t kind_ht_20[] = {VHT_20(AW_LTF_HT, )};
static const uint8_t kind_ht_40[] = {VHT_40(AW_LTF_HT, )};
static const uint8_t kind_vht_20[] = {VHT_20(AW_LTF_VHT, )};
static const uint8_t kind_vht_40[] = {VHT_40(AW_LTF_VHT, )};
static const uint8_t kind_vht_80[] = {VHT_80(AW_LTF_VHT, )};
static const uint8_t kind_vht_160[] = {VHT_160(AW_LTF_VHT, )};
static const uint8_t kind_he_20[] = {HE_20(AW_LTF_HE, )};
static const uint8_t kind_he_40[] = {HE_40(AW_LTF_HE, )};
static const uint8_t kind_he_80[] = {HE_80(AW_LTF_HE, )};
static const uint8_t kind_he_160[] = {HE_160(AW_LTF_HE, )};
static const uint8_t kind_fft_20[] = {FFT_20(AW_LTF_VHT, )};
static const uint8_t kind_fft_40[] = {FFT_40(AW_LTF_VHT, )};
static const uint8_t kind_fft_80[] = {FFT_80(AW_LTF_VHT, )};
static const uint8_t kind_fft_160[] = {FFT_160(AW_LTF_VHT, )};
static const uint8_t kind_intel5300_20[] = {INTEL5300_20(AW_LTF_HT, )};
static const uint8_t kind_intel5300_40[] = {INTEL5300_40(AW_LTF_HT, )};
static const uint8_t kind_ax_ht_20[] = {VHT_20(AW_LTF_HT, | AW_SUB_INVALID)};
static const uint8_t kind_ax_ht_40[] = {VHT_40(AW_LTF_HT, | AW_SUB_INVALID)};
static const uint8_t kind_ax_vht_20[] = {VHT_20(AW_LTF_VHT, | AW_SUB_INVALID)};
static const uint8_t kind_ax_vht_40[] = {VHT_40(AW_LTF_VHT, | AW_SUB_INVALID)};
static const uint8_t kind_ax_vht_80[] = {VHT_80(AW_LTF_VHT, | AW_SUB_INVALID)};
static const uint8_t kind_ax_vht_160[] = {VHT_160(AW_LTF_VHT, | AW_SUB_INVALID)};
static const uint8_t kind_ax_he_20[] = {HE_20(AW_LTF_HE, | AW_SUB_INVALID)};
static const uint8_t kind_ax_he_40[] = {HE_40(AW_LTF_HE, | AW_SUB_INVALID)};
static const uint8_t kind_ax_he_80[] = {HE_80(AW_LTF_HE, | AW_SUB_INVALID)};
static const uint8_t kind_ax_he_160[] = {HE_160(AW_LTF_HE, | AW_SUB_INVALID)};

#define TABLE(name, k, hz)                                                                         \
    { sizeof k / sizeof *k, hz, k, kind_##name }
static const struct aw_ofdm_table tables[] = {
    /* in the order of the ids of AWK1 (see ofdm.h): append only */
    TABLE(legacy_20, k_legacy_20, 312500),
    TABLE(legacy_40, k_legacy_40, 312500),
    TABLE(legacy_80, k_legacy_80, 312500),
    TABLE(legacy_160, k_legacy_160, 312500),
    TABLE(ht_20, k_vht_20, 312500),
    TABLE(ht_40, k_vht_40, 312500),
    TABLE(vht_20, k_vht_20, 312500),
    TABLE(vht_40, k_vht_40, 312500),
    TABLE(vht_80, k_vht_80, 312500),
    TABLE(vht_160, k_vht_160, 312500),
    TABLE(he_20, k_he_20, 78125),
    TABLE(he_40, k_he_40, 78125),
    TABLE(he_80, k_he_80, 78125),
    TABLE(he_160, k_he_160, 78125),
    TABLE(fft_20, k_fft_20, 312500),
    TABLE(fft_40, k_fft_40, 312500),
    TABLE(fft_80, k_fft_80, 312500),
    TABLE(fft_160, k_fft_160, 312500),
    TABLE(intel5300_20, k_intel5300_20, 312500),
    TABLE(intel5300_40, k_intel5300_40, 312500),
    TABLE(ax_ht_20, k_vht_20, 312500),
    TABLE(ax_ht_40, k_vht_40, 312500),
    TABLE(ax_vht_20, k_vht_20, 312500),
    TABLE(ax_vht_40, k_vht_40, 312500),
    TABLE(ax_vht_80, k_vht_80, 312500),
    TABLE(ax_vht_160, k_vht_160, 312500),
    TABLE(ax_he_20, k_he_20, 78125),
    TABLE(ax_he_40, k_he_40, 78125),
    TABLE(ax_he_80, k_he_80, 78125),
    TABLE(ax_he_160, k_he_160, 78125),
};

_Static_assert(sizeof k_legacy_20 == 2 * sizeof kind_legacy_20, "one kind for each index");
_Static_assert(sizeof k_legacy_40 == 2 * sizeof kind_legacy_40, "one kind for each index");
_Static_assert(sizeof k_legacy_80 == 2 * sizeof kind_legacy_80, "one kind for each index");
_Static_assert(sizeof k_legacy_160 == 2 * sizeof kind_legacy_160, "one kind for each index");
_Static_assert(sizeof k_vht_20 == 2 * sizeof kind_ht_20, "one kind for each index");
_Static_assert(sizeof k_vht_40 == 2 * sizeof kind_ht_40, "one kind for each index");
_Static_assert(sizeof k_vht_20 == 2 * sizeof kind_vht_20, "one kind for each index");
_Static_assert(sizeof k_vht_40 == 2 * sizeof kind_vht_40, "one kind for each index");
_Static_assert(sizeof k_vht_80 == 2 * sizeof kind_vht_80, "one kind for each index");
_Static_assert(sizeof k_vht_160 == 2 * sizeof kind_vht_160, "one kind for each index");
_Static_assert(sizeof k_he_20 == 2 * sizeof kind_he_20, "one kind for each index");
_Static_assert(sizeof k_he_40 == 2 * sizeof kind_he_40, "one kind for each index");
_Static_assert(sizeof k_he_80 == 2 * sizeof kind_he_80, "one kind for each index");
_Static_assert(sizeof k_he_160 == 2 * sizeof kind_he_160, "one kind for each index");
_Static_assert(sizeof k_fft_20 == 2 * sizeof kind_fft_20, "one kind for each index");
_Static_assert(sizeof k_fft_40 == 2 * sizeof kind_fft_40, "one kind for each index");
_Static_assert(sizeof k_fft_80 == 2 * sizeof kind_fft_80, "one kind for each index");
_Static_assert(sizeof k_fft_160 == 2 * sizeof kind_fft_160, "one kind for each index");
_Static_assert(sizeof k_intel5300_20 == 2 * sizeof kind_intel5300_20, "one kind for each index");
_Static_assert(sizeof k_intel5300_40 == 2 * sizeof kind_intel5300_40, "one kind for each index");
_Static_assert(sizeof k_vht_20 == 2 * sizeof kind_ax_ht_20, "one kind for each index");
_Static_assert(sizeof k_vht_40 == 2 * sizeof kind_ax_ht_40, "one kind for each index");
_Static_assert(sizeof k_vht_20 == 2 * sizeof kind_ax_vht_20, "one kind for each index");
_Static_assert(sizeof k_vht_40 == 2 * sizeof kind_ax_vht_40, "one kind for each index");
_Static_assert(sizeof k_vht_80 == 2 * sizeof kind_ax_vht_80, "one kind for each index");
_Static_assert(sizeof k_vht_160 == 2 * sizeof kind_ax_vht_160, "one kind for each index");
_Static_assert(sizeof k_he_20 == 2 * sizeof kind_ax_he_20, "one kind for each index");
_Static_assert(sizeof k_he_40 == 2 * sizeof kind_ax_he_40, "one kind for each index");
_Static_assert(sizeof k_he_80 == 2 * sizeof kind_ax_he_80, "one kind for each index");
_Static_assert(sizeof k_he_160 == 2 * sizeof kind_ax_he_160, "one kind for each index");

enum {
    LEGACY = 0,
    HT = 4,
    VHT = 6,
    HE = 10,
    FFT = 14,
    INTEL5300 = 18,
    AX_HT = 20,
    AX_VHT = 22,
    AX_HE = 26
};

/* 20, 40, 80, 160 -> 0, 1, 2, 3; otherwise -1 */
static int width(unsigned mhz) {
    switch (mhz) {
    case 20:
        return 0;
    case 40:
        return 1;
    case 80:
        return 2;
    case 160:
        return 3;
    default:
        return -1;
    }
}

static const struct aw_ofdm_table *at(int family, unsigned mhz, int n_widths) {
    int w = width(mhz);
    return w >= 0 && w < n_widths ? &tables[family + w] : NULL;
}

const struct aw_ofdm_table *aw_ofdm_used(enum aw_ofdm_phy phy, unsigned mhz) {
    switch (phy) {
    case AW_OFDM_LEGACY:
        return at(LEGACY, mhz, 4);
    case AW_OFDM_HT:
        return at(HT, mhz, 2);
    case AW_OFDM_VHT:
        return at(VHT, mhz, 4);
    case AW_OFDM_HE:
        return at(HE, mhz, 4);
    }
    return NULL;
}

const struct aw_ofdm_table *aw_ofdm_fft(unsigned mhz) {
    return at(FFT, mhz, 4);
}

const struct aw_ofdm_table *aw_ofdm_intel5300(unsigned mhz) {
    return at(INTEL5300, mhz, 2);
}

const struct aw_ofdm_table *aw_ofdm_ax(enum aw_ofdm_phy phy, unsigned mhz) {
    switch (phy) {
    case AW_OFDM_LEGACY:
        return at(LEGACY, mhz, 1);
    case AW_OFDM_HT:
        return at(AX_HT, mhz, 2);
    case AW_OFDM_VHT:
        return at(AX_VHT, mhz, 4);
    case AW_OFDM_HE:
        return at(AX_HE, mhz, 4);
    }
    return NULL;
}

const struct aw_ofdm_table *aw_ofdm_table(unsigned id) {
    return id < sizeof tables / sizeof *tables ? &tables[id] : NULL;
}

int aw_ofdm_id(const int16_t *k, const uint8_t *kind, unsigned n) {
    for (unsigned i = 0; i < sizeof tables / sizeof *tables; i++) {
        const struct aw_ofdm_table *t = &tables[i];
        if (t->n != n) continue;
        if (k == t->k && kind == t->kind) return (int)i;
        if (memcmp(k, t->k, n * sizeof *k) == 0 && memcmp(kind, t->kind, n) == 0) return (int)i;
    }
    return -1;
}
