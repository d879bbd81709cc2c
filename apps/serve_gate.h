/* Whose datagrams the server takes: settings and the file of keys, put into effect while it runs. */
#ifndef AW_APPS_SERVE_GATE_H
#define AW_APPS_SERVE_GATE_H

#include "server/gate.h"
#include "server/unpack.h"

#include <sys/stat.h>

struct aw_engine;

struct serve_gate {
    const struct aw_settings *settings;
    struct aw_keyring keys;
    struct stat known; /* of their file, as it was read */
    struct aw_gate_rules rules;
    long long looked_ns; /* monotonic */
};

/* Reads the keys. settings must live as long. Errors, with a sentence in why: IO, TEXT, INVAL. */
AW_MUST_USE int serve_gate_open(struct serve_gate *g, const struct aw_settings *settings,
                                struct aw_why *why);

/* The settings changed. */
void serve_gate_apply(struct serve_gate *g, struct aw_engine *engine);

/* As often as you like: reads the keys again, once a second, when their file changed. One that
 * cannot be read any more leaves no key known. */
void serve_gate_turn(struct serve_gate *g, struct aw_engine *engine);

#endif
