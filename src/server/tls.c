#include "server/tls.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool fail(char *why, size_t bytes, const char *what, const char *path, const char *says) {
    snprintf(why, bytes, "%s %s: %s", what, path, says);
    return false;
}

bool aw_tls_check(const char *cert, const char *key, char *why, size_t why_bytes) {
    if (!cert && !key) return true;
    if (!cert) return fail(why, why_bytes, "http.tls_key", key, "http.tls_cert is missing");
    if (!key) return fail(why, why_bytes, "http.tls_cert", cert, "http.tls_key is missing");
    if (access(cert, R_OK) != 0)
        return fail(why, why_bytes, "http.tls_cert", cert, strerror(errno));
    if (access(key, R_OK) != 0) return fail(why, why_bytes, "http.tls_key", key, strerror(errno));
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    bool ok = false;
    if (!ctx)
        fail(why, why_bytes, "http.tls_cert", cert, "out of memory");
    else if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
        fail(why, why_bytes, "http.tls_cert", cert, "this is no certificate in PEM, or a weak one");
    else if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
        fail(why, why_bytes, "http.tls_key", key,
             "this is no private key in PEM, or not the certificate's");
    else
        ok = true;
    SSL_CTX_free(ctx);
    return ok;
}
