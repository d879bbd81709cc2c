/* The settings that the server runs with, and changing them while it runs. Loop thread only. */
#ifndef AW_SERVER_TUNE_H
#define AW_SERVER_TUNE_H

#include "server/settings.h"

struct aw_tune {
    struct aw_settings now; /* in effect */
    /* Puts the live settings of *s into effect, in whatever thread they are for. */
    void (*apply)(void *ctx, const struct aw_settings *s);
    void *ctx;
};

/* Takes over those settings of `next` that can be changed while running, and applies them.
 * changed, restart: the keys that were changed, and those that differ but need a restart,
 * separated by commas; "" none. */
void aw_tune_to(struct aw_tune *t, const struct aw_settings *next, char *changed, char *restart,
                size_t bytes);

#endif
