find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(LWS REQUIRED IMPORTED_TARGET libwebsockets>=4.1)
pkg_check_modules(AW_HOST REQUIRED IMPORTED_TARGET minizip libzstd zlib libpcap libserialport)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(AW_STORE REQUIRED IMPORTED_TARGET sqlite3>=3.35 libpq)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET libssl>=1.1.1)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(MOSQUITTO REQUIRED IMPORTED_TARGET libmosquitto>=2.0)
include(${PROJECT_SOURCE_DIR}/web/assets.cmake)
include(${PROJECT_SOURCE_DIR}/api/openapi.cmake)

aw_layer(server USES base readers core sim infer FILES
    # files, sockets and the sensing thread
    capture.c
    command.c
    engine.c
    guest.c
    lane.c
    lane_takes.c
    model.c
    models.c
    models_thread.c
    names.c
    ort.c
    pcap_writer.c
    player.c
    playing.c
    row.c
    frame_tap.c
    gate.c
    keyring.c
    net4.c
    replay_window.c
    secret_file.c
    signed.c
    serial.c
    task.c
    task_activity.c
    task_densepose.c
    task_pose.c
    task_rows.c
    log.c
    notify.c
    settings.c
    settings_file.c
    settings_text.c
    tune.c
    udp.c
    udp_payload.c
    unpack.c
    update_json.c
    # history
    recorder.c
    recordings.c
    event.c
    history.c
    store.c
    store_batch.c
    store_db.c
    store_keep.c
    store_postgres.c
    store_query.c
    store_schema.c
    store_sqlite.c
    summary.c
    # Home Assistant: a thread of its own
    ha.c
    ha_entities.c
    ha_state.c
    mqtt.c
    # who may ask
    rate.c
    token.c
    tls.c
    token_file.c
    # the loop thread: HTTP, WebSocket, the page
    access.c
    assets.c
    board.c
    calibrations.c
    feed.c
    guard.c
    http.c
    keep.c
    listen.c
    metrics.c
    note.c
    reply.c
    request.c
    routes.c
    room_json.c
    rooms.c
    routes_calibration.c
    routes_rooms.c
    routes_config.c
    routes_metrics.c
    routes_models.c
    routes_own.c
    routes_recordings.c
    ruview_calibration.c
    ruview_health.c
    ruview_model.c
    ruview_recordings.c
    ruview_routes.c
    ruview_view.c
    routes_store.c
    rows.c
    breathing_json.c
    byte_range.c
    phase.c
    spectrogram.c
    streams.c
    streams_binary.c
    view.c
    ws.c
)
target_sources(aw_server PRIVATE ${AW_WEB_ASSETS_C} ${AW_OPENAPI_C})
target_link_libraries(aw_server PRIVATE PkgConfig::LWS PkgConfig::CJSON PkgConfig::YAML PkgConfig::AW_STORE
    PUBLIC PkgConfig::AW_HOST Threads::Threads ${CMAKE_DL_LIBS} m)
target_link_libraries(aw_server PRIVATE PkgConfig::MOSQUITTO PkgConfig::SODIUM PkgConfig::OPENSSL)
# The shell may use all that the system offers (libpcap's header needs BSD's types).
target_compile_definitions(aw_server PUBLIC _GNU_SOURCE)
# A sentence for people may be cut at the end of its buffer.
target_compile_options(aw_server PUBLIC $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>)
