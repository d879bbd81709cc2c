#include "base/sha256.h"
#include "ruview_compat.h"
#include "test.h"

#include <features.h>

static void hash_is(const char *text, size_t times, const char *want) {
    struct aw_sha256 s;
    char hex[AW_SHA256_HEX];
    aw_sha256_init(&s);
    for (size_t i = 0; i < times; i++) aw_sha256_push(&s, text, strlen(text));
    aw_sha256_hex(&s, hex);
    CHECK_STR(hex, want);
}

/* Source: NIST, SHA-256 example values (FIPS 180-2, appendix B; CAVP SHA256ShortMsg len 0). */
static void sha256_vectors(void) {
    hash_is("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_is("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    hash_is("a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void published(void) {
    struct ruview_compat c, disturbed;
    ruview_compat_run(0, &c);
    CHECK_STR(c.without_doppler, ruview_compat_without_doppler);
#ifdef __GLIBC__
    CHECK_STR(c.full, ruview_compat_full);
#else
    SKIP("the published hash holds with glibc only");
#endif
    const double mean[3] = {0.353031, 0.358912, 0.390127};
    for (int i = 0; i < 3; i++) CHECK_NEAR(c.amplitude_mean[i], mean[i], 5e-7);
    CHECK_NEAR(c.variance, 0.020000, 5e-7);
    CHECK_NEAR(c.phase_difference, 0.003007, 5e-7);
    CHECK_NEAR(c.correlation, 0.796428, 5e-7);
    CHECK_NEAR(c.psd[0], 27931.1280, 5e-5);
    CHECK_NEAR(c.psd[1], 112.0234, 5e-5);
    CHECK(c.phase_change_rad < 1e-14);

    ruview_compat_run(1, &disturbed);
    CHECK_STR(disturbed.without_doppler, ruview_compat_without_doppler);
    CHECK(strcmp(disturbed.full, c.full) != 0);
}

int main(void) {
    sha256_vectors();
    published();
    return test_end();
}
