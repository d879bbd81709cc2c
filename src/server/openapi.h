/* api/openapi.json, embedded: the contract of the API. test_openapi.c compares it with the route
 * tables, test/cli/openapi.sh walks it against the running program. */
#ifndef AW_SERVER_OPENAPI_H
#define AW_SERVER_OPENAPI_H

#include <stddef.h>

extern const unsigned char aw_openapi[]; /* generated; JSON, not NUL-terminated */
extern const size_t aw_openapi_len;

#endif
