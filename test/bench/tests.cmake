aw_test(bench ruview_compat aw_ruview_compat)
aw_test(bench rivals aw_rivals)
add_test(NAME bench.proof COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/bench/proof.sh)
set_tests_properties(bench.proof PROPERTIES TIMEOUT 600
    ENVIRONMENT "PROOF=$<TARGET_FILE:airwake-proof>;AW_SOURCE=${PROJECT_SOURCE_DIR}")
aw_test(bench sim_rooms aw_sim_rooms)
