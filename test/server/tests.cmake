aw_test(server board aw_server)
aw_test(server guard aw_server)
aw_test(server http aw_server)
aw_test(server log aw_server)
aw_test(server settings aw_server)

# The server with made-up values, for looking at the page and for web/e2e.
add_executable(fake_feed server/fake_feed.c)
target_include_directories(fake_feed PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(fake_feed PRIVATE aw_server aw_flags m)
aw_test(server capture aw_server)
aw_test(server serial aw_server)
aw_test(server event aw_server)
aw_test(server store aw_server)
add_test(NAME server.store_postgres
    COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/server/postgres.sh $<TARGET_FILE:test_server_store>)
set_tests_properties(server.store_postgres PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
aw_test(server openapi aw_server cjson)
aw_test(server ha aw_server)
