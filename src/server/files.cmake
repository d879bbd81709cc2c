include(${PROJECT_SOURCE_DIR}/web/assets.cmake)
# The loop thread: HTTP, WebSocket, the page. Knows everything below it.
find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(LWS REQUIRED IMPORTED_TARGET libwebsockets>=4.1)

aw_layer(server USES base FILES
    assets.c
    board.c
    feed.c
    guard.c
    http.c
    listen.c
    note.c
    reply.c
    routes.c
    rows.c
    view.c
    ws.c
)
target_sources(aw_server PRIVATE ${AW_WEB_ASSETS_C})
target_link_libraries(aw_server PRIVATE PkgConfig::LWS ZLIB::ZLIB PUBLIC Threads::Threads m)
