set(sim_files
    body.c
    channel.c
    config.c
    datagram.c
    figure.c
    hardware.c
    home.c
    impair.c
    plan.c
    preset.c
    rng.c
    scatter.c
    scenario.c
    sim.c
    surface.c
    truth.c
    truth_json.c
    vitals.c
)
if(sim_files)
  aw_layer(sim USES base FILES ${sim_files})
  target_link_libraries(aw_sim PUBLIC m)
else()
  add_library(aw_sim INTERFACE)
  target_link_libraries(aw_sim INTERFACE aw_base m)
endif()
