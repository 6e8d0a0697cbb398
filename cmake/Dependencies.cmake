# Every library comes from the distribution; scripts/install-deps.sh installs them.
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(CAF 0.17.6 REQUIRED COMPONENTS core)
find_package(SQLite3 REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(JWT REQUIRED IMPORTED_TARGET libjwt)
pkg_check_modules(GUMBO REQUIRED IMPORTED_TARGET gumbo)
find_library(PHONENUMBER_LIBRARY phonenumber REQUIRED)
find_path(UTF8CPP_INCLUDE_DIR utf8.h REQUIRED)

# The ingress stands on the inner workings of this very version (http/server/responder.hpp).
if(NOT HTTPLIB_VERSION VERSION_EQUAL "0.11.4")
  message(FATAL_ERROR "cpp-httplib 0.11.4 is needed, found ${HTTPLIB_VERSION}: "
                      "http/server/ relies on what that version's process_request does.")
endif()

if(TINYBOOK_TESTS)
  find_package(doctest CONFIG REQUIRED)
  find_package(rapidcheck CONFIG REQUIRED)
endif()
