# Installation, and the Debian package:  cmake --build build/release && cpack --config build/release/CPackConfig.cmake
include(GNUInstallDirs)
add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/airwake.yaml
    COMMAND airwake config example > ${PROJECT_BINARY_DIR}/airwake.yaml
    DEPENDS airwake VERBATIM)
add_custom_target(example_config ALL DEPENDS ${PROJECT_BINARY_DIR}/airwake.yaml)

install(TARGETS airwake RUNTIME DESTINATION bin)
install(FILES ${PROJECT_BINARY_DIR}/airwake.yaml DESTINATION /etc/airwake
    PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
install(FILES contrib/airwake.service DESTINATION /lib/systemd/system)
install(FILES ${PROJECT_BINARY_DIR}/demo.pcap contrib/alerts.yml contrib/grafana-dashboard.json
    DESTINATION share/airwake)
install(FILES models/activity.onnx models/activity.card.json DESTINATION share/airwake/models)
install(FILES LICENSE DESTINATION share/doc/airwake RENAME copyright)
install(FILES docs/operations.md docs/configuration.md docs/api.md docs/events.md
    DESTINATION share/doc/airwake)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME airwake)
set(CPACK_PACKAGE_CONTACT "airwake maintainers <airwake@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Wi-Fi sensing: CSI in, presence, motion and breathing out")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DEPENDS passwd)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(script conffiles postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/contrib/deb/${script})
endforeach()
include(CPack)
