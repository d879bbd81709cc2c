/* Subscriptions over a real socket: frames in by the tap, binary messages out; and compression. */
#include "server/client.h"
#include "server/fill.h"
#include "server/fixture.h"
#include "test.h"

#include <zlib.h>

enum { N = 56 };

static struct client_reply reply;
static char text[CLIENT_TEXT];
static size_t len;

static void start(struct fixture *f, bool compress) {
    struct aw_frame_tap *tap = aw_frame_tap_create(AW_FRAME_TAP_SLOTS);
    if (!tap) exit(1);
    fixture_start(
        f, (struct aw_http_config){.frame_tap = tap, .compress = compress, .sndbuf_bytes = 8192});
}

static int16_t k[N];
static uint8_t kind[N];
static float iq[2 * N];

static struct aw_frame frame(float add) {
    for (int i = 0; i < N; i++) {
        k[i] = (int16_t)(i < N / 2 ? i - N / 2 : i - N / 2 + 1);
        kind[i] = AW_SUB_DATA;
        iq[2 * i] = (float)(i + 1) + add;
        iq[2 * i + 1] = -3;
    }
    return (struct aw_frame){.seq = 77,
                             .n_rx = 1,
                             .n_tx = 1,
                             .n_sub = N,
                             .spacing_hz = 312500,
                             .k = k,
                             .kind = kind,
                             .iq = iq};
}

static bool tap(struct fixture *f, float add, int64_t t_ns) {
    struct aw_frame fr = frame(add);
    bool pushed = aw_frame_tap_push(f->tap, 7, AW_SOURCE_SIMULATED, t_ns, -40, &fr);
    aw_http_wake(f->http);
    return pushed;
}

static uint64_t u(const char *at, int n) {
    uint64_t v = 0;
    while (n--) v = v << 8 | (unsigned char)at[n];
    return v;
}

static float f32(const char *at) {
    uint32_t bits = (uint32_t)u(at, 4);
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static void say(int fd, const char *message) {
    client_frame(fd, 0x81, message, strlen(message));
}

static bool until_binary(int fd) {
    for (int op; (op = client_next(fd, text, sizeof text, &len)) >= 0 && op != 8;)
        if (op == 2) return true;
    return false;
}

static int listen_with_link(struct fixture *f) {
    fixture_push(f, fill_link(7, 10, fill_now_ns()));
    client_get(f->port, "/health", &reply); /* drained */
    int fd = client_listen(f->port, 0);
    CHECK(client_until(fd, "hello", text, sizeof text));
    return fd;
}

static void test_csi(void) {
    struct fixture f;
    start(&f, false);
    int fd = listen_with_link(&f);
    CHECK(!aw_frame_tap_wants(f.tap, 7)); /* nobody asked: nothing is copied */
    say(fd, "{\"type\":\"subscribe\",\"stream\":\"csi\",\"link\":8}");
    CHECK(client_until(fd, "error", text, sizeof text) && strstr(text, "\"field\":\"link\""));
    say(fd, "{\"type\":\"subscribe\",\"stream\":\"x\",\"link\":7}");
    CHECK(client_until(fd, "error", text, sizeof text) && strstr(text, "\"field\":\"stream\""));
    say(fd, "{\"type\":\"subscribe\",\"stream\":\"csi\",\"link\":-1}");
    CHECK(client_until(fd, "error", text, sizeof text));
    say(fd, "{\"type\":\"subscribe\",\"stream\":\"csi\",\"link\":7}");
    CHECK(client_until(fd, "subscribed", text, sizeof text));
    CHECK(aw_frame_tap_wants(f.tap, 7) && !aw_frame_tap_wants(f.tap, 6));

    CHECK(tap(&f, 0, 123456789));
    CHECK(until_binary(fd));
    size_t before = 48 + 2 * 6 + N;
    CHECK_INT((int)len, (int)(before + 4 * N)); /* before is a multiple of 4 */
    CHECK_INT(text[0], 1);
    CHECK_INT(text[1], 1);
    CHECK_INT(text[2], 1); /* int16 */
    CHECK_INT(text[3], 2); /* simulated */
    CHECK_INT((int)u(text + 4, 4), 7);
    CHECK_INT((int)u(text + 8, 8), 123456789);
    CHECK_INT((int)u(text + 16, 4), 0);
    CHECK(f32(text + 20) == -40);
    CHECK_INT((int)u(text + 24, 8), 77);
    CHECK(f32(text + 32) == 312500);
    CHECK_INT((int)u(text + 40, 2), N);
    CHECK_INT((int)u(text + 42, 2), 1);
    CHECK_INT((int)u(text + 44, 2), 2);
    CHECK_INT((int16_t)u(text + 48, 2), -N / 2);
    CHECK_INT((int16_t)u(text + 50, 2), -1);
    CHECK_INT((int16_t)u(text + 54, 2), 1);
    CHECK_INT((int16_t)u(text + before + 4 * 5, 2), 6);
    CHECK_INT((int16_t)u(text + before + 4 * 5 + 2, 2), -3);

    CHECK(tap(&f, 0.5F, 2)); /* not whole numbers: floats */
    CHECK(until_binary(fd));
    CHECK_INT(text[2], 2);
    CHECK_INT((int)u(text + 16, 4), 1);
    CHECK(f32(text + before + 8 * 5) == 6.5F);

    say(fd, "{\"type\":\"unsubscribe\",\"stream\":\"csi\",\"link\":7}");
    CHECK(client_until(fd, "unsubscribed", text, sizeof text));
    CHECK(!aw_frame_tap_wants(f.tap, 7));
    say(fd, "{\"type\":\"subscribe\",\"stream\":\"csi\",\"link\":7}");
    CHECK(client_until(fd, "subscribed", text, sizeof text));
    fixture_push(&f, fill_msg(AW_MSG_GONE, 7, fill_now_ns()));
    CHECK(client_until(fd, "unsubscribed", text, sizeof text) && strstr(text, "\"gone\""));
    CHECK(!aw_frame_tap_wants(f.tap, 7));
    close(fd);
    fixture_stop(&f);
}

/* A client that reads late misses the oldest frames, sees it in the index, and is not closed. */
static void test_late_reader(void) {
    struct fixture f;
    start(&f, false);
    fixture_push(&f, fill_link(7, 10, fill_now_ns()));
    client_get(f.port, "/health", &reply);
    int fd = client_listen(f.port, 4096);
    say(fd, "{\"type\":\"subscribe\",\"stream\":\"csi\",\"link\":7}");
    CHECK(client_until(fd, "subscribed", text, sizeof text));
    enum { FRAMES = 1500 };
    for (int i = 0; i < FRAMES; i++) {
        while (!tap(&f, 0, i)) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        if (i % 20 == 0) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    client_get(f.port, "/api/v1/info", &reply);
    CHECK(strstr(reply.body, "\"streams\":{\"sent\":") && !strstr(reply.body, "\"dropped\":0,"));
    int64_t last = -1, got = 0;
    while (last < FRAMES - 1 && until_binary(fd)) {
        CHECK((int64_t)u(text + 8, 8) > last); /* in order */
        last = (int64_t)u(text + 8, 8);
        got++;
    }
    CHECK_INT((int)last, FRAMES - 1); /* the newest is never the one left out */
    CHECK(got < FRAMES);
    close(fd);
    for (int i = 0; i < 100 && aw_frame_tap_wants(f.tap, 7); i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    CHECK(!aw_frame_tap_wants(f.tap, 7)); /* the last listener is gone */
    fixture_stop(&f);
}

/* Amplitudes that swing at 2 Hz: that is where the spectrum has its peak. */
static void test_spectrogram(void) {
    struct fixture f;
    start(&f, false);
    int fd = listen_with_link(&f); /* 100 Hz, as fill_link says */
    say(fd, "{\"type\":\"subscribe\",\"stream\":\"spectrogram\",\"link\":7}");
    CHECK(client_until(fd, "subscribed", text, sizeof text));
    CHECK(strstr(text, "\"rate_hz\":100.000,\"window_s\":2.560"));
    for (int i = 0; i < 400; i++) {
        struct aw_frame fr = frame(0);
        for (int s = 0; s < N; s++) {
            iq[2 * s] = 10 + (s < N / 2 ? 2 : -2) * sinf(2 * 3.14159265F * 2 * (float)i / 100);
            iq[2 * s + 1] = 0;
        }
        while (!aw_frame_tap_push(f.tap, 7, AW_SOURCE_LIVE, (int64_t)i * 10000000, -40, &fr))
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        aw_http_wake(f.http);
        if (i % 16 == 0) nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    CHECK(until_binary(fd));
    CHECK_INT(text[1], 2);
    CHECK_INT(text[3], 0); /* live */
    unsigned n = (unsigned)u(text + 20, 4), peak = 0;
    CHECK_INT((int)n, 128);
    CHECK_INT((int)len, 40 + 4 * 128);
    double sum = 0, step = (double)f32(text + 28);
    for (unsigned i = 0; i < n; i++) {
        sum += (double)f32(text + 40 + 4 * i) * step;
        if (f32(text + 40 + 4 * i) > f32(text + 40 + 4 * peak)) peak = i;
    }
    CHECK(fabs(peak * step - 2) < step);
    CHECK(fabs(sum - 0.02) < 0.004); /* variance of 0.2 sin */
    close(fd);
    fixture_stop(&f);
}

static int16_t stream_k(unsigned i) {
    return (int16_t)(i < N / 2 ? (int)i - N / 2 : (int)i - N / 2 + 1);
}

/* A still channel behind an oscillator and a sampling clock that are elsewhere in every packet: each
 * row shows the channel's own phase, and the same one; more than 20 rows per second are not sent. */
static void test_phase(void) {
    struct fixture f;
    start(&f, false);
    int fd = listen_with_link(&f);
    say(fd, "{\"type\":\"subscribe\",\"stream\":\"phase\",\"link\":7}");
    CHECK(client_until(fd, "subscribed", text, sizeof text));
    CHECK(aw_frame_tap_wants(f.tap, 7));
    unsigned rows = 0;
    double worst = 0, first[N] = {0};
    for (int i = 0; i <= 100; i++) { /* a second of 100 Hz */
        struct aw_frame fr = frame(0);
        double turn = 2.1 * i, slope = 0.3 * sin(1.7 * i), gain = 1 + 0.3 * cos(i);
        for (unsigned s = 0; s < N; s++) {
            double angle = 0.5 * sin(0.2 * stream_k(s)) + turn + slope * stream_k(s);
            double a = gain * (20 + 5 * cos(0.1 * stream_k(s)));
            iq[2 * s] = (float)(a * cos(angle));
            iq[2 * s + 1] = (float)(a * sin(angle));
        }
        CHECK(aw_frame_tap_push(f.tap, 7, AW_SOURCE_LIVE, (int64_t)i * 10000000, -40, &fr));
        aw_http_wake(f.http);
        if (i % 5) continue;
        CHECK(until_binary(fd)); /* 0, 50, 100 ms ... */
        CHECK_INT(text[1], 3);
        CHECK_INT((int)u(text + 8, 8), i * 10000000);
        CHECK_INT((int)u(text + 16, 4), (int)rows);
        CHECK_INT((int)u(text + 20, 2), N);
        CHECK_INT((int)u(text + 22, 2), 1);
        CHECK_INT((int)u(text + 24, 2), 2);
        CHECK_INT((int)len, 40 + 12 + 4 * N);
        CHECK_INT((int16_t)u(text + 48, 2), N / 2);
        for (unsigned s = 0; s < N; s++) {
            double v = (double)f32(text + 52 + 4 * s);
            if (!rows) first[s] = v;
            worst = fmax(worst, fabs(v - first[s]));
        }
        CHECK(f32(text + 36) < 1e-4F);
        rows++;
    }
    if (!(worst < 0.01)) fprintf(stderr, "rows differ by up to %.4f rad\n", worst);
    CHECK(worst < 0.01);
    double bend = 0; /* what no line explains: against the channel at three places */
    for (unsigned s = 7; s < N - 7; s++)
        bend = fmax(bend, fabs(first[s + 7] - 2 * first[s] + first[s - 7]));
    CHECK(bend > 0.3 && bend < 1.2);

    struct aw_frame fr = frame(0);
    fr.flags = AW_FRAME_AMPLITUDE_ONLY;
    CHECK(aw_frame_tap_push(f.tap, 7, AW_SOURCE_LIVE, 2000000000, -40, &fr));
    aw_http_wake(f.http);
    CHECK(client_until(fd, "phase", text, sizeof text));
    CHECK(strstr(text,
                 "\"source\":\"live\",\"t_s\":2.000,\"phase\":null,\"phase_reason\":\"no-phase\""));
    close(fd);
    fixture_stop(&f);
}

/* Once per second as text; null with a reason where there is nothing. */
static void test_breathing(void) {
    static struct aw_breathing_evidence e;
    struct fixture f;
    start(&f, false);
    int fd = listen_with_link(&f);
    CHECK(!aw_frame_tap_wants_breathing(f.tap, 7));
    say(fd, "{\"type\":\"subscribe\",\"stream\":\"breathing\",\"link\":7}");
    CHECK(client_until(fd, "subscribed", text, sizeof text));
    CHECK(aw_frame_tap_wants_breathing(f.tap, 7) && !aw_frame_tap_wants(f.tap, 7));
    e = (struct aw_breathing_evidence){.t_ns = 5000000000,
                                       .rate_bpm = {NAN, 0, AW_REASON_WARMING_UP},
                                       .candidate_bpm = NAN,
                                       .first_bpm = 4,
                                       .step_bpm = 0.25F,
                                       .coarse_reason = AW_REASON_WARMING_UP,
                                       .fine_reason = AW_REASON_WARMING_UP,
                                       .wave_reason = AW_REASON_WARMING_UP};
    CHECK(aw_frame_tap_push_breathing(f.tap, 7, AW_SOURCE_REPLAY, &e));
    aw_http_wake(f.http);
    CHECK(client_until(fd, "breathing", text, sizeof text));
    CHECK(strstr(text, "\"link\":7,\"source\":\"replay\",\"t_s\":5.000,\"breathing_bpm\":null"));
    CHECK(strstr(text, "\"fine\":null,\"fine_reason\":\"warming-up\",\"fine_window_s\":null"));
    CHECK(strstr(text, "\"weights\":null,\"weights_reason\":\"warming-up\""));
    e.coarse_reason = e.fine_reason = e.wave_reason = AW_REASON_NONE;
    e.rate_bpm = (struct aw_estimate){14.25F, 0.95F, AW_REASON_NONE};
    e.candidate_bpm = 14.25F;
    e.fine[41] = 33;
    e.fine_s = 60;
    e.wave_hz = 5;
    e.wave_end_ns = 4800000000;
    e.wave[149] = -1.5F;
    e.groups = 1;
    e.group[0].k_first = -26;
    e.group[0].k_last = -23;
    e.group[0].weight = -1;
    CHECK(aw_frame_tap_push_breathing(f.tap, 7, AW_SOURCE_REPLAY, &e));
    aw_http_wake(f.http);
    CHECK(client_until(fd, "breathing", text, sizeof text));
    CHECK(strstr(
        text, "\"breathing_bpm\":14.25,\"breathing_confidence\":0.950,\"breathing_reason\":null"));
    CHECK(strstr(text, "33.000") && strstr(text, "-1.500],\"wave_reason\":null"));
    CHECK(strstr(text, "\"wave_rate_hz\":5.0,\"wave_end_s\":4.800"));
    CHECK(strstr(text, "{\"chain\":0,\"k_first\":-26,\"k_last\":-23,\"weight\":-1.0000}"));
    close(fd);
    for (int i = 0; i < 100 && aw_frame_tap_wants_breathing(f.tap, 7); i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    CHECK(!aw_frame_tap_wants_breathing(f.tap, 7)); /* the last listener is gone */
    fixture_stop(&f);
}

/* The payload of frames with RSV1 is raw deflate without its last four bytes (RFC 7692). */
static void test_compression(void) {
    struct fixture f;
    static char plain[CLIENT_TEXT];
    start(&f, true);
    for (uint32_t i = 0; i < 20; i++) fixture_push(&f, fill_link(i, 10, fill_now_ns()));
    client_get(f.port, "/health", &reply);
    int fd = client_connect(f.port, 0);
    char request[512];
    snprintf(request, sizeof request,
             "GET /ws/sensing HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
             f.port);
    CHECK(client_send(fd, request, strlen(request)) && client_headers(fd, text, sizeof text));
    CHECK(strstr(client_header(text, "sec-websocket-extensions"), "permessage-deflate"));
    z_stream z = {0};
    CHECK_INT(inflateInit2(&z, -15), Z_OK);
    size_t wire = 0, all = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char first = 0;
        size_t in = 0;
        do { /* fragments of one message */
            unsigned char head[10];
            if (!client_read(fd, head, 2)) break;
            if (!in) first = head[0];
            uint64_t n = head[1] & 127;
            int more = n == 126 ? 2 : n == 127 ? 8 : 0;
            if (more && !client_read(fd, head + 2, (size_t)more)) break;
            if (more) n = 0;
            for (int m = 0; m < more; m++) n = n << 8 | head[2 + m];
            if (!client_read(fd, text + in, (size_t)n)) break;
            in += (size_t)n;
            if (head[0] & 0x80) break;
        } while (in < sizeof text - 16);
        CHECK(first & 0x40);
        memcpy(text + in, "\x00\x00\xFF\xFF", 4);
        z.next_in = (unsigned char *)text;
        z.avail_in = (uInt)in + 4;
        z.next_out = (unsigned char *)plain;
        z.avail_out = sizeof plain - 1;
        CHECK_INT(inflate(&z, Z_SYNC_FLUSH), Z_OK);
        size_t out = sizeof plain - 1 - z.avail_out;
        plain[out] = '\0';
        CHECK(plain[0] == '{' && plain[out - 1] == '}');
        CHECK(i || strncmp(plain, "{\"type\":\"hello\"", 15) == 0);
        wire += in;
        all += out;
    }
    inflateEnd(&z);
    fprintf(stderr, "permessage-deflate: %zu bytes instead of %zu\n", wire, all);
    CHECK(wire * 3 < all);
    close(fd);
    fd = client_listen(f.port, 0); /* without the extension: plain */
    CHECK(client_until(fd, "hello", text, sizeof text));
    close(fd);
    fixture_stop(&f);
}

int main(void) {
    test_csi();
    test_late_reader();
    test_spectrogram();
    test_phase();
    test_breathing();
    test_compression();
    return test_end();
}
