set(dsp_files
    clip.c
    increments.c
    median.c
    rows.c
)
if(dsp_files)
  aw_layer(dsp USES base FILES ${dsp_files})
  target_link_libraries(aw_dsp PUBLIC m)
else()
  add_library(aw_dsp INTERFACE)
  target_link_libraries(aw_dsp INTERFACE aw_base m)
endif()
