aw_test(base base aw_base)
