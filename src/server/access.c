#include "server/access.h"
#include "server/guard.h"

unsigned aw_access_refuse(struct lws *wsi, const struct aw_http *h, enum aw_scope scope,
                          const char **why) {
    char host[128], origin[160];
    (void)h; /* loopback only so far: whoever reaches us is on this machine */
    if (scope < AW_SCOPE_CONTROL || lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) <= 0) return 0;
    if (lws_hdr_copy(wsi, host, sizeof host, WSI_TOKEN_HOST) > 0 &&
        lws_hdr_copy(wsi, origin, sizeof origin, WSI_TOKEN_ORIGIN) > 0 &&
        aw_guard_origin(origin, host))
        return 0;
    *why = "pages of other sites may not change anything here";
    return 403;
}
