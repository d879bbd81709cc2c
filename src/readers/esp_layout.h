#ifndef AW_READERS_ESP_LAYOUT_H
#define AW_READERS_ESP_LAYOUT_H

#include "airwake.h"

/* Which subcarrier every value of an ESP32 CSI buffer belongs to.
 *
 * Index convention: 0 is the centre of the receiver's channel. With a secondary channel that is
 * the centre of the 40 MHz, and the legacy field, which the chip takes from the primary 20 MHz
 * alone, sits at 0..63 (secondary below) or -64..-1 (above). Where a format does not tell the
 * secondary channel, 20 MHz fields are counted from the centre of the primary channel. */
struct aw_esp_layout {
    uint16_t n;
    uint16_t bandwidth_mhz; /* that these values span */
    float spacing_hz;
    const int16_t *k;
    const uint8_t *kind;
    const uint8_t *kind_first_invalid; /* when the first two values are the chip's header word */
};

enum aw_esp_family {
    AW_ESP_CLASSIC, /* ESP32, S2, S3, C3 */
    AW_ESP_HE,      /* C5, C6, C61 */
};

/* What is known of a packet; -1 unknown. */
struct aw_esp_packet {
    enum aw_esp_family family;
    int secondary; /* 0 none, 1 above, 2 below (wifi_second_chan_t) */
    int ht;        /* 0 legacy, 1 HT */
    int forty;     /* 0: 20 MHz, 1: 40 MHz */
    int stbc;
};

/* The layout of n complex values; what the packet leaves open is decided by which values are zero.
 * NULL when no table fits. iq: pairs, n of them. */
const struct aw_esp_layout *aw_esp_layout_find(const struct aw_esp_packet *packet, const float *iq,
                                               uint32_t n);

/* Sets n_sub, spacing, k and kind. first_invalid: the first two values are no channel. */
void aw_esp_layout_apply(struct aw_frame *f, const struct aw_esp_layout *layout,
                         bool first_invalid);

/* The ESP32 puts a header word over the first two values when first_word_invalid is set; where a
 * format drops that flag, the word shows itself: the first value, a null subcarrier in every
 * layout, is not zero, and the word's last byte is (83,-80,4,0; 38,96,2,0; ... in every recording
 * seen). */
bool aw_esp_first_word_set(const float *iq);

/* Fixed layouts of formats that say nothing about the packet. */
extern const struct aw_esp_layout aw_esp_layout_lines; /* breathing-esp32: values 2..53 are safe */
extern const struct aw_esp_layout aw_esp_layout_log; /* header word stripped, two values too many */
extern const struct aw_esp_layout aw_esp_layout_ht56;  /* -28..-1, 1..28 */
extern const struct aw_esp_layout aw_esp_layout_cut56; /* the first 56 of 0..31, -32..-1 */

/* Fields that somebody sorted into ascending order: where each begins and how many values it has
 * (0: absent). NULL when they do not fit together. */
struct aw_esp_sorted {
    int lltf_start, ht_start, stbc_start;
    uint32_t lltf_n, ht_n, stbc_n;
};
const struct aw_esp_layout *aw_esp_layout_sorted(const struct aw_esp_sorted *fields);

#endif
