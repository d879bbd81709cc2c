foreach(name security senders signed noise usage files live docs config model model_body models openapi calibration rooms mqtt metrics life operations store store_full store_kill recordings ruview streams)
  add_test(NAME cli.${name} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cli/${name}.sh)
  set_tests_properties(cli.${name} PROPERTIES ENVIRONMENT AIRWAKE=$<TARGET_FILE:airwake> TIMEOUT 300
                       SKIP_RETURN_CODE 77)
endforeach()
set_tests_properties(cli.live PROPERTIES RUN_SERIAL ON)
add_test(NAME cli.security_page COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cli/security_page.sh)
set_tests_properties(cli.security_page PROPERTIES
    ENVIRONMENT "AIRWAKE=$<TARGET_FILE:airwake>;BUILD=${PROJECT_BINARY_DIR}")
