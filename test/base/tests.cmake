aw_test(base base aw_base)
aw_test(base byte_ring aw_base)
