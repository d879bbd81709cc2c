#include "server/loop.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 2048, LIMIT_BYTES = 16 << 20 };

static struct aw_note *room(size_t len) {
    struct aw_note *n = malloc(sizeof *n + LWS_PRE + len);
    if (n) *n = (struct aw_note){.refs = 1, .len = len};
    return n;
}

struct aw_note *aw_note_json(void (*write)(struct aw_json *j, void *arg), void *arg) {
    for (size_t cap = FIRST_BYTES; cap <= LIMIT_BYTES; cap *= 4) {
        struct aw_note *n = room(cap);
        if (!n) return NULL;
        struct aw_json j;
        aw_json_init(&j, (char *)n->bytes + LWS_PRE, cap);
        write(&j, arg);
        if (!j.overflow) {
            n->len = j.len;
            struct aw_note *fitted = realloc(n, sizeof *n + LWS_PRE + j.len);
            return fitted ? fitted : n;
        }
        aw_note_drop(n);
    }
    return NULL;
}

struct aw_note *aw_note_bytes(const void *bytes, size_t len) {
    struct aw_note *n = room(len);
    if (n && bytes && len) memcpy(n->bytes + LWS_PRE, bytes, len);
    return n;
}

struct aw_note *aw_note_ref(struct aw_note *n) {
    if (n) n->refs++;
    return n;
}

void aw_note_drop(struct aw_note *n) {
    if (n && --n->refs == 0) free(n);
}
