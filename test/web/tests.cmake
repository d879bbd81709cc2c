# The page in a real browser; skipped (77) where there is no Chromium.
find_program(AW_CHROMIUM NAMES chromium chromium-browser google-chrome)
add_test(NAME web.page
  COMMAND sh -c "test -x '${AW_CHROMIUM}' || exit 77; exec '${AW_NODE}' --test e2e/page.test.mjs"
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/web)
set_tests_properties(web.page PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 400
  ENVIRONMENT "FAKE_FEED=$<TARGET_FILE:fake_feed>;AIRWAKE=$<TARGET_FILE:airwake>;AIRWAKE_DEMO=${CMAKE_BINARY_DIR}/demo.pcap;CHROMIUM=${AW_CHROMIUM}")
