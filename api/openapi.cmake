# The API's document as a C file, ${AW_OPENAPI_C}. Included by src/server/files.cmake.
set(AW_OPENAPI_C ${CMAKE_BINARY_DIR}/api/openapi.c)
set(api ${PROJECT_SOURCE_DIR}/api)
add_custom_command(
  OUTPUT ${AW_OPENAPI_C}
  COMMAND ${CMAKE_COMMAND} -DIN=${api}/openapi.json -DOUT=${AW_OPENAPI_C} -DNAME=aw_openapi
          -P ${api}/embed.cmake
  DEPENDS ${api}/openapi.json ${api}/embed.cmake
  VERBATIM)
