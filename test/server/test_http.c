/* Black box: the server in a thread, a ring filled by hand, and clients made of sockets. */
#include "server/client.h"
#include "server/fill.h"
#include "server/fixture.h"
#include "test.h"

static struct client_reply reply;
static char text[CLIENT_TEXT];

static int status_of(uint16_t port, const char *request) {
    client_request(port, request, false, &reply);
    return reply.status;
}

static void check_problem(int status) {
    char want[32];
    snprintf(want, sizeof want, "\"status\":%d,", status);
    CHECK_INT(reply.status, status);
    CHECK_STR(client_header(reply.headers, "content-type"), "application/problem+json");
    CHECK(strstr(reply.body, want));
    CHECK(strstr(reply.body, "\"detail\":\""));
}

static void test_routes(void) {
    struct fixture f;
    fixture_start(&f, (struct aw_http_config){0});
    client_get(f.port, "/health/ready", &reply);
    check_problem(503);
    client_get(f.port, "/health", &reply);
    CHECK(strstr(reply.body, "\"status\":\"no-source\""));
    CHECK(strstr(reply.body, "\"source\":null"));

    int64_t now_ns = fill_now_ns();
    fixture_push(&f, fill_counts(0, true, now_ns));
    fixture_push(&f, fill_link(0, 10, now_ns));
    fixture_push(&f, fill_update(0, now_ns));
    static const struct {
        const char *path, *want;
    } cases[] = {
        {"/health", "{\"status\":\"ok\",\"reason\":null,\"source\":\"simulated\",\"tick\":1,"},
        {"/health/live", "{\"status\":\"alive\",\"uptime_s\":"},
        {"/health/ready", "{\"status\":\"ready\",\"source\":\"simulated\"}"},
        {"/health/version", "{\"name\":\"airwake\",\"version\":\"9.8.7\",\"api\":\"v1\"}"},
        {"/api/v1/info", "{\"name\":\"airwake\",\"version\":\"9.8.7\",\"api\":\"v1\",\"source\":"},
        {"/api/v1/links", "{\"links\":[{\"id\":0,\"name\":\"node 1\""},
        {"/api/v1/links?x=1", "{\"links\":[{\"id\":0,\"name\":\"node 1\""},
        {"/api/v1/sources", "{\"sources\":[{\"id\":0,\"name\":\"udp:5005\""},
        {"/api/v1/sensing/latest", "{\"timestamp\":"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        client_get(f.port, cases[i].path, &reply);
        CHECK_INT(reply.status, 200);
        CHECK_STR(client_header(reply.headers, "content-type"), "application/json");
        CHECK_STR(client_header(reply.headers, "cache-control"), "no-store");
        CHECK_STR(client_header(reply.headers, "x-content-type-options"), "nosniff");
        CHECK(
            strstr(client_header(reply.headers, "content-security-policy"), "default-src 'self'"));
        CHECK(strncmp(reply.body, cases[i].want, strlen(cases[i].want)) == 0);
    }
    fixture_stop(&f);
}

static void test_refusals(void) {
    struct fixture f;
    fixture_start(&f, (struct aw_http_config){0});
    CHECK_INT(status_of(f.port, "GET /nope HTTP/1.1\r\nHost: localhost\r\n\r\n"), 404);
    check_problem(404);
    CHECK_INT(status_of(f.port, "GET /%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n"), 404);
    CHECK_INT(status_of(f.port, "DELETE /health HTTP/1.1\r\nHost: localhost\r\n\r\n"), 405);
    check_problem(405);
    CHECK_STR(client_header(reply.headers, "allow"), "GET, HEAD");
    CHECK_INT(status_of(f.port, "POST /api/v1/links HTTP/1.1\r\nHost: localhost\r\n"
                                "Content-Length: 3\r\n\r\nabc"),
              405);
    CHECK_INT(status_of(f.port, "GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 421);
    check_problem(421);
    CHECK_INT(status_of(f.port, "GET /health HTTP/1.1\r\n\r\n"), 400);
    check_problem(400);
    CHECK_INT(status_of(f.port, "GET /ws/sensing HTTP/1.1\r\nHost: localhost\r\n\r\n"), 426);
    check_problem(426);
    snprintf(text, sizeof text, "GET /%0500d HTTP/1.1\r\nHost: localhost\r\n\r\n", 0);
    CHECK_INT(status_of(f.port, text), 414);

    /* Nonsense and a flood of headers may be hung up on, but hurt nobody else. */
    status_of(f.port, "\x16\x03\x01\x02garbage\r\n\r\n");
    snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: localhost\r\nX: %020000d\r\n\r\n", 0);
    status_of(f.port, text);
    int half = client_connect(f.port, 0);
    client_send(half, "GET /hea", 8);
    client_get(f.port, "/health/live", &reply);
    CHECK_INT(reply.status, 200);
    close(half);
    fixture_stop(&f);
}

static void test_keep_alive(void) {
    struct fixture f;
    fixture_start(&f, (struct aw_http_config){0});
    int fd = client_connect(f.port, 0);
    for (int i = 0; i < 20; i++) {
        const char *path = i % 2 ? "/health/live" : "/nope";
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
        client_exchange(fd, text, false, &reply);
        CHECK_INT(reply.status, i % 2 ? 200 : 404);
    }
    client_exchange(fd, "HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n", true, &reply);
    CHECK_INT(reply.status, 200);
    CHECK(atoi(client_header(reply.headers, "content-length")) > 0);
    client_exchange(fd, "GET /health/version HTTP/1.1\r\nHost: localhost\r\n\r\n", false, &reply);
    CHECK_INT(reply.status, 200); /* the HEAD before it left no body in the way */
    close(fd);
    fixture_stop(&f);
}

static void test_page(void) {
    struct fixture f;
    fixture_start(&f, (struct aw_http_config){0});
    client_get(f.port, "/", &reply);
    CHECK_INT(reply.status, 200);
    CHECK_STR(client_header(reply.headers, "content-type"), "text/html; charset=utf-8");
    CHECK_STR(client_header(reply.headers, "content-encoding"), "");
    CHECK_STR(client_header(reply.headers, "cache-control"), "no-cache");
    CHECK(strstr(reply.body, "<!doctype html>"));
    CHECK(!strstr(reply.body, "http://") && !strstr(reply.body, "https://"));
    size_t plain = reply.len;
    char script[200] = "";
    const char *src = strstr(reply.body, "src=\"/assets/");
    CHECK(src);
    if (src) snprintf(script, sizeof script, "%.*s", (int)strcspn(src + 5, "\""), src + 5);

    client_request(f.port, "GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br, gzip\r\n\r\n",
                   false, &reply);
    CHECK_STR(client_header(reply.headers, "content-encoding"), "gzip");
    CHECK(reply.len < plain && (unsigned char)reply.body[0] == 0x1F);
    char etag[100];
    snprintf(etag, sizeof etag, "%s", client_header(reply.headers, "etag"));
    CHECK(etag[0] == '"');
    snprintf(text, sizeof text,
             "GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n"
             "If-None-Match: \"x\", %s\r\n\r\n",
             etag);
    int fd = client_connect(f.port, 0);
    client_exchange(fd, text, true, &reply);
    CHECK_INT(reply.status, 304);
    client_exchange(fd, "GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip;q=0\r\n\r\n",
                    false, &reply);
    CHECK_INT(reply.status, 200);
    CHECK_STR(client_header(reply.headers, "content-encoding"), "");
    close(fd);

    client_get(f.port, script, &reply);
    CHECK_INT(reply.status, 200);
    CHECK(strstr(client_header(reply.headers, "content-type"), "text/javascript"));
    CHECK(strstr(client_header(reply.headers, "cache-control"), "immutable"));
    fixture_stop(&f);
}

static int upgrade_status(uint16_t port, const char *path, const char *more) {
    int fd = client_connect(port, 0);
    int status = client_upgrade(fd, port, path, more);
    close(fd);
    return status;
}

static void test_upgrade(void) {
    struct fixture f;
    fixture_start(&f, (struct aw_http_config){.max_clients = 2});
    char same[64];
    snprintf(same, sizeof same, "Origin: http://127.0.0.1:%u\r\n", f.port);
    CHECK_INT(upgrade_status(f.port, "/ws/sensing", same), 101);
    CHECK_INT(upgrade_status(f.port, "/ws/sensing", "Origin: http://evil.example\r\n"), 403);
    CHECK_INT(upgrade_status(f.port, "/ws/sensing", "Origin: null\r\n"), 403);
    CHECK_INT(upgrade_status(f.port, "/ws/other", ""), 404);
    CHECK_INT(status_of(f.port, "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\n"
                                "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: \r\n\r\n"),
              400);
    CHECK_INT(status_of(f.port, "GET /ws/sensing HTTP/1.1\r\nHost: evil.example\r\n"
                                "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
              421);

    int a = -1, b = -1;
    for (int i = 0; i < 100 && (a < 0 || b < 0); i++) { /* the places above become free soon */
        if (a < 0)
            a = client_listen(f.port, 0);
        else
            b = client_listen(f.port, 0);
    }
    CHECK(a >= 0 && b >= 0);
    CHECK_INT(upgrade_status(f.port, "/ws/sensing", ""), 503);
    close(a);
    close(b);
    fixture_stop(&f);
}

static void test_messages(void) {
    struct fixture f;
    fixture_start(&f, (struct aw_http_config){0});
    int64_t now_ns = fill_now_ns();
    fixture_push(&f, fill_link(0, 10, now_ns));
    fixture_push(&f, fill_row(0, 1, now_ns));
    fixture_push(&f, fill_row(0, 2, now_ns));
    client_get(f.port, "/health", &reply); /* drained */
    int fd = client_listen(f.port, 0);
    CHECK(client_until(fd, "hello", text, sizeof text));
    CHECK(strstr(text, "\"version\":\"9.8.7\""));
    CHECK(strstr(text, "\"links\":[{\"id\":0"));
    CHECK(client_until(fd, "rows", text, sizeof text));
    CHECK(strstr(text, "\"amp_b64\":\"AQEB") && strstr(text, "\"amp_b64\":\"AgIC"));

    fixture_push(&f, fill_update(0, now_ns));
    CHECK(client_until(fd, "sensing_update", text, sizeof text));
    CHECK(strstr(text, "\"breathing_bpm\":14.50"));
    fixture_push(&f, fill_row(0, 3, now_ns));
    CHECK(client_until(fd, "row", text, sizeof text));
    CHECK(strstr(text, "\"amp_b64\":\"AwMD"));
    CHECK(client_until(fd, "links", text, sizeof text));

    client_frame(fd, 0x81, "{\"type\":\"subscribe\"}", 20); /* ignored */
    client_frame(fd, 0x82, "\0\1\2", 3);
    client_frame(fd, 0x81, "{\"type\":\"pingpong\"}", 19);
    client_frame(fd, 0x81, " { \"type\" : \"ping\" } ", 21);
    CHECK(client_until(fd, "pong", text, sizeof text));
    client_frame(fd, 0x01, "{\"type\":", 8); /* in two fragments */
    client_frame(fd, 0x80, "\"ping\",\"t\":1}", 13);
    CHECK(client_until(fd, "pong", text, sizeof text));

    memset(text, ' ', 5000);
    client_frame(fd, 0x81, text, 5000);
    CHECK_INT(client_close_code(fd, text, sizeof text), 1009);
    close(fd);
    fixture_stop(&f);
}

/* Rows that come faster than they may go out are left out; the last one always arrives. */
static void test_rows_coalesce(void) {
    struct fixture f;
    fixture_start(&f, (struct aw_http_config){0});
    fixture_push(&f, fill_link(0, 10, fill_now_ns()));
    int fd = client_listen(f.port, 0);
    CHECK(client_until(fd, "hello", text, sizeof text));
    int64_t begin_ns = fill_now_ns();
    for (int i = 0; i < 300; i++) {
        fixture_push(&f, fill_row(0, 7, fill_now_ns()));
        nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
    }
    fixture_push(&f, fill_row(0, 255, fill_now_ns()));
    int rows = 0;
    do {
        if (!client_until(fd, "row", text, sizeof text)) break;
        rows++;
    } while (!strstr(text, "\"amp_b64\":\"////"));
    CHECK(strstr(text, "\"amp_b64\":\"////"));
    double passed_s = (double)(fill_now_ns() - begin_ns) * 1e-9;
    CHECK(rows >= 3 && rows <= 20 * passed_s + 2);
    close(fd);
    fixture_stop(&f);
}

static bool info_says(uint16_t port, const char *what) {
    client_get(port, "/api/v1/info", &reply);
    return strstr(reply.body, what) != NULL;
}

/* A client that does not read is closed and counted; one that reads gets every update. */
static void test_slow_client(void) {
    struct fixture f;
    fixture_start(&f, (struct aw_http_config){.queue_max = 16, .sndbuf_bytes = 4096});
    int slow = client_listen(f.port, 4096);
    int good = client_listen(f.port, 0);
    CHECK(slow >= 0 && good >= 0);
    int sent = 0;
    for (; sent < 2000 && !info_says(f.port, "\"closed_slow\":1"); sent++) {
        fixture_push(&f, fill_update(0, fill_now_ns()));
        char want[32];
        CHECK(client_until(good, "sensing_update", text, sizeof text));
        snprintf(want, sizeof want, "\"tick\":%d,", sent + 1);
        CHECK(strstr(text, want)); /* each, in order */
    }
    CHECK(sent < 2000);
    CHECK_INT(client_close_code(slow, text, sizeof text), 1013);
    CHECK(info_says(f.port, "\"closed_slow\":1"));
    close(slow);
    close(good);
    fixture_stop(&f);
}

static void test_shutdown(void) {
    struct fixture f;
    fixture_start(&f, (struct aw_http_config){0});
    int a = client_listen(f.port, 0), b = client_listen(f.port, 0);
    int64_t before = fill_now_ns();
    fixture_stop(&f);
    CHECK(fill_now_ns() - before < 2000000000);
    CHECK_INT(client_close_code(a, text, sizeof text), 1001);
    CHECK_INT(client_close_code(b, text, sizeof text), 1001);
    close(a);
    close(b);
    int after = client_connect(f.port, 0);
    CHECK(after < 0);
}

static void test_cannot_listen(void) {
    struct fixture f;
    struct aw_http *h = NULL;
    char why[200];
    fixture_start(&f, (struct aw_http_config){0});
    struct aw_http_config config = {.port = f.port, .version = "x", .ring = &f.ring};
    CHECK_INT(aw_http_create(&config, &h, why, sizeof why), AW_ERR_IO);
    CHECK(strstr(why, "in use by another program"));
    config.bind = "not-an-address";
    CHECK_INT(aw_http_create(&config, &h, why, sizeof why), AW_ERR_INVAL);
    CHECK(strstr(why, "not-an-address"));
    config.bind = "192.0.2.1"; /* TEST-NET-1, RFC 5737: nobody's address */
    CHECK_INT(aw_http_create(&config, &h, why, sizeof why), AW_ERR_IO);
    CHECK(strstr(why, "not an address of this machine"));
    CHECK(h == NULL);
    fixture_stop(&f);
}

int main(void) {
    test_routes();
    test_refusals();
    test_keep_alive();
    test_page();
    test_upgrade();
    test_messages();
    test_rows_coalesce();
    test_slow_client();
    test_shutdown();
    test_cannot_listen();
    return test_end();
}
