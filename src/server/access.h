#ifndef AW_SERVER_ACCESS_H
#define AW_SERVER_ACCESS_H

#include "server/route.h"

/* 0 the client may; else the status to refuse with, and a sentence in *why. */
unsigned aw_access_refuse(struct lws *wsi, const struct aw_http *h, enum aw_scope scope,
                          const char **why);

#endif
