#include "readers/intel_ax.h"

bool aw_intel_ax_layout(enum aw_ofdm_phy phy, unsigned mhz, unsigned n,
                        struct aw_intel_ax_layout *out) {
    const struct aw_ofdm_table *t = aw_ofdm_ax(phy, mhz);
    if (!t) return false;
    *out = (struct aw_intel_ax_layout){.table = t, .n = (uint16_t)n};
    if (n == t->n) return true;
    unsigned padded = phy == AW_OFDM_HE ? 1024 : 256;
    if (mhz != 160 || n != t->n / 2 + padded) return false;
    out->gap_at = t->n / 2;
    out->gap_len = (uint16_t)(padded - t->n / 2);
    return true;
}

static float *run(const uint8_t *p, unsigned n, float *iq) {
    for (unsigned i = 0; i < n; i++) {
        iq[2 * i] = (float)(int16_t)(p[4 * i + 2] | p[4 * i + 3] << 8);
        iq[2 * i + 1] = (float)(int16_t)(p[4 * i] | p[4 * i + 1] << 8);
    }
    return iq + 2 * n;
}

void aw_intel_ax_unpack(const struct aw_intel_ax_layout *layout, const uint8_t *bytes,
                        unsigned chains, float *iq) {
    unsigned first = layout->gap_len ? layout->gap_at : layout->n;
    unsigned skip = first + layout->gap_len;
    for (unsigned c = 0; c < chains; c++) {
        iq = run(bytes, first, iq);
        iq = run(bytes + (size_t)4 * skip, layout->n - skip, iq);
        bytes += (size_t)4 * layout->n;
    }
}
