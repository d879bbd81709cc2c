#ifndef AW_SERVER_TLS_H
#define AW_SERVER_TLS_H

#include "airwake.h"

#include <stddef.h>

/* True when both are NULL, or the certificate and the private key can be read and belong to each
 * other; else `why` says what is wrong with which file. */
bool aw_tls_check(const char *cert, const char *key, char *why, size_t why_bytes);

#endif
