# The deterministic proof.
add_executable(airwake-proof proof.c proof_mutant.c proof_pins.c proof_run.c proof_source.c
    ${PROJECT_SOURCE_DIR}/apps/options.c)
target_include_directories(airwake-proof PRIVATE ${PROJECT_SOURCE_DIR}/apps)
target_compile_definitions(airwake-proof PRIVATE AW_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_link_libraries(airwake-proof PRIVATE aw_server aw_ruview_compat aw_flags)
set_target_properties(airwake-proof PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
