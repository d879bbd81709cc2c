#include "readers/json_scan.h"

#include <string.h>

static void blanks(struct aw_json_scan *s) {
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
        s->p++;
}

static bool take(struct aw_json_scan *s, char c) {
    blanks(s);
    if (s->p == s->end || *s->p != (uint8_t)c) return false;
    s->p++;
    return true;
}

/* The text between the quotes of a string whose opening quote was just taken. */
static bool string_rest(struct aw_json_scan *s, struct aw_span *out) {
    out->p = s->p;
    while (s->p < s->end) {
        const uint8_t *quote = memchr(s->p, '"', (size_t)(s->end - s->p));
        if (!quote) return false;
        const uint8_t *back = quote;
        while (back > out->p && back[-1] == '\\') back--;
        s->p = quote + 1;
        if ((quote - back) % 2 == 0) {
            out->end = quote;
            return true;
        }
    }
    return false;
}

/* A bracketed value; only the nesting is checked. */
static bool nested(struct aw_json_scan *s, struct aw_span *out) {
    unsigned depth = 0;
    struct aw_span text;
    out->p = s->p;
    while (s->p < s->end) {
        uint8_t c = *s->p++;
        if (c == '"' && !string_rest(s, &text)) return false;
        if (c == '{' || c == '[') depth++;
        if ((c == '}' || c == ']') && --depth == 0) {
            out->end = s->p;
            return true;
        }
    }
    return false;
}

static bool scalar(struct aw_json_scan *s, struct aw_span *out, char *type) {
    out->p = s->p;
    while (s->p < s->end && *s->p != ',' && *s->p != '}' && *s->p != ' ' && *s->p != '\r') s->p++;
    out->end = s->p;
    if (out->p == out->end) return false;
    uint8_t c = *out->p;
    *type = c == '-' || (c >= '0' && c <= '9') ? '0' : (char)c;
    return *type == '0' || aw_text_is(*out, "true") || aw_text_is(*out, "false") ||
           aw_text_is(*out, "null");
}

struct aw_json_scan aw_json_scan_init(struct aw_span text) {
    return (struct aw_json_scan){text.p, text.end, false};
}

int aw_json_scan_next(struct aw_json_scan *s, struct aw_json_member *m) {
    bool first = !s->started;
    if (first && !take(s, '{')) return AW_ERR_TEXT;
    s->started = true;
    if (take(s, '}')) {
        blanks(s);
        return s->p == s->end ? 0 : AW_ERR_TEXT;
    }
    if (!first && !take(s, ',')) return AW_ERR_TEXT;
    if (!take(s, '"') || !string_rest(s, &m->key) || !take(s, ':')) return AW_ERR_TEXT;
    blanks(s);
    if (s->p == s->end) return AW_ERR_TEXT;
    m->type = (char)*s->p;
    if (m->type == '"') {
        s->p++;
        return string_rest(s, &m->value) ? 1 : AW_ERR_TEXT;
    }
    if (m->type == '{' || m->type == '[') return nested(s, &m->value) ? 1 : AW_ERR_TEXT;
    return scalar(s, &m->value, &m->type) ? 1 : AW_ERR_TEXT;
}
