/* The tables against the rules they come from, written here a second time as rules. */
#include "readers/ofdm.h"

#include "test.h"

/* Is k used by the mode of this width? HT and VHT up to 80 MHz, HE up to 80 MHz: IEEE 802.11-2020
 * table 21-5, 802.11ax-2021 27.3.2.2; 160 MHz is two 80 MHz halves. */
static bool used(enum aw_ofdm_phy phy, int mhz, int k) {
    int a = abs(k);
    if (phy == AW_OFDM_LEGACY) { /* 52 around the centre of every 20 MHz */
        int c = ((k + mhz / 20 * 32) % 64 + 64) % 64 - 32;
        return a <= mhz / 20 * 32 && c != 0 && abs(c) <= 26;
    }
    int half = phy == AW_OFDM_HE ? 512 : 128;
    if (mhz == 160) return used(phy, 80, k < 0 ? k + half : k - half);
    if (phy == AW_OFDM_HE)
        return mhz == 20 ? a >= 2 && a <= 122 : mhz == 40 ? a >= 3 && a <= 244 : a >= 3 && a <= 500;
    return mhz == 20 ? a >= 1 && a <= 28 : mhz == 40 ? a >= 2 && a <= 58 : a >= 2 && a <= 122;
}

static void used_and_pilots(void) {
    /* pilots as positions in the list of used subcarriers: FeitCSI, include/Csi.h */
    static const struct {
        enum aw_ofdm_phy phy;
        int mhz, n, n_pilots, pilots[32];
    } want[] = {
        {AW_OFDM_LEGACY, 20, 52, 4, {5, 19, 32, 46}},
        {AW_OFDM_LEGACY, 40, 104, 8, {5, 19, 32, 46, 57, 71, 84, 98}},
        {AW_OFDM_LEGACY, 80, 208, 16, {5, 19, 32, 46, 57}},
        {AW_OFDM_LEGACY, 160, 416, 32, {5, 19, 32, 46, 57}},
        {AW_OFDM_HT, 20, 56, 4, {7, 21, 34, 48}},
        {AW_OFDM_HT, 40, 114, 6, {5, 33, 47, 66, 80, 108}},
        {AW_OFDM_VHT, 20, 56, 4, {7, 21, 34, 48}},
        {AW_OFDM_VHT, 40, 114, 6, {5, 33, 47, 66, 80, 108}},
        {AW_OFDM_VHT, 80, 242, 8, {19, 47, 83, 111, 130, 158, 194, 222}},
        {AW_OFDM_VHT,
         160,
         484,
         16,
         {19, 47, 83, 111, 130, 158, 194, 222, 261, 289, 325, 353, 372, 400, 436, 464}},
        {AW_OFDM_HE, 20, 242, 8, {6, 32, 74, 100, 141, 167, 209, 235}},
        {AW_OFDM_HE,
         40,
         484,
         16,
         {6, 32, 74, 100, 140, 166, 208, 234, 249, 275, 317, 343, 383, 409, 451, 477}},
        {AW_OFDM_HE,
         80,
         996,
         16,
         {32, 100, 166, 234, 274, 342, 408, 476, 519, 587, 653, 721, 761, 829, 895, 963}},
        {AW_OFDM_HE, 160, 1992, 32, {32,   100,  166,  234,  274,  342,  408,  476,
                                     519,  587,  653,  721,  761,  829,  895,  963,
                                     1028, 1096, 1162, 1230, 1270, 1338, 1404, 1472,
                                     1515, 1583, 1649, 1717, 1757, 1825, 1891, 1959}},
    };
    static const unsigned ltf[] = {AW_LTF_LEGACY, AW_LTF_HT, AW_LTF_VHT, AW_LTF_HE};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        const struct aw_ofdm_table *t = aw_ofdm_used(want[i].phy, (unsigned)want[i].mhz);
        CHECK(t != NULL);
        if (!t) continue;
        CHECK_INT(t->n, want[i].n);
        CHECK_NEAR(t->spacing_hz, want[i].phy == AW_OFDM_HE ? 78125 : 312500, 0);
        int n = 0, pilots = 0;
        for (int k = -1100; k <= 1100; k++) {
            if (!used(want[i].phy, want[i].mhz, k)) continue;
            if (n < t->n && t->k[n] != k) CHECK_INT(t->k[n], k);
            n++;
        }
        CHECK_INT(n, t->n);
        for (int j = 0; j < t->n; j++) {
            CHECK_INT(t->kind[j] & AW_LTF_MASK, ltf[want[i].phy]);
            unsigned role = t->kind[j] & AW_SUB_ROLE;
            CHECK(role == AW_SUB_DATA || role == AW_SUB_PILOT);
            if (role != AW_SUB_PILOT) continue;
            int p = want[i].pilots[pilots];
            if (p) CHECK_INT(j, p);
            CHECK(used(want[i].phy, want[i].mhz, -t->k[j])); /* pilots are symmetric */
            pilots++;
        }
        CHECK_INT(pilots, want[i].n_pilots);
    }
    CHECK(aw_ofdm_used(AW_OFDM_HT, 80) == NULL);
    CHECK(aw_ofdm_used(AW_OFDM_VHT, 0) == NULL);
    CHECK(aw_ofdm_used(AW_OFDM_VHT, 320) == NULL);
}

static void fft_order(void) {
    for (unsigned mhz = 20; mhz <= 160; mhz *= 2) {
        const struct aw_ofdm_table *t = aw_ofdm_fft(mhz), *u = aw_ofdm_used(AW_OFDM_VHT, mhz);
        int n = (int)mhz * 16 / 5;
        CHECK_INT(t->n, n);
        int live = 0;
        for (int i = 0; i < n; i++) {
            int k = i < n / 2 ? i : i - n;
            CHECK_INT(t->k[i], k);
            bool is_used = used(AW_OFDM_VHT, (int)mhz, k);
            CHECK_INT(!(t->kind[i] & AW_SUB_NULL), is_used);
            live += is_used;
            for (int j = 0; j < u->n; j++)
                if (u->k[j] == k) CHECK_INT(t->kind[i], u->kind[j]);
        }
        CHECK_INT(live, u->n);
    }
}

/* IEEE 802.11n-2009 table 7-25f as printed in the FAQ of the Linux 802.11n CSI Tool. */
static void intel(void) {
    static const int k20[30] = {-28, -26, -24, -22, -20, -18, -16, -14, -12, -10,
                                -8,  -6,  -4,  -2,  -1,  1,   3,   5,   7,   9,
                                11,  13,  15,  17,  19,  21,  23,  25,  27,  28};
    const struct aw_ofdm_table *a = aw_ofdm_intel5300(20), *b = aw_ofdm_intel5300(40);
    CHECK_INT(a->n, 30);
    CHECK_INT(b->n, 30);
    for (int i = 0; i < 30; i++) {
        CHECK_INT(a->k[i], k20[i]);
        CHECK_INT(b->k[i], -58 + 4 * i);
        bool pilot = k20[i] == 7 || k20[i] == 21;
        CHECK_INT(a->kind[i], (pilot ? AW_SUB_PILOT : AW_SUB_DATA) | AW_LTF_HT);
        CHECK_INT(b->kind[i], AW_SUB_DATA | AW_LTF_HT);
    }
    CHECK(aw_ofdm_intel5300(80) == NULL);
}

/* The tables of AX cards are those of the standard, but for the values of pilots. */
static void ax(void) {
    for (int phy = AW_OFDM_LEGACY; phy <= AW_OFDM_HE; phy++)
        for (unsigned mhz = 20; mhz <= 160; mhz *= 2) {
            const struct aw_ofdm_table *t = aw_ofdm_ax((enum aw_ofdm_phy)phy, mhz);
            const struct aw_ofdm_table *u = aw_ofdm_used((enum aw_ofdm_phy)phy, mhz);
            CHECK((t != NULL) == (phy == AW_OFDM_LEGACY ? mhz == 20 : u != NULL));
            if (!t) continue;
            CHECK(t->n == u->n && t->k == u->k && t->spacing_hz == u->spacing_hz);
            for (int i = 0; i < t->n; i++) {
                bool pilot = u->kind[i] & AW_SUB_PILOT && phy != AW_OFDM_LEGACY;
                CHECK_INT(t->kind[i], u->kind[i] | (pilot ? AW_SUB_INVALID : 0));
            }
        }
}

static void numbers(void) {
    for (unsigned id = 0; aw_ofdm_table(id); id++) {
        const struct aw_ofdm_table *t = aw_ofdm_table(id);
        CHECK_INT(aw_ofdm_id(t->k, t->kind, t->n), id);
    }
    int16_t k[56];
    uint8_t kind[56];
    const struct aw_ofdm_table *t = aw_ofdm_used(AW_OFDM_VHT, 20);
    memcpy(k, t->k, sizeof k);
    memcpy(kind, t->kind, sizeof kind);
    CHECK(aw_ofdm_table((unsigned)aw_ofdm_id(k, kind, 56)) == t);
    kind[55] ^= AW_SUB_PILOT;
    CHECK_INT(aw_ofdm_id(k, kind, 56), -1);
    CHECK_INT(aw_ofdm_id(k, kind, 3), -1);
}

int main(void) {
    used_and_pilots();
    fft_order();
    intel();
    ax();
    numbers();
    return test_end();
}
