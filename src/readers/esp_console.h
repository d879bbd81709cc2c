#ifndef AW_READERS_ESP_CONSOLE_H
#define AW_READERS_ESP_CONSOLE_H

#include "readers/text.h"

/* "CSI_DATA,..." console lines: what esp_csi.c and esp_tool.c share. A line is a row of columns and
 * one list of integers in brackets; which column means what comes from the header line when there
 * was one, from the number of columns otherwise. */

enum aw_esp_column {
    AW_ESP_COL_ID,
    AW_ESP_COL_MAC,
    AW_ESP_COL_RSSI,
    AW_ESP_COL_SIG_MODE,
    AW_ESP_COL_BANDWIDTH,
    AW_ESP_COL_STBC,
    AW_ESP_COL_NOISE,
    AW_ESP_COL_CHANNEL,
    AW_ESP_COL_SECONDARY,
    AW_ESP_COL_TIMESTAMP, /* local_timestamp, us, wraps at 2^32 */
    AW_ESP_COL_LEN,
    AW_ESP_COL_FIRST_WORD,
    AW_ESP_COL_REAL_SET,
    AW_ESP_COL_REAL_TIME, /* s; Unix time when REAL_SET is 1 */
    AW_ESP_COL_AGC_GAIN,  /* dB */
    AW_ESP_COL_FFT_GAIN,  /* 0.25 dB */
    AW_ESP_COLUMNS,
};

enum { AW_ESP_FIELDS = 40 }; /* columns of one line at most */

struct aw_esp_columns {
    int8_t at[AW_ESP_COLUMNS]; /* place counted from "CSI_DATA"; -1 absent */
    int8_t count;              /* columns before the list; 0: no header seen */
    int8_t arrival_before;     /* the host's pc_timestamp is the first column of a wrapped line */
    int8_t arrival_after;      /* the host's timestamp follows the list */
};

/* A line, cut up. */
struct aw_esp_line {
    struct aw_span before;               /* what a wrapping file put in front of CSI_DATA */
    struct aw_span field[AW_ESP_FIELDS]; /* field[0] is "CSI_DATA" */
    unsigned n;
    struct aw_span list;  /* between the brackets, or base64 */
    struct aw_span after; /* behind the list */
    bool base64;
};

/* A header line ("type,..." or one that wraps such lines)? Then its columns are in *columns. */
bool aw_esp_console_header(struct aw_span line, struct aw_esp_columns *columns);

/* Cuts up a line. Returns 1, 0 (no CSI in this line: log output), or TEXT. */
AW_MUST_USE int aw_esp_console_cut(struct aw_span line, struct aw_esp_line *out);

/* Reads the columns named in `columns` into *row, the list into iq.
 * Values go to out->iq; *n_values gets their number.
 * family_he: the chip is of the HE family, whose signed columns print as unsigned.
 * Errors: TEXT, RANGE, LENGTH, TOO_MANY. */
struct aw_esp_row {
    int64_t value[AW_ESP_COLUMNS]; /* of columns that exist; MAC as 48-bit number */
    bool has[AW_ESP_COLUMNS];
    int64_t arrival_ns;
    uint32_t n; /* values in the list */
};
AW_MUST_USE int aw_esp_console_row(const struct aw_esp_columns *columns,
                                   const struct aw_esp_line *line, const uint8_t *floor, float *iq,
                                   uint32_t iq_cap, struct aw_esp_row *row);

/* The fields of a frame that every console line fills alike. */
void aw_esp_console_fill(struct aw_frame *out, const struct aw_esp_row *row);

/* Does the beginning of a file look like a log or CSV with such lines? role: the second column is a
 * word (ESP32-CSI-Tool), not a number (esp-csi). Lines without CSI are stepped over. */
bool aw_esp_console_probe(const uint8_t *head, size_t len, bool eof, bool role);

#endif
