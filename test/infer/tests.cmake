aw_test(infer plain aw_infer)
add_executable(test_infer_run infer/run_onnx.c)
target_link_libraries(test_infer_run PRIVATE aw_infer aw_flags m)
add_test(NAME infer.random_graphs COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/infer/random_graphs.py
    $<TARGET_FILE:test_infer_run>)
set_tests_properties(infer.random_graphs PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
