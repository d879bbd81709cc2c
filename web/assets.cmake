# The page: npm ci, type check and bundle, then every file of it gzipped into one C file,
# ${AW_WEB_ASSETS_C}. Runs again when a file of web/ changed. Included by src/server/files.cmake.
find_program(AW_NPM npm)
find_program(AW_NODE NAMES node nodejs)
if(NOT AW_NPM OR NOT AW_NODE)
  message(FATAL_ERROR "The page needs Node.js 18 or newer with npm to be built: "
                      "install both (Debian, Ubuntu: apt install nodejs npm) and configure again.")
endif()

set(web ${PROJECT_SOURCE_DIR}/web)
set(AW_WEB_DIST ${CMAKE_BINARY_DIR}/web/dist)
set(AW_WEB_ASSETS_C ${CMAKE_BINARY_DIR}/web/assets.c)
file(GLOB_RECURSE web_files CONFIGURE_DEPENDS ${web}/src/* ${web}/public/*)
list(FILTER web_files EXCLUDE REGEX "/openapi\\.gen\\.ts$")

add_custom_command(
  OUTPUT ${web}/node_modules/.airwake-stamp
  COMMAND ${AW_NPM} ci --ignore-scripts --no-audit --no-fund --loglevel error
  COMMAND ${CMAKE_COMMAND} -E touch node_modules/.airwake-stamp
  DEPENDS ${web}/package.json ${web}/package-lock.json
  WORKING_DIRECTORY ${web}
  COMMENT "Installing what the page is built with"
  VERBATIM)

add_custom_command(
  OUTPUT ${AW_WEB_ASSETS_C}
  COMMAND ${AW_NODE} api-types.mjs ${PROJECT_SOURCE_DIR}/api/openapi.json src/openapi.gen.ts
  COMMAND ${AW_NODE} node_modules/typescript/bin/tsc --noEmit
  COMMAND ${AW_NODE} node_modules/vite/bin/vite.js build --logLevel warn --outDir ${AW_WEB_DIST} --emptyOutDir
  COMMAND ${AW_NODE} embed.mjs ${AW_WEB_DIST} ${AW_WEB_ASSETS_C}
  DEPENDS ${web_files} ${web}/index.html ${web}/vite.config.ts ${web}/tsconfig.json ${web}/embed.mjs
          ${web}/api-types.mjs ${PROJECT_SOURCE_DIR}/api/openapi.json
          ${web}/node_modules/.airwake-stamp
  WORKING_DIRECTORY ${web}
  COMMENT "Building the page"
  VERBATIM)
