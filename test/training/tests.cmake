# training.<name>: training/test_<name>.py; skipped where its packages are missing
foreach(name metrics datasets)
  add_test(NAME training.${name} COMMAND python3 ${PROJECT_SOURCE_DIR}/training/test_${name}.py)
  set_tests_properties(training.${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120
                       ENVIRONMENT AIRWAKE=$<TARGET_FILE:airwake>)
endforeach()
