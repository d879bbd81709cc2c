set(sense_files
    activity.c
    amplitude.c
    body_map.c
    body_stream.c
    breathing.c
    calibration.c
    comb.c
    chest.c
    count.c
    fall.c
    fuse.c
    heart.c
    motion.c
    pose.c
    pose_input.c
    pose_tracker.c
    presence.c
    rate_tracker.c
    speed.c
    sway.c
)
if(sense_files)
  aw_layer(sense USES base dsp FILES ${sense_files})
  target_link_libraries(aw_sense PUBLIC m)
else()
  add_library(aw_sense INTERFACE)
  target_link_libraries(aw_sense INTERFACE aw_base aw_dsp m)
endif()
