/* Source of the index tables: Espressif, ESP-IDF Programming Guide, "Wi-Fi Vendor Features", Wi-Fi
 * Channel State Information: the table of sub-carrier index by secondary channel, signal mode,
 * bandwidth and STBC, one for ESP32/S2/S3/C3, one for C5. Roles (null, pilot): IEEE 802.11-2020,
 * tables 17-9 (legacy), 19-6 (HT20), 19-7 (HT40) and 802.11ax-2021, 27.3.12.13 (HE 242-tone).
 *
 *     classic, values            LLTF         HT-LTF          STBC-HT-LTF
 *      64  non-HT                64           -               -
 *     128  HT20                  64           64              -
 *     192  HT20 STBC             64           64              64          (no secondary channel)
 *     188  HT20 STBC, above      -64..-1      -62..-1         -62..-1
 *     190  HT20 STBC, below      0..63        0..62           0..62
 *     192  HT40                  64           0..63,-64..-1   -
 *     306  HT40 STBC             64           0..60,-60..-1   0..60,-60..-1
 *     64 values: 0..31,-32..-1 without, 0..63 with secondary below, -64..-1 above
 *
 *     HE chips, values
 *      53  LLTF  57 HT20  114 HT20 STBC  117 HT40  234 HT40 STBC  245 HE20
 *      26  LLTF of 12 bit: every second subcarrier, -26..26 (ESP-IDF issue 18982)
 *      64, 128  C6: HT20 and HT40, padded with guard bands, ascending from -32 / -64
 *
 * The guide prints the C5 order as 0..28,-28..-1; Espressif's own printed C5 and C6 lines (esp-csi,
 * examples/esp-crab and examples/get-started READMEs: nulls at 57..59 of 117 and at 63..65 of 128)
 * ascend. Both are recognised by where the nulls are; ascending when they do not tell.
 *
 * For STBC packets subcarrier 0 of the HT fields carries the cyclic shift instead of zero. */
#include "readers/esp_layout.h"

#define R2(a) (a), (a) + 1
#define R8(a) R2(a), R2((a) + 2), R2((a) + 4), R2((a) + 6)
#define R32(a) R8(a), R8((a) + 8), R8((a) + 16), R8((a) + 24)
#define R26(a) R8(a), R8((a) + 8), R8((a) + 16), R2((a) + 24)
#define R28(a) R26(a), R2((a) + 26)
#define R56(a) R28(a), R28((a) + 28)
#define R62(a)                                                                                     \
    R32(a), R8((a) + 32), R8((a) + 40), R8((a) + 48), R2((a) + 56), R2((a) + 58), R2((a) + 60)
#define R60(a) R32(a), R28((a) + 32)
#define R122(a) R62(a), R60((a) + 62)

#define FFT64 R32(0), R32(-32)
#define ASC64 R32(-32), R32(0)
#define BELOW64 R32(0), R32(32)
#define ABOVE64 R32(-64), R32(-32)
#define FFT128 R32(0), R32(32), R32(-64), R32(-32)
#define FFT121 R60(0), 60, R60(-60)

/* Roles; f is the training field. */
#define L AW_LTF_LEGACY
#define H AW_LTF_HT
#define S AW_LTF_HT_STBC
#define E AW_LTF_HE
#define D(f) (AW_SUB_DATA | (f))
#define P(f) (AW_SUB_PILOT | (f))
#define N(f) (AW_SUB_NULL | (f))
#define X(f) (AW_SUB_INVALID | (f))
#define D2(f) D(f), D(f)
#define D4(f) D2(f), D2(f)
#define D5(f) D4(f), D(f)
#define D6(f) D4(f), D2(f)
#define D7(f) D6(f), D(f)
#define D9(f) D5(f), D4(f)
#define D13(f) D7(f), D6(f)
#define D20(f) D13(f), D7(f)
#define D25(f) D20(f), D5(f)
#define D26(f) D20(f), D6(f)
#define D27(f) D20(f), D7(f)
#define D41(f) D20(f), D20(f), D(f)
#define N2(f) N(f), N(f)
#define N3(f) N2(f), N(f)
#define N4(f) N2(f), N2(f)
#define N5(f) N3(f), N2(f)
#define N6(f) N3(f), N3(f)
#define X2(f) X(f), X(f)
#define X10(f) X2(f), X2(f), X2(f), X2(f), X2(f)

/* Legacy and HT20: pilots +-7, +-21. */
#define LEGACY_POS2(f) D5(f), P(f), D13(f), P(f), D5(f) /* 2..26 */
#define LEGACY_NEG(f) D5(f), P(f), D13(f), P(f), D6(f)  /* -26..-1 */
#define HT20_POS2(f) D5(f), P(f), D13(f), P(f), D7(f)   /* 2..28 */
#define HT20_NEG(f) D7(f), P(f), D13(f), P(f), D6(f)    /* -28..-1 */
/* HT40: pilots +-11, +-25, +-53. */
#define HT40_POS(f) D9(f), P(f), D13(f), P(f), D27(f), P(f), D5(f) /* 2..58 */
#define HT40_NEG(f) D5(f), P(f), D27(f), P(f), D13(f), P(f), D9(f) /* -58..-2 */
/* HE 242-tone: pilots +-22, +-48, +-90, +-116. */
#define HE_POS(f) D20(f), P(f), D25(f), P(f), D41(f), P(f), D25(f), P(f), D6(f) /* 2..122 */
#define HE_NEG(f) D6(f), P(f), D25(f), P(f), D41(f), P(f), D25(f), P(f), D20(f)

/* A block without its first two values, which may be the header word. */
#define LEGACY_FFT_TAIL LEGACY_POS2(L), N5(L), N6(L), LEGACY_NEG(L)
#define LEGACY_ASC_TAIL N4(L), LEGACY_NEG(L), N(L), D(L), LEGACY_POS2(L), N5(L)
#define HT20_FFT_TAIL HT20_POS2(H), N3(H), N4(H), HT20_NEG(H)
#define HT20_ASC_TAIL N2(H), HT20_NEG(H), N(H), D(H), HT20_POS2(H), N3(H)
#define HT40_FFT_TAIL(f) HT40_POS(f), N5(f), N6(f), HT40_NEG(f), N(f)
#define HT20_FFT N(H), D(H), HT20_FFT_TAIL
#define HT20_ASC N2(H), HT20_ASC_TAIL
/* Subcarrier 0 holds the cyclic shift. */
#define STBC20_FFT(f) X(f), D(f), HT20_POS2(f), N3(f), N4(f), HT20_NEG(f)
#define STBC20_ABOVE(f) N2(f), HT20_NEG(f), X(f), D(f), HT20_POS2(f), N3(f)
#define STBC20_BELOW(f) N4(f), HT20_NEG(f), X(f), D(f), HT20_POS2(f), N2(f)
#define STBC40(f) X(f), N(f), HT40_POS(f), N4(f), HT40_NEG(f), N(f)

/* Both variants of kind: as the standard has it, and with the header word over the first two. */
#define KINDS(name, count, first, second, ...)                                                     \
    static const uint8_t name[count] = {first, second, __VA_ARGS__};                               \
    static const uint8_t name##_x[count] = {X((first)&AW_LTF_MASK), X((second)&AW_LTF_MASK),       \
                                            __VA_ARGS__};

KINDS(kind_l_fft, 64, N(L), D(L), LEGACY_FFT_TAIL)
KINDS(kind_l_asc, 64, N(L), N(L), LEGACY_ASC_TAIL)
KINDS(kind_h_fft, 64, N(H), D(H), HT20_FFT_TAIL)
KINDS(kind_h_asc, 64, N(H), N(H), HT20_ASC_TAIL)
KINDS(kind_lh_fft, 128, N(L), D(L), LEGACY_FFT_TAIL, HT20_FFT)
KINDS(kind_lh_asc, 128, N(L), N(L), LEGACY_ASC_TAIL, HT20_ASC)
KINDS(kind_hh_asc, 128, N(H), N(H), HT20_ASC_TAIL, N2(S), STBC20_ABOVE(S))
KINDS(kind_h40, 128, N(H), N(H), HT40_FFT_TAIL(H))
KINDS(kind_h40_asc, 128, N(H), N(H), N4(H), HT40_NEG(H), N3(H), HT40_POS(H), N5(H))
KINDS(kind_lhs_fft, 192, N(L), D(L), LEGACY_FFT_TAIL, STBC20_FFT(H), STBC20_FFT(S))
KINDS(kind_lhs_above, 188, N(L), N(L), LEGACY_ASC_TAIL, STBC20_ABOVE(H), STBC20_ABOVE(S))
KINDS(kind_lhs_below, 190, N(L), N(L), LEGACY_ASC_TAIL, STBC20_BELOW(H), STBC20_BELOW(S))
KINDS(kind_lh40, 192, N(L), N(L), LEGACY_ASC_TAIL, N2(H), HT40_FFT_TAIL(H))
KINDS(kind_lh40_asc, 192, N(L), N(L), LEGACY_ASC_TAIL, N6(H), HT40_NEG(H), N3(H), HT40_POS(H),
      N5(H))
KINDS(kind_lhs_asc, 192, N(L), N(L), LEGACY_ASC_TAIL, N2(H), STBC20_ABOVE(H), N2(S),
      STBC20_ABOVE(S))
KINDS(kind_lhs40, 306, N(L), N(L), LEGACY_ASC_TAIL, STBC40(H), STBC40(S))
KINDS(kind_l53_asc, 53, D(L), D(L), D2(L), D(L), P(L), D13(L), P(L), D6(L), N(L), D(L),
      LEGACY_POS2(L))
KINDS(kind_l53_fft, 53, N(L), D(L), LEGACY_POS2(L), LEGACY_NEG(L))
KINDS(kind_l26, 26, D(L), D(L), D20(L), D4(L))
#define HT57_ASC_TAIL(f) D5(f), P(f), D13(f), P(f), D6(f), N(f), D(f), HT20_POS2(f)
KINDS(kind_h57_asc, 57, D(H), D(H), HT57_ASC_TAIL(H))
KINDS(kind_h57_fft, 57, N(H), D(H), HT20_POS2(H), HT20_NEG(H))
KINDS(kind_h57s_asc, 114, D(H), D(H), D5(H), P(H), D13(H), P(H), D6(H), X(H), D(H), HT20_POS2(H),
      HT20_NEG(S), X(S), D(S), HT20_POS2(S))
KINDS(kind_h57s_fft, 114, X(H), D(H), HT20_POS2(H), HT20_NEG(H), X(S), D(S), HT20_POS2(S),
      HT20_NEG(S))
#define HT40_NEG_TAIL(f) D2(f), D(f), P(f), D27(f), P(f), D13(f), P(f), D9(f)
KINDS(kind_h117_asc, 117, D(H), D(H), HT40_NEG_TAIL(H), N3(H), HT40_POS(H))
KINDS(kind_h117_fft, 117, N(H), N(H), HT40_POS(H), HT40_NEG(H), N(H))
KINDS(kind_h117s_asc, 234, D(H), D(H), HT40_NEG_TAIL(H), N(H), X(H), N(H), HT40_POS(H), HT40_NEG(S),
      N(S), X(S), N(S), HT40_POS(S))
KINDS(kind_h117s_fft, 234, X(H), N(H), HT40_POS(H), HT40_NEG(H), N(H), X(S), N(S), HT40_POS(S),
      HT40_NEG(S), N(S))
#define HE_NEG_TAIL(f) D4(f), P(f), D25(f), P(f), D41(f), P(f), D25(f), P(f), D20(f)
KINDS(kind_he_asc, 245, D(E), D(E), HE_NEG_TAIL(E), N3(E), HE_POS(E))
KINDS(kind_he_fft, 245, N(E), N(E), HE_POS(E), HE_NEG(E), N(E))

/* Header word at 0 and 1; the last ten values are lost in the repair of the text defect. */
static const uint8_t kind_lines[64] = {X2(L), LEGACY_POS2(L), N5(L), N6(L), D5(L),
                                       P(L),  D9(L),          D(L),  X10(L)};
/* The header word is cut off in front, so two values from behind the buffer follow at the end. */
static const uint8_t kind_log[128] = {LEGACY_FFT_TAIL, HT20_FFT, X2(H)};
static const uint8_t kind_ht56[56] = {HT20_NEG(H), D(H), HT20_POS2(H)};

/* RuView's server keeps the first 56 of 64: 0..31, -32..-9. */
static const uint8_t kind_cut56[56] = {N(L),  D(L), LEGACY_POS2(L), N5(L), N6(L),
                                       D5(L), P(L), D6(L),          D6(L)};

static const int16_t k_fft64[] = {FFT64};
static const int16_t k_asc64[] = {ASC64};
static const int16_t k_below64[] = {BELOW64};
static const int16_t k_above64[] = {ABOVE64};
static const int16_t k_fft64x2[] = {FFT64, FFT64};
static const int16_t k_asc64x2[] = {ASC64, ASC64};
static const int16_t k_below64x2[] = {BELOW64, BELOW64};
static const int16_t k_above64x2[] = {ABOVE64, ABOVE64};
static const int16_t k_fft64x3[] = {FFT64, FFT64, FFT64};
static const int16_t k_above188[] = {ABOVE64, R62(-62), R62(-62)};
static const int16_t k_below190[] = {BELOW64, R62(0), 62, R62(0), 62};
static const int16_t k_h40[] = {FFT128};
static const int16_t k_h40_asc[] = {ABOVE64, BELOW64};
static const int16_t k_below192[] = {BELOW64, FFT128};
static const int16_t k_above192[] = {ABOVE64, FFT128};
static const int16_t k_asc192[] = {ASC64, FFT128};
static const int16_t k_below192_asc[] = {BELOW64, ABOVE64, BELOW64};
static const int16_t k_above192_asc[] = {ABOVE64, ABOVE64, BELOW64};
static const int16_t k_asc64x3[] = {ASC64, ASC64, ASC64};
static const int16_t k_below306[] = {BELOW64, FFT121, FFT121};
static const int16_t k_above306[] = {ABOVE64, FFT121, FFT121};
static const int16_t k_asc306[] = {ASC64, FFT121, FFT121};
#define ASC53 R26(-26), 0, R26(1)
#define FFT53 0, R26(1), R26(-26)
#define ASC57 R28(-28), 0, R28(1)
#define FFT57 0, R28(1), R28(-28)
#define ASC117 R56(-58), R2(-2), 0, R56(1), R2(57)
#define FFT117 0, R56(1), R2(57), R56(-58), R2(-2)
static const int16_t k_asc53[] = {ASC53};
static const int16_t k_fft53[] = {FFT53};
static const int16_t k_l26[] = {-26, -24, -22, -20, -18, -16, -14, -12, -10, -8, -6, -4, -2,
                                2,   4,   6,   8,   10,  12,  14,  16,  18,  20, 22, 24, 26};
static const int16_t k_asc57[] = {ASC57};
static const int16_t k_fft57[] = {FFT57};
static const int16_t k_asc57x2[] = {ASC57, ASC57};
static const int16_t k_fft57x2[] = {FFT57, FFT57};
static const int16_t k_asc117[] = {ASC117};
static const int16_t k_fft117[] = {FFT117};
static const int16_t k_asc117x2[] = {ASC117, ASC117};
static const int16_t k_fft117x2[] = {FFT117, FFT117};
static const int16_t k_he_asc[] = {R122(-122), 0, R122(1)};
static const int16_t k_he_fft[] = {0, R122(1), R122(-122)};
static const int16_t k_log[] = {R2(2), R2(4), R2(6), R8(8), R8(16), R8(24), R32(-32), FFT64, 0, 0};
static const int16_t k_ht56[] = {R28(-28), R28(1)};

#define LAYOUT(name, k, kind, mhz, hz)                                                             \
    static const struct aw_esp_layout name = {                                                     \
        sizeof(k) / sizeof(k)[0], mhz, hz, k, kind, kind##_x};                                     \
    _Static_assert(sizeof(k) / sizeof(k)[0] == sizeof kind, #name);

LAYOUT(l_fft, k_fft64, kind_l_fft, 20, 312500)
LAYOUT(l_asc, k_asc64, kind_l_asc, 20, 312500)
LAYOUT(l_below, k_below64, kind_l_asc, 20, 312500)
LAYOUT(l_above, k_above64, kind_l_asc, 20, 312500)
LAYOUT(h_fft, k_fft64, kind_h_fft, 20, 312500)
LAYOUT(h_asc, k_asc64, kind_h_asc, 20, 312500)
LAYOUT(h_below, k_below64, kind_h_asc, 20, 312500)
LAYOUT(h_above, k_above64, kind_h_asc, 20, 312500)
LAYOUT(lh_fft, k_fft64x2, kind_lh_fft, 20, 312500)
LAYOUT(lh_asc, k_asc64x2, kind_lh_asc, 20, 312500)
LAYOUT(lh_below, k_below64x2, kind_lh_asc, 20, 312500)
LAYOUT(lh_above, k_above64x2, kind_lh_asc, 20, 312500)
LAYOUT(hh_asc, k_asc64x2, kind_hh_asc, 20, 312500)
LAYOUT(lhs_fft, k_fft64x3, kind_lhs_fft, 20, 312500)
LAYOUT(lhs_above, k_above188, kind_lhs_above, 20, 312500)
LAYOUT(lhs_below, k_below190, kind_lhs_below, 20, 312500)
LAYOUT(h40, k_h40, kind_h40, 40, 312500)
LAYOUT(h40_asc, k_h40_asc, kind_h40_asc, 40, 312500)
LAYOUT(lh40_below, k_below192, kind_lh40, 40, 312500)
LAYOUT(lh40_above, k_above192, kind_lh40, 40, 312500)
LAYOUT(lh40_unknown, k_asc192, kind_lh40, 40, 312500)
LAYOUT(lh40_below_asc, k_below192_asc, kind_lh40_asc, 40, 312500)
LAYOUT(lh40_above_asc, k_above192_asc, kind_lh40_asc, 40, 312500)
LAYOUT(lhs_asc, k_asc64x3, kind_lhs_asc, 20, 312500)
LAYOUT(lhs40_below, k_below306, kind_lhs40, 40, 312500)
LAYOUT(lhs40_above, k_above306, kind_lhs40, 40, 312500)
LAYOUT(lhs40_unknown, k_asc306, kind_lhs40, 40, 312500)
LAYOUT(l53_asc, k_asc53, kind_l53_asc, 20, 312500)
LAYOUT(l53_fft, k_fft53, kind_l53_fft, 20, 312500)
LAYOUT(l26, k_l26, kind_l26, 20, 312500)
LAYOUT(h57_asc, k_asc57, kind_h57_asc, 20, 312500)
LAYOUT(h57_fft, k_fft57, kind_h57_fft, 20, 312500)
LAYOUT(h57s_asc, k_asc57x2, kind_h57s_asc, 20, 312500)
LAYOUT(h57s_fft, k_fft57x2, kind_h57s_fft, 20, 312500)
LAYOUT(h117_asc, k_asc117, kind_h117_asc, 40, 312500)
LAYOUT(h117_fft, k_fft117, kind_h117_fft, 40, 312500)
LAYOUT(h117s_asc, k_asc117x2, kind_h117s_asc, 40, 312500)
LAYOUT(h117s_fft, k_fft117x2, kind_h117s_fft, 40, 312500)
LAYOUT(he_asc, k_he_asc, kind_he_asc, 20, 78125)
LAYOUT(he_fft, k_he_fft, kind_he_fft, 20, 78125)

const struct aw_esp_layout aw_esp_layout_lines = {64, 20, 312500, k_fft64, kind_lines, kind_lines};
const struct aw_esp_layout aw_esp_layout_log = {128, 20, 312500, k_log, kind_log, kind_log};
const struct aw_esp_layout aw_esp_layout_ht56 = {56, 20, 312500, k_ht56, kind_ht56, kind_ht56};

const struct aw_esp_layout aw_esp_layout_cut56 = {56, 20, 312500, k_fft64, kind_cut56, kind_cut56};

/* Are values first..last all zero? */
static bool zero(const float *iq, unsigned first, unsigned last) {
    for (unsigned i = 2 * first; i < 2 * last + 2; i++)
        if (iq[i] != 0) return false;
    return true;
}

/* One of four by the secondary channel: none, above, below, unknown but ascending. */
static const struct aw_esp_layout *by_side(int secondary, const struct aw_esp_layout *none,
                                           const struct aw_esp_layout *above,
                                           const struct aw_esp_layout *below,
                                           const struct aw_esp_layout *unknown) {
    return secondary == 0 ? none : secondary == 1 ? above : secondary == 2 ? below : unknown;
}

/* Order of a 20 MHz block of 64 at iq: without a secondary channel subcarriers +-30..32 lie at
 * 30..34, else at 2, 3, 61, 62. Returns 0 (none), -1 (some), or -2 when the nulls fit neither. */
static int order20(const float *iq) {
    if (zero(iq, 30, 34)) return 0;
    return zero(iq, 2, 3) && zero(iq, 61, 62) ? -1 : -2;
}

/* +-28 carry data in HT packets and nothing in legacy fields. */
static bool looks_ht20(const float *iq, bool fft) {
    return fft ? !(zero(iq, 28, 28) && zero(iq, 36, 36)) : !(zero(iq, 4, 4) && zero(iq, 60, 60));
}

static const struct aw_esp_layout *classic(const struct aw_esp_packet *p, const float *iq,
                                           uint32_t n) {
    int side = p->secondary;
    if (side < 0 && (n == 64 || n == 128)) {
        bool h40_alone = n == 128 && p->forty != 0 && zero(iq, 60, 68) && !zero(iq, 2, 3);
        if (h40_alone) return &h40;
        side = order20(iq);
        if (side == -2) return NULL;
    }
    switch (n) {
    case 64: {
        bool ht = p->ht != 0 && looks_ht20(iq, side == 0);
        return ht ? by_side(side, &h_fft, &h_above, &h_below, &h_asc)
                  : by_side(side, &l_fft, &l_above, &l_below, &l_asc);
    }
    case 128:
        if (p->forty == 1) return &h40;
        return by_side(side, &lh_fft, &lh_above, &lh_below, &lh_asc);
    case 192:
        if (p->forty == 0 || (p->forty < 0 && zero(iq, 30, 34) && zero(iq, 94, 98)))
            return side > 0 ? NULL : &lhs_fft;
        if (p->forty < 0 && !(zero(iq, 2, 3) && zero(iq, 61, 62))) return NULL;
        return by_side(side, NULL, &lh40_above, &lh40_below, &lh40_unknown);
    case 188:
        return side == 1 || side < 0 ? &lhs_above : NULL;
    case 190:
        return side == 2 || side < 0 ? &lhs_below : NULL;
    case 306:
        return by_side(side, NULL, &lhs40_above, &lhs40_below, &lhs40_unknown);
    default:
        return NULL;
    }
}

static const struct aw_esp_layout *he(const float *iq, uint32_t n) {
    switch (n) {
    case 26:
        return &l26;
    case 53:
        return zero(iq, 0, 0) && !zero(iq, 26, 26) ? &l53_fft : &l53_asc;
    case 57:
        return zero(iq, 0, 0) && !zero(iq, 28, 28) ? &h57_fft : &h57_asc;
    case 114:
        return zero(iq, 0, 0) && !zero(iq, 28, 28) ? &h57s_fft : &h57s_asc;
    case 117:
        return zero(iq, 0, 1) && !zero(iq, 57, 59) ? &h117_fft : &h117_asc;
    case 234:
        return zero(iq, 1, 1) && !zero(iq, 57, 57) ? &h117s_fft : &h117s_asc;
    case 245:
        return zero(iq, 0, 1) && !zero(iq, 121, 123) ? &he_fft : &he_asc;
    case 64:
        return looks_ht20(iq, false) ? &h_asc : &l_asc;
    case 128:
        return zero(iq, 32, 32) && zero(iq, 96, 96) ? &hh_asc : &h40_asc;
    default:
        return NULL;
    }
}

const struct aw_esp_layout *aw_esp_layout_find(const struct aw_esp_packet *packet, const float *iq,
                                               uint32_t n) {
    return packet->family == AW_ESP_HE ? he(iq, n) : classic(packet, iq, n);
}

const struct aw_esp_layout *aw_esp_layout_sorted(const struct aw_esp_sorted *f) {
    int start = f->lltf_start;
    int side = start == 0 ? 2 : start == -64 ? 1 : -1;
    if (f->lltf_n != 64 || (side < 0 && start != -32)) return NULL;
    if (f->stbc_n)
        return side < 0 && f->ht_n == 64 && f->stbc_n == 64 && f->ht_start == start &&
                       f->stbc_start == start
                   ? &lhs_asc
                   : NULL;
    if (f->ht_n == 0) return by_side(side, NULL, &l_above, &l_below, &l_asc);
    if (f->ht_n == 64 && f->ht_start == start)
        return by_side(side, NULL, &lh_above, &lh_below, &lh_asc);
    if (f->ht_n == 128 && f->ht_start == -64)
        return by_side(side, NULL, &lh40_above_asc, &lh40_below_asc, NULL);
    return NULL;
}

void aw_esp_layout_apply(struct aw_frame *f, const struct aw_esp_layout *layout,
                         bool first_invalid) {
    f->n_sub = layout->n;
    f->spacing_hz = layout->spacing_hz;
    f->k = layout->k;
    f->kind = first_invalid ? layout->kind_first_invalid : layout->kind;
}

bool aw_esp_first_word_set(const float *iq) {
    return (iq[0] != 0 || iq[1] != 0) && iq[2] == 0; /* iq[2] is the fourth byte */
}
