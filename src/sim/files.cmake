set(sim_files
)
if(sim_files)
  aw_layer(sim USES base FILES ${sim_files})
  target_link_libraries(aw_sim PUBLIC m)
else()
  add_library(aw_sim INTERFACE)
  target_link_libraries(aw_sim INTERFACE aw_base m)
endif()
