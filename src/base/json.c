#include "base/json.h"

#include <math.h>
#include <string.h>

void aw_json_init(struct aw_json *j, char *buf, size_t cap) {
    *j = (struct aw_json){.buf = buf, .cap = cap};
}

static void put(struct aw_json *j, const char *s, size_t n) {
    if (n > j->cap - j->len || j->overflow) {
        j->overflow = true;
        return;
    }
    memcpy(j->buf + j->len, s, n);
    j->len += n;
}

static void value(struct aw_json *j) {
    if (j->comma) put(j, ",", 1);
    j->comma = true;
}

void aw_json_open(struct aw_json *j, char bracket) {
    value(j);
    put(j, &bracket, 1);
    j->comma = false;
}

void aw_json_close(struct aw_json *j, char bracket) {
    put(j, &bracket, 1);
    j->comma = true;
}

/* Length of the UTF-8 sequence at s, 0 when it is not valid (RFC 3629). */
static size_t utf8(const unsigned char *s) {
    if (s[0] < 0x80) return 1;
    size_t n = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4) return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80) return 0; /* also stops at the terminating NUL */
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return n;
}

static void quoted(struct aw_json *j, const char *text) {
    static const char hex[] = "0123456789abcdef";
    put(j, "\"", 1);
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        if (*s == '"' || *s == '\\') {
            char escape[2] = {'\\', (char)*s};
            put(j, escape, 2);
            s++;
        } else if (*s < 0x20) {
            char escape[6] = {'\\', 'u', '0', '0', hex[*s >> 4], hex[*s & 15]};
            put(j, escape, 6);
            s++;
        } else {
            size_t n = utf8(s);
            if (n)
                put(j, (const char *)s, n);
            else
                put(j, "\xEF\xBF\xBD", 3);
            s += n ? n : 1;
        }
    }
    put(j, "\"", 1);
}

void aw_json_key(struct aw_json *j, const char *key) {
    value(j);
    quoted(j, key);
    put(j, ":", 1);
    j->comma = false;
}

void aw_json_str(struct aw_json *j, const char *s) {
    if (!s) {
        aw_json_null(j);
        return;
    }
    value(j);
    quoted(j, s);
}

void aw_json_uint(struct aw_json *j, uint64_t v) {
    char digits[20];
    size_t n = sizeof digits;
    do digits[--n] = (char)('0' + v % 10);
    while (v /= 10);
    value(j);
    put(j, digits + n, sizeof digits - n);
}

void aw_json_int(struct aw_json *j, int64_t v) {
    if (v >= 0) {
        aw_json_uint(j, (uint64_t)v);
        return;
    }
    value(j);
    put(j, "-", 1);
    j->comma = false;
    aw_json_uint(j, 0 - (uint64_t)v);
}

void aw_json_num(struct aw_json *j, double v, int decimals) {
    static const double scale[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    if (decimals < 0) decimals = 0;
    if (decimals > 9) decimals = 9;
    double units = rint(fabs(v) * scale[decimals]);
    if (!(units < 1e18)) { /* not finite, or too large for fixed point */
        aw_json_null(j);
        return;
    }
    uint64_t u = (uint64_t)units;
    char text[32];
    size_t n = sizeof text;
    for (int i = 0; i < decimals; i++, u /= 10) text[--n] = (char)('0' + u % 10);
    if (decimals) text[--n] = '.';
    do text[--n] = (char)('0' + u % 10);
    while (u /= 10);
    if (v < 0 && units > 0) text[--n] = '-';
    value(j);
    put(j, text + n, sizeof text - n);
}

void aw_json_bool(struct aw_json *j, bool v) {
    value(j);
    put(j, v ? "true" : "false", v ? 4 : 5);
}

void aw_json_null(struct aw_json *j) {
    value(j);
    put(j, "null", 4);
}

void aw_json_key_str(struct aw_json *j, const char *key, const char *s) {
    aw_json_key(j, key);
    aw_json_str(j, s);
}

void aw_json_key_int(struct aw_json *j, const char *key, int64_t v) {
    aw_json_key(j, key);
    aw_json_int(j, v);
}

void aw_json_key_uint(struct aw_json *j, const char *key, uint64_t v) {
    aw_json_key(j, key);
    aw_json_uint(j, v);
}

void aw_json_key_num(struct aw_json *j, const char *key, double v, int decimals) {
    aw_json_key(j, key);
    aw_json_num(j, v, decimals);
}

void aw_json_key_bool(struct aw_json *j, const char *key, bool v) {
    aw_json_key(j, key);
    aw_json_bool(j, v);
}

void aw_json_key_null(struct aw_json *j, const char *key) {
    aw_json_key(j, key);
    aw_json_null(j);
}

const char *aw_json_text(struct aw_json *j) {
    if (j->overflow || j->len >= j->cap) return NULL;
    j->buf[j->len] = '\0';
    return j->buf;
}
