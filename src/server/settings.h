/* What can be set, and from where it comes:
 *
 *     defaults < configuration file < environment < flags (< the API, while running)
 *
 * A struct aw_settings is plain data: copy it, compare it, hand it to another thread. Whatever is
 * wrong is collected as complaints, all of it, each with place, key and allowed range. */
#ifndef AW_SERVER_SETTINGS_H
#define AW_SERVER_SETTINGS_H

#include "airwake.h"
#include "server/settings_table.h"

#include <stddef.h>

enum {
    AW_SET_LIVE = 1,   /* can be changed while running */
    AW_SET_SECRET = 2, /* never shown */

    AW_SETTING_BYTES = 256, /* of a text, with its end */
    AW_SETTING_ITEMS = 32,  /* of a list */
    AW_COMPLAINTS = 32,
};

enum aw_setting_kind {
    AW_SETTING_BOOL,
    AW_SETTING_INT,
    AW_SETTING_FLOAT,
    AW_SETTING_TEXT,
    AW_SETTING_CHOICE,
    AW_SETTING_LIST,
    AW_SETTING_PORTS,
    AW_SETTING_NETS,
};

enum aw_setting_id {
#define AW_SETTING_ID(kind, name, ...) AW_SET_##name,
    AW_SETTINGS(AW_SETTING_ID)
#undef AW_SETTING_ID
        AW_SETTING_COUNT
};

enum aw_setting_origin {
    AW_FROM_DEFAULT,
    AW_FROM_FILE,
    AW_FROM_ENVIRONMENT,
    AW_FROM_FLAG,
    AW_FROM_API,
};

struct aw_setting_list {
    int n;
    char item[AW_SETTING_ITEMS][AW_SETTING_BYTES];
};
struct aw_setting_ports {
    int n;
    uint16_t port[AW_SETTING_ITEMS];
};

typedef bool aw_member_BOOL;
typedef int64_t aw_member_INT;
typedef double aw_member_FLOAT;
typedef char aw_member_TEXT[AW_SETTING_BYTES];
typedef char aw_member_CHOICE[AW_SETTING_BYTES];
typedef struct aw_setting_list aw_member_LIST;
typedef struct aw_setting_ports aw_member_PORTS;
typedef struct aw_setting_list aw_member_NETS;

struct aw_settings {
#define AW_SETTING_MEMBER(kind, name, ...) aw_member_##kind name;
    AW_SETTINGS(AW_SETTING_MEMBER)
#undef AW_SETTING_MEMBER
    uint8_t origin[AW_SETTING_COUNT]; /* enum aw_setting_origin */
    unsigned line[AW_SETTING_COUNT];  /* in the file, from 1 */
    char file[512];                   /* that was read; "" none */
};

/* A line of the table. */
struct aw_setting {
    const char *key, *flag, *arg, *initial, *doc;
    enum aw_setting_kind kind;
    double min, max;
    unsigned traits;
    size_t offset; /* in struct aw_settings */
};
extern const struct aw_setting aw_setting_table[AW_SETTING_COUNT];

struct aw_complaint {
    char where[600];   /* "/etc/airwake/airwake.yaml:3:9", "--http-port", "AIRWAKE_HTTP_PORT" */
    char key[96];      /* "" when it is about no key */
    char allowed[256]; /* "a whole number from 0 to 65535"; "" when that does not apply */
    char says[400];
};
struct aw_complaints {
    int n;       /* of list */
    int omitted; /* more than fit */
    struct aw_complaint list[AW_COMPLAINTS];
};

/* All defaults. */
void aw_settings_init(struct aw_settings *s);

/* True of LIST, PORTS and NETS, whose values are put as any number of items. */
bool aw_setting_is_list(const struct aw_setting *d);

/* Place of a key in the table; AW_SETTING_COUNT: there is none. */
enum aw_setting_id aw_setting_find(const char *key);

/* Known keys and sections nearest to a mistyped one; "" when none is near. */
const char *aw_setting_nearest(const char *key);

/* "AIRWAKE_HTTP_PORT" */
void aw_setting_variable(const struct aw_setting *d, char *name, size_t bytes);

/* What is allowed, as a noun: "a whole number from 0 to 65535". */
void aw_setting_allowed(const struct aw_setting *d, char *text, size_t bytes);

/* Sets from text, n items for lists and 1 otherwise. On failure s is as before and there is one
 * more complaint, at `where`. */
bool aw_settings_put(struct aw_settings *s, enum aw_setting_id id, const char *const *items, int n,
                     enum aw_setting_origin from, const char *where, struct aw_complaints *c);

/* The value as it would be written in the file; "(set)" or "(not set)" of a secret. */
void aw_settings_text(const struct aw_settings *s, enum aw_setting_id id, char *text, size_t bytes);

void aw_settings_copy(struct aw_settings *to, const struct aw_settings *from,
                      enum aw_setting_id id);
bool aw_settings_equal(const struct aw_settings *a, const struct aw_settings *b,
                       enum aw_setting_id id);

/* The value of a PORTS setting is copied out by its users; lists of texts as pointers: */
int aw_setting_items(const struct aw_setting_list *list, const char *items[AW_SETTING_ITEMS]);

/* Reads a YAML file of at most 64 KiB. False when there were complaints; what was right is set. */
bool aw_settings_read_file(struct aw_settings *s, const char *path, struct aw_complaints *c);
bool aw_settings_read_text(struct aw_settings *s, const char *text, size_t len, const char *path,
                           struct aw_complaints *c);

/* Reads the variables AIRWAKE_SECTION_NAME of `environment`, which is as environ. */
bool aw_settings_read_environment(struct aw_settings *s, char *const *environment,
                                  struct aw_complaints *c);

/* One more complaint. */
void aw_complain(struct aw_complaints *c, const char *where, const char *key, const char *allowed,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
