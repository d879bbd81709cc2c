/* Settings: the table itself, each kind's range, and what a file may say. */
#include "server/settings.h"
#include "test.h"

static struct aw_settings s;
static struct aw_complaints c;

static bool put(enum aw_setting_id id, const char *text) {
    c.n = c.omitted = 0;
    return aw_settings_put(&s, id, &text, 1, AW_FROM_FLAG, "test", &c);
}

/* Reads a file's text; the complaints in order as "line:column key". */
static const char *read_text(const char *text) {
    static char found[4096];
    size_t n = 0;
    c.n = c.omitted = 0;
    aw_settings_init(&s);
    bool ok = aw_settings_read_text(&s, text, strlen(text), "f", &c);
    CHECK(ok == (c.n == 0));
    found[0] = '\0';
    for (int i = 0; i < c.n; i++)
        n += (size_t)snprintf(found + n, sizeof found - n, "%s%s %s", i ? ", " : "",
                              c.list[i].where, c.list[i].key);
    return found;
}

static void test_table(void) {
    aw_settings_init(&s);
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        const struct aw_setting *d = &aw_setting_table[i];
        static char value[16 * 1024], again[16 * 1024];
        char variable[96];
        CHECK(aw_setting_find(d->key) == (enum aw_setting_id)i); /* also: no key twice */
        CHECK(strchr(d->key, '.') != NULL);
        CHECK(strspn(d->key, "abcdefghijklmnopqrstuvwxyz0123456789_.") == strlen(d->key));
        CHECK(d->kind == AW_SETTING_BOOL || *d->flag == '\0' || *d->arg);
        CHECK(!(d->traits & AW_SET_SECRET) || (d->kind == AW_SETTING_TEXT && !*d->initial));
        for (int k = 0; k < i; k++) {
            const struct aw_setting *other = &aw_setting_table[k];
            CHECK(!*d->flag || strcmp(d->flag, other->flag) != 0);
            char theirs[96];
            aw_setting_variable(d, variable, sizeof variable);
            aw_setting_variable(other, theirs, sizeof theirs);
            CHECK(strcmp(variable, theirs) != 0);
        }

        /* the default is allowed: it survives the file that names it */
        if (d->traits & AW_SET_SECRET) continue;
        aw_settings_text(&s, (enum aw_setting_id)i, value, sizeof value);
        char file[17 * 1024];
        const char *dot = strrchr(d->key, '.');
        snprintf(file, sizeof file, "%.*s:\n  %s: %s\n", (int)(dot - d->key), d->key, dot + 1,
                 value);
        struct aw_settings from_file;
        aw_settings_init(&from_file);
        c.n = 0;
        CHECK(aw_settings_read_text(&from_file, file, strlen(file), "f", &c));
        if (c.n) fprintf(stderr, "%s: %s\n", d->key, c.list[0].says);
        CHECK(from_file.origin[i] == AW_FROM_FILE);
        CHECK_INT(from_file.line[i], 2);
        CHECK(aw_settings_equal(&s, &from_file, (enum aw_setting_id)i));
        aw_settings_text(&from_file, (enum aw_setting_id)i, again, sizeof again);
        CHECK_STR(again, value);
    }
    CHECK_INT(aw_setting_find("no.such"), AW_SETTING_COUNT);
}

static void test_kinds(void) {
    aw_settings_init(&s);
    CHECK(put(AW_SET_http_port, "0") && s.http_port == 0);
    CHECK(put(AW_SET_http_port, "65535") && s.http_port == 65535);
    static const char *const no_ports[] = {
        "65536", "-1",  "",  "1.5", "0x50", "080",  " 80",
        "80 ",   "1e3", "+", "nan", "true", "8O80", "99999999999999999999",
        "80\n"};
    for (size_t i = 0; i < sizeof no_ports / sizeof *no_ports; i++) {
        CHECK(!put(AW_SET_http_port, no_ports[i]));
        CHECK_INT(c.n, 1);
        CHECK_STR(c.list[0].key, "http.port");
        CHECK_STR(c.list[0].allowed, "a whole number from 0 to 65535");
        CHECK_INT(s.http_port, 65535);
    }
    CHECK(put(AW_SET_sources_replay_speed, "2.5"));
    CHECK_NEAR(s.sources_replay_speed, 2.5, 0);
    static const char *const no_speeds[] = {"0", "nan", "inf", "1001", "-1", "", "1x", "0x1p3"};
    for (size_t i = 0; i < sizeof no_speeds / sizeof *no_speeds; i++)
        CHECK(!put(AW_SET_sources_replay_speed, no_speeds[i]));
    CHECK(put(AW_SET_sources_replay_loop, "Yes") && s.sources_replay_loop);
    CHECK(put(AW_SET_sources_replay_loop, "off") && !s.sources_replay_loop);
    CHECK(!put(AW_SET_sources_replay_loop, "2"));
    char longest[400];
    memset(longest, 'x', sizeof longest);
    longest[255] = '\0';
    CHECK(put(AW_SET_sources_demo, longest));
    longest[255] = 'x', longest[256] = '\0';
    CHECK(!put(AW_SET_sources_demo, longest));
    CHECK(!put(AW_SET_sources_demo, "a\nb"));
    CHECK(strlen(s.sources_demo) == 255);

    const char *nine[9] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
    c.n = 0;
    CHECK(aw_settings_put(&s, AW_SET_sources_udp, nine, 8, AW_FROM_FLAG, "test", &c));
    CHECK(!aw_settings_put(&s, AW_SET_sources_udp, nine, 9, AW_FROM_FLAG, "test", &c));
    CHECK_INT(s.sources_udp.n, 8);
    CHECK_INT(s.sources_udp.port[7], 8);
    CHECK(aw_settings_put(&s, AW_SET_sources_udp, NULL, 0, AW_FROM_FLAG, "test", &c));
    CHECK_INT(s.sources_udp.n, 0);
    CHECK(!put(AW_SET_sources_udp, "http"));
    CHECK(!put(AW_SET_sources_serial, ""));
}

static void test_file(void) {
    CHECK_STR(read_text(""), "");
    CHECK_STR(read_text("# nothing\n"), "");
    CHECK_STR(read_text("http:\n"), "");
    CHECK_STR(read_text("http:\n  port: 81\nsources:\n  udp: [1, 2]\n  serial:\n    - /dev/a\n"),
              "");
    CHECK_INT(s.http_port, 81);
    CHECK_INT(s.sources_udp.n, 2);
    CHECK_STR(s.sources_serial.item[0], "/dev/a");
    CHECK_STR(read_text("sources: {udp: 9, replay_loop: yes}"), "");
    CHECK(s.sources_udp.n == 1 && s.sources_udp.port[0] == 9 && s.sources_replay_loop);
    CHECK_STR(read_text("http.port: 82\n"), "");
    CHECK_INT(s.http_port, 82);

    /* all errors, not only the first, and what is right is set */
    CHECK_STR(read_text("http:\n  prot: 1\n  port: 70000\n  bind: ::1\nwrong: 2\n"
                        "sources:\n  udp: [1, x]\n  replay_speed: [1]\n"),
              "f:2:3 http.prot, f:3:9 http.port, f:5:1 wrong, f:7:8 sources.udp, "
              "f:8:17 sources.replay_speed");
    CHECK(strstr(c.list[0].says, "did you mean http.port?") != NULL);
    CHECK_STR(s.http_bind, "::1");
    CHECK_INT(s.http_port, 8000);

    CHECK_STR(read_text("http:\n  port:\n"), "f:2:8 http.port");
    CHECK_STR(read_text("http:\n  port: ~\n"), "f:2:9 http.port");
    CHECK_STR(read_text("http:\n  port: 1\n  port: 2\n"), "f:3:3 http.port");
    CHECK_STR(read_text("http: 3\n"), "f:1:7 http");
    CHECK_STR(read_text("http: [1]\n"), "f:1:7 http");
    CHECK_STR(read_text("[1]\n"), "f:1:1 ");
    CHECK_STR(read_text("? [a]\n: 1\n"), "f:1:3 ");
    CHECK_STR(read_text("sources:\n  udp: [[1]]\n"), "f:2:9 sources.udp");
    CHECK_STR(read_text("sources:\n  demo: \"a\\0b\"\n"), "f:2:9 sources.demo");
    CHECK_STR(read_text("http:\n  port: {a: 1}\n"), "f:2:9 http.port");
    CHECK_STR(read_text("a: 1\n--- \nb: 2\n"), "f:1:1 a, f:3:1 ");
    CHECK(strlen(read_text("http: {port: 1\nx")) > 0);
    CHECK(strlen(read_text("a: [1\n  b: }")) > 0);
    CHECK(strlen(read_text("\tx: 1")) > 0);
    CHECK(strlen(read_text("\xff\xfe")) > 0);
    CHECK(strlen(read_text("a: *nowhere\n")) > 0);
}

static void test_bounds(void) {
    static char big[70 * 1024];
    memset(big, '#', sizeof big);
    c.n = 0;
    CHECK(!aw_settings_read_text(&s, big, sizeof big, "f", &c));
    CHECK(strstr(c.list[0].says, "larger") != NULL);
    memset(big, '[', 60 * 1024);
    CHECK(!aw_settings_read_text(&s, big, 60 * 1024, "f", &c));
    /* more errors than are kept are counted */
    size_t n = 0;
    for (int i = 0; i < 50; i++) n += (size_t)snprintf(big + n, sizeof big - n, "x%d: 1\n", i);
    c.n = c.omitted = 0;
    CHECK(!aw_settings_read_text(&s, big, n, "f", &c));
    CHECK_INT(c.n, AW_COMPLAINTS);
    CHECK_INT(c.omitted, 50 - AW_COMPLAINTS);
    /* an alias that contains itself, and one that grows with each level */
    CHECK(strlen(read_text("http: &a\n  http: *a\n")) > 0);
    CHECK(strlen(read_text("a: &a [1,1]\nb: &b [*a,*a]\nc: &c [*b,*b]\nsources: {udp: *c}\n")) > 0);
}

static void test_environment(void) {
    char port[] = "AIRWAKE_HTTP_PORT=90", udp[] = "AIRWAKE_SOURCES_UDP=1, 2,3",
         none[] = "AIRWAKE_SOURCES_SERIAL=", other[] = "AIRWAKE_DATA=/x";
    char *environment[] = {port, udp, none, other, NULL};
    aw_settings_init(&s);
    c.n = 0;
    CHECK(aw_settings_read_environment(&s, environment, &c));
    CHECK_INT(s.http_port, 90);
    CHECK(s.sources_udp.n == 3 && s.sources_udp.port[1] == 2);
    CHECK_INT(s.sources_serial.n, 0);
    CHECK_INT(s.origin[AW_SET_http_port], AW_FROM_ENVIRONMENT);
    char wrong[] = "AIRWAKE_HTTP_PORT=x", mistyped[] = "AIRWAKE_HTTP_PROT=1";
    char *bad[] = {wrong, mistyped, NULL};
    CHECK(!aw_settings_read_environment(&s, bad, &c));
    CHECK_INT(c.n, 2);
    CHECK_STR(c.list[0].where, "AIRWAKE_HTTP_PORT");
    CHECK(strstr(c.list[1].says, "http.port") != NULL);
    CHECK_INT(s.http_port, 90);
}

static void test_nearest(void) {
    CHECK_STR(aw_setting_nearest("http.prot"), "http.port");
    CHECK_STR(aw_setting_nearest("port"), "http.port");
    CHECK_STR(aw_setting_nearest("htp.port"), "http.port");
    CHECK_STR(aw_setting_nearest("source.udp"), "sources.udp");
    CHECK_STR(aw_setting_nearest("qqqqqqqqqq"), "");
    CHECK_STR(aw_setting_nearest(""), "");
}

int main(void) {
    test_table();
    test_kinds();
    test_file();
    test_bounds();
    test_environment();
    test_nearest();
    return test_end();
}
