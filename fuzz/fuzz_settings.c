/* Any configuration file: each complaint has a place, and what is refused leaves the defaults. */
#include "server/settings.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static struct aw_settings s;
    static struct aw_complaints c;
    c.n = c.omitted = 0;
    aw_settings_init(&s);
    bool right = aw_settings_read_text(&s, (const char *)data, len, "f.yaml", &c);
    if (right != (c.n == 0)) abort();
    for (int i = 0; i < c.n; i++)
        if (!c.list[i].where[0] || !c.list[i].says[0]) abort();
    if (s.http_port < 0 || s.http_port > 65535 || s.sources_udp.n > 8) abort();
    return 0;
}
