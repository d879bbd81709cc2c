#include "server/settings.h"

#include "server/net4.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct aw_setting aw_setting_table[AW_SETTING_COUNT] = {
#define AW_SETTING_LINE(kind, name, key, flag, arg, initial, min, max, traits, doc)                \
    {key,    flag,                                                                                 \
     arg,    initial,                                                                              \
     doc,    AW_SETTING_##kind,                                                                    \
     min,    max,                                                                                  \
     traits, offsetof(struct aw_settings, name)},
    AW_SETTINGS(AW_SETTING_LINE)
#undef AW_SETTING_LINE
};

void aw_complain(struct aw_complaints *c, const char *where, const char *key, const char *allowed,
                 const char *format, ...) {
    if (c->n == AW_COMPLAINTS) {
        c->omitted++;
        return;
    }
    struct aw_complaint *one = &c->list[c->n++];
    snprintf(one->where, sizeof one->where, "%s", where);
    snprintf(one->key, sizeof one->key, "%s", key);
    snprintf(one->allowed, sizeof one->allowed, "%s", allowed);
    va_list args;
    va_start(args, format);
    vsnprintf(one->says, sizeof one->says, format, args);
    va_end(args);
}

bool aw_setting_is_list(const struct aw_setting *d) {
    return d->kind == AW_SETTING_LIST || d->kind == AW_SETTING_PORTS || d->kind == AW_SETTING_NETS;
}

enum aw_setting_id aw_setting_find(const char *key) {
    int i = 0;
    while (i < AW_SETTING_COUNT && strcmp(aw_setting_table[i].key, key) != 0) i++;
    return (enum aw_setting_id)i;
}

void aw_setting_variable(const struct aw_setting *d, char *name, size_t bytes) {
    snprintf(name, bytes, "AIRWAKE_%s", d->key);
    for (char *p = name; *p; p++) {
        if (*p >= 'a' && *p <= 'z') *p = (char)(*p - 'a' + 'A');
        if (*p == '.') *p = '_';
    }
}

/* "error|warning|info" as "error, warning or info" */
static void choices(const char *words, char *text, size_t bytes) {
    size_t n = 0;
    const char *last = strrchr(words, '|');
    text[0] = '\0';
    for (const char *w = words; *w && n + 8 < bytes; w++) {
        if (*w != '|') text[n++] = *w;
        if (*w == '|') n += (size_t)snprintf(text + n, bytes - n, w == last ? " or " : ", ");
    }
    text[n] = '\0';
}

void aw_setting_allowed(const struct aw_setting *d, char *text, size_t bytes) {
    char words[200];
    switch (d->kind) {
    case AW_SETTING_BOOL:
        snprintf(text, bytes, "true or false");
        break;
    case AW_SETTING_INT:
        snprintf(text, bytes, "a whole number from %.0f to %.0f", d->min, d->max);
        break;
    case AW_SETTING_FLOAT:
        snprintf(text, bytes, "a number from %g to %g", d->min, d->max);
        break;
    case AW_SETTING_TEXT:
        snprintf(text, bytes, "text of %.0f to %.0f bytes without control characters", d->min,
                 d->max);
        break;
    case AW_SETTING_CHOICE:
        choices(d->arg, words, sizeof words);
        snprintf(text, bytes, "%s", words);
        break;
    case AW_SETTING_LIST:
        snprintf(text, bytes, "a list of %.0f to %.0f texts of 1 to %d bytes", d->min, d->max,
                 AW_SETTING_BYTES - 1);
        break;
    case AW_SETTING_PORTS:
        snprintf(text, bytes, "a list of %.0f to %.0f ports, each a whole number from 0 to 65535",
                 d->min, d->max);
        break;
    case AW_SETTING_NETS:
        snprintf(text, bytes,
                 "a list of %.0f to %.0f IPv4 addresses or networks, as 192.168.1.20 or "
                 "192.168.1.0/24",
                 d->min, d->max);
        break;
    }
}

static bool parse_bool(const char *text, bool *out) {
    static const char *const yes[] = {"true", "yes", "on", "1"};
    static const char *const no[] = {"false", "no", "off", "0"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcasecmp(text, yes[i]) == 0) return *out = true;
        if (strcasecmp(text, no[i]) == 0) return *out = false, true;
    }
    return false;
}

/* Decimal only: "0x50" and "010" (8 or 10?) are refused. */
static bool parse_int(const char *text, double min, double max, int64_t *out) {
    const char *digits = text + (*text == '-');
    if (!*digits || strspn(digits, "0123456789") != strlen(digits)) return false;
    if (digits[0] == '0' && digits[1]) return false;
    errno = 0;
    long long v = strtoll(text, NULL, 10);
    if (errno || !((double)v >= min && (double)v <= max)) return false;
    *out = v;
    return true;
}

static bool parse_float(const char *text, double min, double max, double *out) {
    char *end;
    if (!*text || strspn(text, "+-.0123456789eE") != strlen(text)) return false;
    errno = 0;
    double v = strtod(text, &end);
    if (*end || errno || !(v >= min && v <= max)) return false;
    *out = v;
    return true;
}

static bool parse_text(const char *text, double min, double max, char out[AW_SETTING_BYTES]) {
    size_t len = strnlen(text, AW_SETTING_BYTES);
    if (len == AW_SETTING_BYTES || (double)len < min || (double)len > max) return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) return false;
    memcpy(out, text, len + 1);
    return true;
}

static bool parse_choice(const char *text, const char *words, char out[AW_SETTING_BYTES]) {
    size_t len = strlen(text);
    for (const char *w = words; *w; w += strcspn(w, "|"), w += *w == '|')
        if (strcspn(w, "|") == len && strncmp(w, text, len) == 0 && len < AW_SETTING_BYTES) {
            memcpy(out, text, len + 1);
            return true;
        }
    return false;
}

static bool parse_list(const struct aw_setting *d, const char *const *items, int n,
                       struct aw_setting_list *out) {
    struct aw_setting_list list = {.n = n};
    if (n > AW_SETTING_ITEMS || n < d->min || n > d->max) return false;
    for (int i = 0; i < n; i++)
        if (!parse_text(items[i], 1, AW_SETTING_BYTES - 1, list.item[i])) return false;
    *out = list;
    return true;
}

static bool parse_nets(const struct aw_setting *d, const char *const *items, int n,
                       struct aw_setting_list *out) {
    struct aw_net4 net;
    for (int i = 0; i < n; i++)
        if (!aw_net4_parse(items[i], &net)) return false;
    return parse_list(d, items, n, out);
}

static bool parse_ports(const struct aw_setting *d, const char *const *items, int n,
                        struct aw_setting_ports *out) {
    struct aw_setting_ports list = {.n = n};
    if (n > AW_SETTING_ITEMS || n < d->min || n > d->max) return false;
    for (int i = 0; i < n; i++) {
        int64_t port;
        if (!parse_int(items[i], 0, 65535, &port)) return false;
        list.port[i] = (uint16_t)port;
    }
    *out = list;
    return true;
}

static bool parse(struct aw_settings *s, const struct aw_setting *d, const char *const *items,
                  int n) {
    void *member = (char *)s + d->offset;
    if (d->kind == AW_SETTING_LIST) return parse_list(d, items, n, member);
    if (d->kind == AW_SETTING_PORTS) return parse_ports(d, items, n, member);
    if (d->kind == AW_SETTING_NETS) return parse_nets(d, items, n, member);
    if (n != 1) return false;
    switch (d->kind) {
    case AW_SETTING_BOOL:
        return parse_bool(items[0], member);
    case AW_SETTING_INT:
        return parse_int(items[0], d->min, d->max, member);
    case AW_SETTING_FLOAT:
        return parse_float(items[0], d->min, d->max, member);
    case AW_SETTING_CHOICE:
        return parse_choice(items[0], d->arg, member);
    default:
        return parse_text(items[0], d->min, d->max, member);
    }
}

/* What was given, as the complaint shows it: cut, and nothing of a secret. */
static void quote(const struct aw_setting *d, const char *const *items, int n, char *text,
                  size_t bytes) {
    if (d->traits & AW_SET_SECRET) {
        snprintf(text, bytes, "the value");
        return;
    }
    size_t len = (size_t)snprintf(text, bytes, n ? "" : "an empty list");
    for (int i = 0; i < n && len + 1 < bytes; i++)
        len += (size_t)snprintf(text + len, bytes - len, "%s%.60s", i ? ", " : "", items[i]);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = '?';
}

bool aw_settings_put(struct aw_settings *s, enum aw_setting_id id, const char *const *items, int n,
                     enum aw_setting_origin from, const char *where, struct aw_complaints *c) {
    const struct aw_setting *d = &aw_setting_table[id];
    if (parse(s, d, items, n)) {
        s->origin[id] = (uint8_t)from;
        s->line[id] = 0;
        return true;
    }
    char given[160], allowed[256];
    quote(d, items, n, given, sizeof given);
    aw_setting_allowed(d, allowed, sizeof allowed);
    aw_complain(c, where, d->key, allowed, "%s is not %s", *given ? given : "\"\"", allowed);
    return false;
}

/* Cuts text at its commas, in place. */
static int split(char *text, const char *items[AW_SETTING_ITEMS + 1]) {
    int n = 0;
    for (char *next; text && *text && n <= AW_SETTING_ITEMS; text = next) {
        next = strchr(text, ',');
        if (next) *next++ = '\0';
        text += strspn(text, " ");
        for (size_t len = strlen(text); len && text[len - 1] == ' ';) text[--len] = '\0';
        items[n++] = text;
    }
    return n;
}

/* From text that holds a whole list. */
static bool put_flat(struct aw_settings *s, enum aw_setting_id id, const char *text,
                     enum aw_setting_origin from, const char *where, struct aw_complaints *c) {
    const struct aw_setting *d = &aw_setting_table[id];
    if (!aw_setting_is_list(d)) return aw_settings_put(s, id, &text, 1, from, where, c);
    char *copy = strdup(text);
    const char *items[AW_SETTING_ITEMS + 1];
    bool ok = aw_settings_put(s, id, items, split(copy, items), from, where, c);
    free(copy);
    return ok;
}

void aw_settings_init(struct aw_settings *s) {
    struct aw_complaints none = {0}; /* stays empty: a test holds that each default is allowed */
    memset(s, 0, sizeof *s);
    for (int i = 0; i < AW_SETTING_COUNT; i++)
        put_flat(s, (enum aw_setting_id)i, aw_setting_table[i].initial, AW_FROM_DEFAULT, "default",
                 &none);
}

/* A variable of one of our sections that is no setting: mistyped. Others are not ours to judge. */
static void complain_unknown(const char *variable, struct aw_complaints *c) {
    char key[96] = "", name[96];
    size_t len = strcspn(variable, "=");
    if (strncmp(variable, "AIRWAKE_", 8) != 0 || len >= sizeof name) return;
    snprintf(name, sizeof name, "%.*s", (int)len, variable);
    bool section = false;
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        char known[96];
        aw_setting_variable(&aw_setting_table[i], known, sizeof known);
        if (strcmp(known, name) == 0) return;
        size_t prefix = 8 + strcspn(aw_setting_table[i].key, ".") + 1;
        if (strncmp(known, name, prefix) == 0) section = true;
    }
    if (!section) return;
    for (size_t i = 8; i < len; i++)
        key[i - 8] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
    *strchr(key, '_') = '.';
    const char *near = aw_setting_nearest(key);
    aw_complain(c, name, "", "", "unknown setting%s%s%s", *near ? "; did you mean " : "", near,
                *near ? "?" : "");
}

bool aw_settings_read_environment(struct aw_settings *s, char *const *environment,
                                  struct aw_complaints *c) {
    int before = c->n + c->omitted;
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        char name[96];
        aw_setting_variable(&aw_setting_table[i], name, sizeof name);
        size_t len = strlen(name);
        for (char *const *e = environment; *e; e++)
            if (strncmp(*e, name, len) == 0 && (*e)[len] == '=')
                put_flat(s, (enum aw_setting_id)i, *e + len + 1, AW_FROM_ENVIRONMENT, name, c);
    }
    for (char *const *e = environment; *e; e++) complain_unknown(*e, c);
    return c->n + c->omitted == before;
}

int aw_setting_items(const struct aw_setting_list *list, const char *items[AW_SETTING_ITEMS]) {
    for (int i = 0; i < list->n; i++) items[i] = list->item[i];
    return list->n;
}
