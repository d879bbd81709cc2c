#include "readers/esp_layout.h"
#include "vectors.h"

static float iq[2 * 512];

static const struct aw_esp_layout *find(enum aw_esp_family family, int secondary, int ht, int forty,
                                        int stbc, uint32_t n) {
    struct aw_esp_packet packet = {family, secondary, ht, forty, stbc};
    return aw_esp_layout_find(&packet, iq, n);
}

/* Everything has energy, except what the list names. */
static void fill(uint32_t n) {
    for (uint32_t i = 0; i < 2 * n; i++) iq[i] = 1;
}

static void null(unsigned first, unsigned last) {
    for (unsigned i = 2 * first; i < 2 * last + 2; i++) iq[i] = 0;
}

/* IEEE 802.11: +-1..26 legacy, +-1..28 HT20, +-2..58 HT40 (relative to the field's own centre);
 * pilots +-7, +-21 and +-11, +-25, +-53; HE 242-tone: +-2..122 with +-22, 48, 90, 116. */
static bool is_pilot(int r, int width) {
    static const int p20[] = {7, 21}, p40[] = {11, 25, 53}, he[] = {22, 48, 90, 116};
    const int *p = width == 20 ? p20 : width == 40 ? p40 : he;
    int n = width == 20 ? 2 : width == 40 ? 3 : 4;
    for (int i = 0; i < n; i++)
        if (abs(r) == p[i]) return true;
    return false;
}

/* Checks n values from at on: their field is ltf, they are lo..hi as a set, used up to reach with
 * centre at `centre` and lowest used subcarrier `low`. */
static void field(const struct aw_esp_layout *l, unsigned at, unsigned n, unsigned ltf, int centre,
                  int low, int reach, int width) {
    unsigned used = 0;
    for (unsigned i = at; i < at + n; i++) {
        int r = l->k[i] - centre;
        unsigned role = l->kind[i] & AW_SUB_ROLE;
        CHECK_INT(l->kind[i] & AW_LTF_MASK, ltf);
        for (unsigned j = at; j < i; j++) CHECK(l->k[j] != l->k[i]);
        bool live = abs(r) >= low && abs(r) <= reach;
        if (live) {
            CHECK_INT(role, is_pilot(r, width) ? AW_SUB_PILOT : AW_SUB_DATA);
            used++;
        } else {
            CHECK(role == AW_SUB_NULL || (role == AW_SUB_INVALID && r == 0));
        }
    }
    CHECK_INT(used, 2 * (reach - low + 1));
}

static void classic(void) {
    for (int secondary = 0; secondary <= 2; secondary++) {
        int centre = secondary == 0 ? 0 : secondary == 1 ? -32 : 32;
        fill(306);
        const struct aw_esp_layout *l = find(AW_ESP_CLASSIC, secondary, 0, 0, 0, 64);
        CHECK(l && l->n == 64 && l->bandwidth_mhz == 20);
        field(l, 0, 64, AW_LTF_LEGACY, centre, 1, 26, 20);
        CHECK_INT(l->k[0], secondary == 0 ? 0 : centre - 32);
        CHECK_INT(l->kind_first_invalid[0], AW_SUB_INVALID);
        CHECK_INT(l->kind_first_invalid[1], AW_SUB_INVALID);
        CHECK(memcmp(l->kind_first_invalid + 2, l->kind + 2, 62) == 0);

        l = find(AW_ESP_CLASSIC, secondary, 1, 0, 0, 64); /* only the HT field was enabled */
        field(l, 0, 64, AW_LTF_HT, centre, 1, 28, 20);
        l = find(AW_ESP_CLASSIC, secondary, 1, 0, 0, 128);
        CHECK(l && l->n == 128);
        field(l, 0, 64, AW_LTF_LEGACY, centre, 1, 26, 20);
        field(l, 64, 64, AW_LTF_HT, centre, 1, 28, 20);
        l = find(AW_ESP_CLASSIC, secondary, 1, 1, 0, 192);
        CHECK((l != NULL) == (secondary != 0));
        if (!secondary) continue;
        CHECK_INT(l->bandwidth_mhz, 40);
        field(l, 0, 64, AW_LTF_LEGACY, centre, 1, 26, 20);
        field(l, 64, 128, AW_LTF_HT, 0, 2, 58, 40);
        CHECK_INT(l->k[64], 0);
        CHECK_INT(l->k[64 + 63], 63);
        CHECK_INT(l->k[64 + 64], -64);
        l = find(AW_ESP_CLASSIC, secondary, 1, 1, 1, 306);
        field(l, 0, 64, AW_LTF_LEGACY, centre, 1, 26, 20);
        field(l, 64, 121, AW_LTF_HT, 0, 2, 58, 40);
        field(l, 185, 121, AW_LTF_HT_STBC, 0, 2, 58, 40);
        CHECK_INT(l->k[64 + 60], 60);
        CHECK_INT(l->k[64 + 61], -60);
        CHECK_INT(l->kind[64], AW_SUB_INVALID | AW_LTF_HT); /* cyclic shift */
    }
    const struct aw_esp_layout *l = find(AW_ESP_CLASSIC, 0, 1, 0, 1, 192);
    field(l, 0, 64, AW_LTF_LEGACY, 0, 1, 26, 20);
    field(l, 64, 64, AW_LTF_HT, 0, 1, 28, 20);
    field(l, 128, 64, AW_LTF_HT_STBC, 0, 1, 28, 20);
    l = find(AW_ESP_CLASSIC, 1, 1, 0, 1, 188); /* 376 bytes */
    field(l, 0, 64, AW_LTF_LEGACY, -32, 1, 26, 20);
    field(l, 64, 62, AW_LTF_HT, -32, 1, 28, 20);
    field(l, 126, 62, AW_LTF_HT_STBC, -32, 1, 28, 20);
    CHECK_INT(l->k[64], -62);
    CHECK_INT(l->k[125], -1);
    l = find(AW_ESP_CLASSIC, 2, 1, 0, 1, 190); /* 380 bytes */
    field(l, 64, 63, AW_LTF_HT, 32, 1, 28, 20);
    CHECK_INT(l->k[64], 0);
    CHECK_INT(l->k[126], 62);
    l = find(AW_ESP_CLASSIC, 1, 1, 1, 0, 128); /* HT40 alone */
    field(l, 0, 128, AW_LTF_HT, 0, 2, 58, 40);
    for (uint32_t n = 0; n < 512; n++) { /* no table, no layout */
        bool known = n == 64 || n == 128 || n == 188 || n == 192 || n == 306;
        CHECK((find(AW_ESP_CLASSIC, 1, 1, 1, 1, n) != NULL) == known);
    }
}

static void he(void) {
    static const struct {
        uint32_t n;
        unsigned dc, ltf;
        int low, reach, width, mhz;
    } single[] = {
        {53, 26, AW_LTF_LEGACY, 1, 26, 20, 20},
        {57, 28, AW_LTF_HT, 1, 28, 20, 20},
        {117, 58, AW_LTF_HT, 2, 58, 40, 40},
        {245, 122, AW_LTF_HE, 2, 122, 0, 20},
    };
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        for (int fft = 0; fft < 2; fft++) {
            unsigned n = single[i].n, low = (unsigned)single[i].low;
            fill(n);
            if (fft)
                null(0, low - 1);
            else
                null(single[i].dc - low + 1, single[i].dc + low - 1);
            const struct aw_esp_layout *l = find(AW_ESP_HE, -1, -1, -1, -1, n);
            CHECK(l && l->n == n && l->bandwidth_mhz == single[i].mhz);
            field(l, 0, n, single[i].ltf, 0, single[i].low, single[i].reach, single[i].width);
            CHECK_INT(l->k[fft ? 0 : single[i].dc], 0);
            CHECK_NEAR(l->spacing_hz, single[i].width ? 312500 : 78125, 0);
        }
    }
    fill(512);
    const struct aw_esp_layout *l = find(AW_ESP_HE, -1, -1, -1, -1, 114);
    field(l, 0, 57, AW_LTF_HT, 0, 1, 28, 20);
    field(l, 57, 57, AW_LTF_HT_STBC, 0, 1, 28, 20);
    l = find(AW_ESP_HE, -1, -1, -1, -1, 234);
    field(l, 0, 117, AW_LTF_HT, 0, 2, 58, 40);
    field(l, 117, 117, AW_LTF_HT_STBC, 0, 2, 58, 40);
    l = find(AW_ESP_HE, -1, -1, -1, -1, 26);
    CHECK(l && l->k[0] == -26 && l->k[12] == -2 && l->k[13] == 2 && l->k[25] == 26);
    l = find(AW_ESP_HE, -1, -1, -1, -1, 64);
    field(l, 0, 64, AW_LTF_HT, 0, 1, 28, 20);
    CHECK_INT(l->k[0], -32);
    l = find(AW_ESP_HE, -1, -1, -1, -1, 128);
    field(l, 0, 128, AW_LTF_HT, 0, 2, 58, 40);
    CHECK_INT(l->k[0], -64);
    null(32, 32); /* two HT20 fields, padded */
    null(96, 96);
    l = find(AW_ESP_HE, -1, -1, -1, -1, 128);
    field(l, 0, 64, AW_LTF_HT, 0, 1, 28, 20);
    field(l, 64, 64, AW_LTF_HT_STBC, 0, 1, 28, 20);
    CHECK(find(AW_ESP_HE, -1, -1, -1, -1, 192) == NULL);
}

/* Nothing known but the values: the null patterns of the interface study, 1.11. */
static void by_content(void) {
    fill(192);
    CHECK(find(AW_ESP_CLASSIC, -1, -1, -1, -1, 64) == NULL); /* no nulls: no order */
    CHECK(find(AW_ESP_CLASSIC, -1, -1, -1, -1, 192) == NULL);
    null(0, 0);
    null(27, 37);
    const struct aw_esp_layout *l = find(AW_ESP_CLASSIC, -1, -1, -1, -1, 64);
    CHECK(l && l->k[0] == 0 && l->kind[26] == (AW_SUB_DATA | AW_LTF_LEGACY));
    null(93, 99);
    l = find(AW_ESP_CLASSIC, -1, -1, -1, -1, 128);
    CHECK(l && l->k[64] == 0 && l->kind[64 + 28] == (AW_SUB_DATA | AW_LTF_HT));
    null(157, 163);
    l = find(AW_ESP_CLASSIC, -1, -1, -1, -1, 192);
    CHECK(l && l->bandwidth_mhz == 20 && l->kind[128 + 28] == (AW_SUB_DATA | AW_LTF_HT_STBC));

    fill(192);
    null(0, 0);
    null(29, 35); /* an S3 with only the HT field */
    l = find(AW_ESP_CLASSIC, -1, -1, -1, -1, 64);
    CHECK(l && l->k[0] == 0 && l->kind[28] == (AW_SUB_DATA | AW_LTF_HT));

    fill(192);
    null(0, 5);
    null(32, 32);
    null(59, 63);
    l = find(AW_ESP_CLASSIC, -1, -1, -1, -1, 64);
    CHECK(l && l->k[0] == -32 && l->kind[6] == (AW_SUB_DATA | AW_LTF_LEGACY));
    null(64, 65); /* HT40 behind it, side of the secondary channel unknown */
    null(123, 133);
    null(191, 191);
    l = find(AW_ESP_CLASSIC, -1, -1, -1, -1, 192);
    CHECK(l && l->bandwidth_mhz == 40 && l->k[0] == -32 && l->k[64 + 2] == 2);

    fill(128);
    null(0, 1); /* HT40 alone */
    null(59, 69);
    null(127, 127);
    l = find(AW_ESP_CLASSIC, -1, -1, -1, -1, 128);
    CHECK(l && l->bandwidth_mhz == 40 && l->k[2] == 2);
}

static void fixed(void) {
    const struct aw_esp_layout *l = &aw_esp_layout_lines;
    for (int i = 0; i < 64; i++) {
        bool safe = i >= 2 && i <= 53;
        CHECK((l->kind[i] == AW_SUB_INVALID) == !safe);
        CHECK_INT(l->k[i], i < 32 ? i : i - 64);
    }
    l = &aw_esp_layout_log;
    CHECK(l->k[0] == 2 && l->k[25] == 27 && l->kind[25] == AW_SUB_NULL);
    CHECK(l->k[62] == 0 && l->kind[62] == (AW_SUB_NULL | AW_LTF_HT));
    CHECK(l->k[91] == 29 && l->kind[91] == (AW_SUB_NULL | AW_LTF_HT));
    CHECK(l->k[125] == -1 && l->kind[126] == (AW_SUB_INVALID | AW_LTF_HT));
    field(&aw_esp_layout_ht56, 0, 56, AW_LTF_HT, 0, 1, 28, 20);
    CHECK(aw_esp_layout_ht56.k[27] == -1 && aw_esp_layout_ht56.k[28] == 1);
    l = &aw_esp_layout_cut56;
    CHECK(l->k[55] == -9 && l->kind[55] == AW_SUB_DATA && l->kind[43] == AW_SUB_PILOT);
}

static void sorted(void) {
    const struct aw_esp_layout *l;
    for (int start = -64; start <= 0; start += 32) {
        struct aw_esp_sorted f = {.lltf_start = start, .lltf_n = 64};
        l = aw_esp_layout_sorted(&f);
        field(l, 0, 64, AW_LTF_LEGACY, start + 32, 1, 26, 20);
        f.ht_start = start;
        f.ht_n = 64;
        l = aw_esp_layout_sorted(&f);
        field(l, 64, 64, AW_LTF_HT, start + 32, 1, 28, 20);
        f.ht_start = -64;
        f.ht_n = 128;
        l = aw_esp_layout_sorted(&f);
        CHECK((l != NULL) == (start != -32));
        if (l) field(l, 64, 128, AW_LTF_HT, 0, 2, 58, 40);
        if (l) CHECK_INT(l->k[64], -64);
        f.ht_start = 1;
        CHECK(aw_esp_layout_sorted(&f) == NULL);
    }
    struct aw_esp_sorted f = {-32, -32, -32, 64, 64, 64};
    l = aw_esp_layout_sorted(&f);
    field(l, 128, 64, AW_LTF_HT_STBC, 0, 1, 28, 20);
    f.lltf_n = 63;
    CHECK(aw_esp_layout_sorted(&f) == NULL);
}

int main(void) {
    classic();
    he();
    by_content();
    fixed();
    sorted();
    return test_end();
}
