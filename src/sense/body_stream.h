/* A body map as bytes, for the page and for recordings. Little-endian; no padding.
 *
 *     0   4  "AWB1"
 *     4   2  width  w, 1..512
 *     6   2  height h, 1..512
 *     8   1  n: parts that show, 0..24
 *     9  2n  n times, ascending: part 1..24, confidence in steps of 1/255
 *     ..     runs of pixels, rows in order: part 0..24, then how many as a varint (7 bits a byte,
 *            low first, bit 7: more follow); neighbouring runs differ; together w h pixels
 *     ..  f  U of the f pixels whose part is not 0, in that order, in steps of 1/255
 *     ..  f  V, likewise
 *
 * One map has one form, and a reader refuses any other: the shortest varint, all parts that show in
 * the table and no other, nothing after the end. */
#ifndef AW_SENSE_BODY_STREAM_H
#define AW_SENSE_BODY_STREAM_H

#include "sense/body_map.h"

/* Enough for any map of that many pixels. */
#define AW_BODY_STREAM_BYTES(pixels) (9 + 2 * AW_BODY_PARTS + 4 * (size_t)(pixels) + 2)

/* Returns bytes written. Errors: EMPTY (no map), NOMEM (cap is too small). */
AW_MUST_USE int aw_body_stream_write(const struct aw_body_map *m, uint8_t *buf, size_t cap);

/* Returns AW_OK; else the map is left empty: TRUNCATED, MAGIC, RANGE (a side or a part), TOO_MANY
 * (more pixels than fit in m), LENGTH (runs that do not fill the map, bytes that are too many, not
 * the one form). */
AW_MUST_USE int aw_body_stream_read(struct aw_body_map *m, const uint8_t *buf, size_t len);

#endif
