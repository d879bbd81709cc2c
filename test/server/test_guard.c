#include "server/guard.h"
#include "test.h"

int main(void) {
    static const struct {
        const char *host, *bind;
        bool want;
    } hosts[] = {
        {"localhost", "127.0.0.1", true},
        {"LocalHost:8000", "127.0.0.1", true},
        {"127.0.0.1:1", "127.0.0.1", true},
        {"[::1]:8000", "127.0.0.1", true},
        {"[::1]", "::1", true},
        {"192.168.1.5:8000", "192.168.1.5", true},
        {"192.168.1.5:8000", "127.0.0.1", false},
        {"192.168.1.5", "0.0.0.0", true},
        {"[fe80::1]:80", "::", true},
        {"evil.example", "0.0.0.0", false},
        {"evil.example", "127.0.0.1", false},
        {"localhost.evil.example", "127.0.0.1", false},
        {"127.0.0.1.evil.example", "0.0.0.0", false},
        {"127.0.0.1:80@evil", "127.0.0.1", false},
        {"localhost:", "127.0.0.1", true},
        {"localhost:x", "127.0.0.1", false},
        {"", "127.0.0.1", false},
        {":8000", "127.0.0.1", false},
        {"[::1", "127.0.0.1", false},
        {"[]", "127.0.0.1", false},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "0.0.0.0", false},
    };
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        if (aw_guard_host(hosts[i].host, hosts[i].bind) != hosts[i].want)
            fprintf(stderr, "host \"%s\" bound to %s\n", hosts[i].host, hosts[i].bind);
        CHECK(aw_guard_host(hosts[i].host, hosts[i].bind) == hosts[i].want);
    }
    CHECK(aw_guard_origin("http://localhost:8000", "localhost:8000"));
    CHECK(aw_guard_origin("https://[::1]:8000", "[::1]:8000"));
    CHECK(!aw_guard_origin("http://localhost:8001", "localhost:8000"));
    CHECK(!aw_guard_origin("http://evil.example", "localhost:8000"));
    CHECK(!aw_guard_origin("null", "localhost:8000"));
    CHECK(!aw_guard_origin("file://", "localhost:8000"));
    CHECK(!aw_guard_origin("", "localhost:8000"));
    return test_end();
}
