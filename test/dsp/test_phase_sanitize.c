#include "dsp/align.h"
#include "dsp/phase_sanitize.h"
#include "dsp_test.h"

enum { S = 56, N = 500 };
static int16_t k[S];

/* Line by the normal equations in double on phases known without wrapping. */
static void definition(void) {
    float iq[2 * S], phase[S];
    double truth[S], want[S], w[S];
    double a = 0, b = 0, c = 0, d = 0, e = 0;
    for (int i = 0; i < S; i++) {
        truth[i] = 2 + 0.9 * k[i] + 0.8 * noise_gauss(1, (unsigned)i);
        double r = 1 + noise_uniform(2, (unsigned)i);
        iq[2 * i] = (float)(r * cos(truth[i]));
        iq[2 * i + 1] = (float)(r * sin(truth[i]));
        w[i] = r * r;
        if (i > 0 && fabs(truth[i] - truth[i - 1]) > 3) truth[i] = truth[i - 1] + 0.9;
        iq[2 * i] = (float)(r * cos(truth[i]));
        iq[2 * i + 1] = (float)(r * sin(truth[i]));
        a += w[i];
        b += w[i] * k[i];
        c += w[i] * k[i] * k[i];
        d += w[i] * truth[i];
        e += w[i] * truth[i] * k[i];
    }
    double slope = (a * e - b * d) / (a * c - b * b), offset = (d - slope * b) / a;
    for (int i = 0; i < S; i++) want[i] = truth[i] - offset - slope * k[i];
    struct aw_phase_line line = aw_phase_sanitize_run(iq, k, S, phase);
    CHECK_SNR(phase, want, S, 90);
    CHECK_NEAR(line.slope_rad, slope, 1e-5);
    CHECK_NEAR(remainder((double)line.offset_rad - offset, 2 * PI), 0, 1e-4);
}

/* A line alone leaves nothing; common phase, slope and gain change nothing; zeros do no harm. */
static void laws(void) {
    float iq[2 * S], first[S], phase[S];
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < S; i++) {
            double p = 0.5 * sin(0.1 * k[i]) + 0.3 * round + 0.1 * (round - 10) * k[i];
            double r = (1 + 0.5 * cos(0.3 * k[i])) * (1 + round);
            iq[2 * i] = (float)(r * cos(p));
            iq[2 * i + 1] = (float)(r * sin(p));
        }
        aw_phase_sanitize_run(iq, k, S, phase);
        if (round == 0) memcpy(first, phase, sizeof phase);
        for (int i = 0; i < S; i++) CHECK_NEAR(phase[i], first[i], 2e-5);
        CHECK(fabsf(first[3]) > 1e-3F);
    }
    for (int i = 0; i < S; i++) {
        iq[2 * i] = i == 20 ? 0 : cosf(1 + 0.5F * (float)k[i]);
        iq[2 * i + 1] = i == 20 ? 0 : sinf(1 + 0.5F * (float)k[i]);
    }
    aw_phase_sanitize_run(iq, k, S, phase);
    for (int i = 0; i < S; i++) {
        if (i != 20) CHECK_NEAR(phase[i], 0, 1e-5);
    }
    memset(iq, 0, sizeof iq);
    struct aw_phase_line line = aw_phase_sanitize_run(iq, k, S, phase);
    CHECK(line.slope_rad == 0 && line.offset_rad == 0 && phase[5] == 0);
    iq[6] = -1;
    line = aw_phase_sanitize_run(iq, k, S, phase);
    CHECK(line.slope_rad == 0);
    CHECK_NEAR(fabsf(line.offset_rad), PI, 1e-6);
}

/* A static channel with random phase and sampling time: std in time of the phase left on the
 * strong subcarriers, rad, by both methods. */
static void compare(double fade, double *by_line, double *by_align) {
    static float iq[2 * S], out[2 * S], phase[S];
    static double sum[2][S], square[2][S];
    memset(sum, 0, sizeof sum);
    memset(square, 0, sizeof square);
    struct aw_arena a;
    struct aw_align f;
    struct aw_align_result r;
    arena_fresh(&a);
    CHECK_INT(aw_align_init(&f, &a, 1, S, k, 200), AW_OK);
    for (unsigned t = 0; t < N; t++) {
        double cfo = 2 * PI * noise_uniform(5, t), sto = 0.03 * noise_gauss(6, t);
        for (int i = 0; i < S; i++) {
            /* Two paths; for fade near 1 the second cancels the first at some subcarriers. */
            double re = 1 + fade * cos(0.25 * k[i] + 1), im = fade * sin(0.25 * k[i] + 1);
            double p = cfo + sto * k[i], n = 0.02;
            unsigned at = t * S + (unsigned)i;
            iq[2 * i] = (float)(re * cos(p) - im * sin(p) + n * noise_gauss(7, at));
            iq[2 * i + 1] = (float)(re * sin(p) + im * cos(p) + n * noise_gauss(8, at));
        }
        aw_phase_sanitize_run(iq, k, S, phase);
        aw_align_push(&f, iq, true, out, &r);
        for (int i = 0; i < S; i++) {
            double re = 1 + fade * cos(0.25 * k[i] + 1), im = fade * sin(0.25 * k[i] + 1);
            double aligned = remainder(
                atan2((double)out[2 * i + 1], (double)out[2 * i]) - atan2(im, re), 2 * PI);
            if (t < 10) continue; /* the first template */
            sum[0][i] += (double)phase[i];
            square[0][i] += pow((double)phase[i], 2);
            sum[1][i] += aligned;
            square[1][i] += aligned * aligned;
        }
    }
    double left[2] = {0, 0};
    int used = 0;
    for (int i = 0; i < S; i++) {
        if (hypot(1 + fade * cos(0.25 * k[i] + 1), fade * sin(0.25 * k[i] + 1)) < 0.5) continue;
        used++;
        for (int m = 0; m < 2; m++)
            left[m] += square[m][i] / (N - 10) - pow(sum[m][i] / (N - 10), 2);
    }
    *by_line = sqrt(left[0] / used);
    *by_align = sqrt(left[1] / used);
    printf("fade %.3f: line %.4f rad, align %.4f rad\n", fade, *by_line, *by_align);
}

static void against_align(void) {
    double line, align;
    compare(0.5, &line, &align);
    CHECK(align < 0.025 && line < 0.03); /* both near the noise, 0.02 over the amplitude */
    compare(0.995, &line, &align);
    CHECK(align < 0.025);
    CHECK(line > 4 * align); /* unwrapping slips in the fade */
}

int main(void) {
    for (int i = 0; i < S; i++) k[i] = (int16_t)(i < S / 2 ? i - S / 2 : i - S / 2 + 1);
    definition();
    laws();
    against_align();
    return test_end();
}
