set(dsp_files
    acf.c
    align.c
    cholesky.c
    clip.c
    eigen.c
    fft.c
    fir.c
    gain_steps.c
    hampel.c
    harmonic.c
    iir.c
    increments.c
    line.c
    kalman.c
    median.c
    noise_floor.c
    noise_line.c
    pca.c
    phase_sanitize.c
    quotient.c
    rows.c
    select.c
    sine_fit.c
    slots.c
    stft.c
    viterbi.c
)
if(dsp_files)
  aw_layer(dsp USES base FILES ${dsp_files})
  target_link_libraries(aw_dsp PUBLIC m)
else()
  add_library(aw_dsp INTERFACE)
  target_link_libraries(aw_dsp INTERFACE aw_base m)
endif()
