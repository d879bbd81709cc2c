#include "base/frame.h"
#include "core/order.h"
#include "test.h"

static float iq[8];

static int push(struct aw_order *o, int64_t seq, int64_t mod, uint32_t *lost) {
    struct aw_frame f = {.seq = seq, .seq_mod = mod, .n_rx = 1, .n_tx = 1, .n_sub = 4, .iq = iq};
    return aw_order_push(o, &f, lost);
}

static void counted(void) {
    struct aw_order o;
    uint32_t lost;
    aw_order_reset(&o);
    CHECK_INT(push(&o, 65534, 65536, &lost), AW_OK);
    CHECK_INT(push(&o, 65535, 65536, &lost), AW_OK);
    CHECK_INT(lost, 0);
    CHECK_INT(push(&o, 2, 65536, &lost), AW_OK); /* across the wrap, 0 and 1 missing */
    CHECK_INT(lost, 2);
    CHECK_INT(push(&o, 2, 65536, &lost), AW_ERR_DUPLICATE);
    CHECK_INT(push(&o, 1, 65536, &lost), AW_ERR_REORDERED);
    CHECK_INT(o.lost, 1); /* 1 came after all */
    CHECK_INT(push(&o, 3, 65536, &lost), AW_OK);
    CHECK_INT(push(&o, 30000, 65536, &lost), AW_OK); /* long silence: all missing */
    CHECK_INT(lost, 29996);
    CHECK_INT(push(&o, 0, 65536, &lost), AW_OK); /* back by far: restarted, nothing missing */
    CHECK_INT(lost, 0);
    CHECK_INT(o.duplicates, 1);
    CHECK_INT(o.reordered, 1);
}

static void uncounted(void) {
    struct aw_order o;
    uint32_t lost;
    aw_order_reset(&o);
    struct aw_frame f = {
        .seq = -1, .t_kind = AW_TIME_DEVICE, .t_ns = 5, .n_rx = 1, .n_tx = 1, .n_sub = 4, .iq = iq};
    iq[2] = 1;
    CHECK_INT(aw_order_push(&o, &f, &lost), AW_OK);
    CHECK_INT(aw_order_push(&o, &f, &lost), AW_ERR_DUPLICATE);
    iq[2] = 2; /* the same stamp, another measurement */
    CHECK_INT(aw_order_push(&o, &f, &lost), AW_OK);
    f.t_ns = 6;
    CHECK_INT(aw_order_push(&o, &f, &lost), AW_OK);
}

int main(void) {
    counted();
    uncounted();
    return test_end();
}
