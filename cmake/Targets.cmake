# tinybook_library(name FOLDER …)  one static library a layer.
include_guard()

add_library(tinybook_options INTERFACE)
target_compile_features(tinybook_options INTERFACE cxx_std_20)
target_compile_options(
  tinybook_options
  INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
            -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wcast-align -Wcast-qual
            -Wdouble-promotion -Wnull-dereference -Wformat=2 -Wimplicit-fallthrough -Wundef
            -Wunused -Werror
            $<$<CXX_COMPILER_ID:Clang>:-Wcomma -Wconditional-uninitialized -Wextra-semi
            -Wloop-analysis -Wmissing-prototypes -Wmissing-variable-declarations
            -Wunreachable-code-aggressive>
            $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>)
# A message type without an id becomes a compile error instead of a run-time one.
target_compile_definitions(tinybook_options INTERFACE CAF_ENABLE_TYPE_ID_CHECKS)
target_include_directories(tinybook_options INTERFACE "${PROJECT_SOURCE_DIR}"
                                                      "${PROJECT_BINARY_DIR}/generated")
if(CCACHE_PROGRAM AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # With its timestamp every precompiled header would differ, and ccache would never hit.
  target_compile_options(tinybook_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()

# Flags of the product's own files, not of the tests': hardening (tests/hardening checks the
# binary for it), or the coverage that fuzzers are guided by.
add_library(tinybook_product INTERFACE)
if(TINYBOOK_SANITIZE)
  target_compile_options(
    tinybook_options
    INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined
              # CAF 0.17 binds references to null in its factories of function actors.
              -fno-sanitize=null -fno-omit-frame-pointer)
  target_link_options(tinybook_options INTERFACE -fsanitize=address,undefined)
  target_compile_options(tinybook_product
                         INTERFACE $<$<CXX_COMPILER_ID:Clang>:-fsanitize=fuzzer-no-link>)
else()
  include(CheckCXXCompilerFlag)
  include(CheckPIESupported)
  check_pie_supported(LANGUAGES CXX)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  check_cxx_compiler_flag(-fcf-protection=full TINYBOOK_HAS_CET)
  target_compile_options(
    tinybook_product
    INTERFACE -fstack-protector-strong -fstack-clash-protection
              $<$<BOOL:${TINYBOOK_HAS_CET}>:-fcf-protection=full>
              # A distribution's compiler may define a level of its own.
              -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  target_link_options(tinybook_product INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

# Headers that many files include, precompiled once for each library. None of our own is
# here: each change to it would recompile everything.
set(TINYBOOK_PRECOMPILED
    <algorithm> <array> <atomic> <charconv> <chrono> <deque> <filesystem> <fstream>
    <functional> <map> <memory> <mutex> <optional> <random> <ranges> <set> <span> <sstream>
    <string> <string_view> <thread> <unordered_map> <utility> <variant> <vector>)

# tinybook_library(name FOLDER [PRECOMPILE <header>…] [LINK library…])
function(tinybook_library name folder)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "PRECOMPILE;LINK")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC tinybook_options ${arg_LINK}
                                PRIVATE tinybook_product)
  target_precompile_headers(${name} PRIVATE ${TINYBOOK_PRECOMPILED} ${arg_PRECOMPILE})
endfunction()
