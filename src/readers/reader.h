#ifndef AW_READERS_READER_H
#define AW_READERS_READER_H

#include "airwake.h"

/* A capture format: one file each, ending in its registration
 *     const struct aw_reader aw_reader_x = {...};
 * and one line in readers/table.c.
 *
 * A reader is a pure function over bytes. It keeps what it must remember between records (column
 * order, counters of time stamps) in a small state that starts as zeros. */
struct aw_reader_state {
    uint64_t words[256];
};

/* The private state of a reader; S must fit. */
#define AW_READER_STATE(S, st)                                                                     \
    ((void)sizeof(char[sizeof(S) <= sizeof(struct aw_reader_state) ? 1 : -1]), (S *)(void *)(st))

enum aw_reader_unit {
    AW_READER_STREAM,   /* bytes of a file: records follow each other */
    AW_READER_LINES,    /* text lines: of a file, or of a serial console as they arrive */
    AW_READER_DATAGRAM, /* exactly one datagram at a time */
};

struct aw_reader {
    enum aw_format format;
    enum aw_reader_unit unit;

    /* Is this the beginning of such a file, or such a datagram? Decided from content alone and
     * strictly: a file of any other format gets false. head may be cut anywhere; eof says that
     * nothing follows it. */
    bool (*probe)(const uint8_t *head, size_t len, bool eof);

    /* Reads one record from the front of buf.
     *   > 0  out holds a frame
     *   = 0  no frame: *consumed bytes were a header, comment or a record that holds no CSI;
     *        with *consumed = 0 (only when !eof) more bytes are needed
     *   < 0  the record is refused (enum aw_err); *consumed bytes skip it
     * *consumed > 0 whenever eof && len > 0; a datagram is always consumed whole. out's header
     * fields are untouched unless a frame is returned (values in out->iq may be overwritten).
     * out->k, kind and chip point to static tables or into st. */
    int (*read)(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed);
};

/* Every reader, in the order in which they are asked. */
extern const struct aw_reader *const aw_readers[];
extern const size_t aw_reader_count;

/* The reader of this file or datagram; NULL when none recognises it. */
const struct aw_reader *aw_reader_find(const uint8_t *head, size_t len, bool eof);
const struct aw_reader *aw_reader_find_datagram(const uint8_t *buf, size_t len);

#endif
