/* Who may send datagrams: networks, how often one sender may, and rules that change meanwhile. */
#include "server/gate.h"
#include "test.h"

#include <pthread.h>
#include <sched.h>

static int pass(struct aw_gate *g, uint32_t ip, int64_t now_ns) {
    const uint8_t *data = (const uint8_t *)"";
    size_t len = 0;
    return aw_gate_pass(g, ip, now_ns, now_ns, &data, &len);
}

static const int64_t S = 1000000000;
static const uint32_t IP = 0xC0A80114; /* 192.168.1.20 */

static void nets(void) {
    static const struct {
        const char *text;
        uint32_t in, out; /* an address of it, and one that is not; 0: there is none */
    } right[] = {
        {"192.168.1.20", 0xC0A80114, 0xC0A80115},
        {"192.168.1.0/24", 0xC0A801FF, 0xC0A80200},
        {"192.168.1.77/24", 0xC0A80100, 0xC0A800FF},
        {"10.0.0.0/8", 0x0AFFFFFF, 0x0B000000},
        {"0.0.0.0/0", 0xFFFFFFFF, 0},
        {"255.255.255.255/32", 0xFFFFFFFF, 0xFFFFFFFE},
        {"128.0.0.0/1", 0x80000000, 0x7FFFFFFF},
    };
    static const char *const wrong[] = {
        "",           "192.168.1",  "192.168.1.256",   "192.168.1.20/33", "192.168.1.20/",
        "1.2.3.4/-1", " 1.2.3.4",   "1.2.3.4 ",        "01.2.3.4",        "1.2.3.4.5",
        "1..2.3",     "::1",        "node.local",      "1.2.3.4/024",     "1.2.3.4/8/8",
        "0x1.2.3.4",  "1.2.3.1000", "1.2.3.4294967297"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct aw_net4 net;
        CHECK(aw_net4_parse(right[i].text, &net));
        CHECK(aw_net4_has(&net, right[i].in));
        CHECK(!right[i].out || !aw_net4_has(&net, right[i].out));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct aw_net4 net;
        CHECK(!aw_net4_parse(wrong[i], &net));
    }
}

/* The setting says what is wrong with which value, and what is allowed. */
static void setting(void) {
    static struct aw_settings s;
    static struct aw_complaints c;
    static struct aw_keyring none;
    static struct aw_gate_rules rules;
    const char *items[] = {"10.1.2.3", "192.168.0.0/33"};
    aw_settings_init(&s);
    CHECK(!aw_settings_put(&s, AW_SET_sources_udp_allow, items, 2, AW_FROM_FILE, "f:1", &c));
    CHECK_STR(c.list[0].key, "sources.udp_allow");
    CHECK(strstr(c.list[0].says, "192.168.0.0/33 is not a list of 0 to 32 IPv4 addresses"));
    aw_gate_rules_init(&rules, &s, &none, 0);
    CHECK_INT(rules.n_allow, 0);
    CHECK(aw_settings_put(&s, AW_SET_sources_udp_allow, items, 1, AW_FROM_FILE, "f:1", &c));
    aw_gate_rules_init(&rules, &s, &none, 0);
    CHECK_INT(rules.n_allow, 1);
    CHECK(rules.allow[0].ip == 0x0A010203 && rules.allow[0].mask == UINT32_MAX);
    CHECK_NEAR(rules.packets_per_s, 20000, 0);
}

static void senders(void) {
    static struct aw_gate g;
    const struct aw_gate_rules rules = {.n_allow = 2,
                                        .allow = {{0x7F000001, UINT32_MAX}, {0xC0A80100, ~255U}},
                                        .packets_per_s = 100};
    CHECK(aw_gate_open(&g, &rules) == AW_OK);
    CHECK(pass(&g, IP, S) == AW_OK);
    CHECK(pass(&g, 0x7F000001, S) == AW_OK);
    CHECK(pass(&g, 0x7F000002, S) == AW_ERR_NOT_ALLOWED);
    CHECK(pass(&g, IP + 256, S) == AW_ERR_NOT_ALLOWED);
    /* one that floods is held to its rate, and takes nothing from another */
    int flood = 0, node = 0;
    for (int ms = 0; ms < 10000; ms++) {
        int64_t now = 2 * S + ms * (S / 1000);
        for (int k = 0; k < 10; k++) flood += pass(&g, IP, now) == AW_OK;
        if (ms % 10 == 0) node += pass(&g, IP + 1, now) == AW_OK;
    }
    CHECK(flood >= 1090 && flood <= 1100); /* 100 at once, then 100 per second for 10 s */
    CHECK_INT(node, 1000);
    /* refused by the list, a sender takes no place among those that are counted */
    for (uint32_t ip = 1; ip < 100000; ip++) CHECK(pass(&g, ip, 12 * S) == AW_ERR_NOT_ALLOWED);
    CHECK(pass(&g, IP, 12 * S) == AW_ERR_TOO_OFTEN);
    aw_gate_close(&g);
}

static void changes(void) {
    static struct aw_gate g;
    struct aw_gate_rules rules = {.packets_per_s = 1000};
    CHECK(aw_gate_open(&g, &rules) == AW_OK);
    CHECK(pass(&g, IP, S) == AW_OK);
    for (uint32_t i = 0; i < 5; i++) { /* more often than anybody looks: the last one counts */
        rules.n_allow = 1;
        rules.allow[0] = (struct aw_net4){IP + i, UINT32_MAX};
        CHECK(aw_gate_change(&g, &rules) == AW_OK);
        if (i == 2) aw_gate_turn(&g);
    }
    CHECK(pass(&g, IP + 2, S) == AW_OK);
    aw_gate_turn(&g);
    CHECK(pass(&g, IP + 4, S) == AW_OK);
    CHECK(pass(&g, IP + 2, S) == AW_ERR_NOT_ALLOWED);
    rules.n_allow = 0;
    rules.packets_per_s = 1;
    CHECK(aw_gate_change(&g, &rules) == AW_OK);
    aw_gate_turn(&g);
    CHECK(pass(&g, IP, 9 * S) == AW_OK);
    CHECK(pass(&g, IP, 9 * S) == AW_ERR_TOO_OFTEN);
    CHECK(aw_gate_change(&g, &rules) == AW_OK); /* freed by close, with one that never counted */
    aw_gate_close(&g);
}

/* Two threads: each change arrives, whatever the order of steps was. */
static atomic_bool stop;
static void *turn(void *arg) {
    while (!atomic_load(&stop)) aw_gate_turn(arg);
    aw_gate_turn(arg);
    return NULL;
}
static void threads(void) {
    static struct aw_gate g;
    struct aw_gate_rules rules = {.packets_per_s = 1, .n_allow = 1};
    pthread_t thread;
    CHECK(aw_gate_open(&g, &rules) == AW_OK);
    CHECK(pthread_create(&thread, NULL, turn, &g) == 0);
    for (uint32_t i = 1; i <= 20000; i++) {
        rules.allow[0] = (struct aw_net4){i, UINT32_MAX};
        CHECK(aw_gate_change(&g, &rules) == AW_OK);
        long waits = 1000000;
        while (i % 2 && atomic_load(&g.arriving) && --waits) sched_yield();
        if (!waits) CHECK(!"a change was left waiting");
        if (!waits) break;
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    CHECK(pass(&g, 20000, S) == AW_OK);
    aw_gate_close(&g);
}

int main(void) {
    nets();
    setting();
    senders();
    changes();
    threads();
    return test_end();
}
