aw_test(sim rng aw_sim)
aw_test(sim channel aw_sim)
