aw_test(dsp clip aw_dsp)
aw_test(dsp increments aw_dsp)
aw_test(dsp median aw_dsp)
aw_test(dsp rows aw_dsp)
