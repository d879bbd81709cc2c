#ifndef AW_READERS_JSON_SCAN_H
#define AW_READERS_JSON_SCAN_H

#include "readers/text.h"

/* Steps over the members of one JSON object without building anything. Nested values are handed out
 * whole; a second scan goes into them. Escapes in strings are stepped over, not undone: the keys
 * and values read here have none. */
struct aw_json_scan {
    const uint8_t *p;
    const uint8_t *end;
    bool started;
};

struct aw_json_member {
    struct aw_span key;
    struct aw_span value; /* of a string without its quotes, of {...} and [...] with brackets */
    char type;            /* '"' '{' '[' '0' number, 't' 'f' 'n' */
};

/* text must begin with '{' (blanks before it are fine). */
struct aw_json_scan aw_json_scan_init(struct aw_span text);

/* Returns 1 and a member, 0 at the end of the object (nothing but blanks may follow), or TEXT. */
AW_MUST_USE int aw_json_scan_next(struct aw_json_scan *s, struct aw_json_member *m);

/* Is the member's key `word`? */
static inline bool aw_json_is(const struct aw_json_member *m, const char *word) {
    return aw_text_is(m->key, word);
}

#endif
