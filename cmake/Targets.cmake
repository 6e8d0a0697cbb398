# tinybook_library(name FOLDER …)  one static library a layer; tinybook_test(name …)  one test binary a folder.
include_guard()

add_library(tinybook_options INTERFACE)
target_compile_features(tinybook_options INTERFACE cxx_std_20)
target_compile_options(
  tinybook_options
  INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
            # Where files share a unit, a name of one is no mistake in another.
            $<$<NOT:$<BOOL:${TINYBOOK_UNITY}>>:-Wshadow> -Wnon-virtual-dtor
            -Woverloaded-virtual -Wold-style-cast -Wcast-align -Wduplicated-cond -Wlogical-op
            -Wnull-dereference -Wformat=2 -Wunused -Werror
            # g++ 12 reports these inside inlined standard library code.
            -Wno-error=null-dereference -Wno-null-dereference
            # At -O2 and under the sanitizers it takes the other alternative of a moved
            # std::variant for a value read.
            -Wno-maybe-uninitialized)
# A message type without an id becomes a compile error instead of a run-time one.
target_compile_definitions(tinybook_options INTERFACE CAF_ENABLE_TYPE_ID_CHECKS)
target_include_directories(tinybook_options INTERFACE "${PROJECT_SOURCE_DIR}"
                                                      "${PROJECT_BINARY_DIR}/generated")
if(TINYBOOK_SANITIZE)
  target_compile_options(tinybook_options INTERFACE -fsanitize=address,undefined
                                                    -fno-sanitize-recover=undefined
                                                    # CAF 0.17 binds references to null in
                                                    # its factories of function actors.
                                                    -fno-sanitize=null
                                                    -fno-omit-frame-pointer)
  target_link_options(tinybook_options INTERFACE -fsanitize=address,undefined)
endif()

function(tinybook_library name folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
  add_library(${name} STATIC ${sources})
  if(TINYBOOK_UNITY)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
  target_link_libraries(${name} PUBLIC tinybook_options ${ARGN})
endfunction()

# The environment of every test that may run under the sanitizers.
set(TINYBOOK_TEST_ENVIRONMENT
    "UBSAN_OPTIONS=print_stacktrace=1:suppressions=${PROJECT_SOURCE_DIR}/tests/support/ubsan.supp"
    "LSAN_OPTIONS=print_suppressions=0:suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.supp")

# The entry asan.<name> runs the same command of the sanitizer build, if there is one: one
# ctest run then tells of both. `binary` is relative to the build folder.
function(tinybook_sanitized_test name binary)
  if(TINYBOOK_ASAN_BUILD_DIR)
    add_test(NAME asan.${name} COMMAND "${TINYBOOK_ASAN_BUILD_DIR}/${binary}" ${ARGN})
    set_tests_properties(asan.${name} PROPERTIES TIMEOUT 600 LABELS asan ENVIRONMENT
                                                 "${TINYBOOK_TEST_ENVIRONMENT}")
  endif()
endfunction()

# One binary from every .cpp under tests/<folder>, one ctest entry with the folder's name.
function(tinybook_test folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${folder}/*.cpp")
  if(NOT sources)
    return()
  endif()
  set(name test_${folder})
  add_executable(${name} ${sources} "${PROJECT_SOURCE_DIR}/tests/support/main.cpp")
  target_link_libraries(${name} PRIVATE ${ARGN} doctest::doctest rapidcheck)
  if(folder MATCHES "^(architecture|config)$") # They read files of the source tree.
    target_compile_definitions(${name} PRIVATE TINYBOOK_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  endif()
  add_test(NAME ${folder} COMMAND ${name})
  set_tests_properties(${folder} PROPERTIES TIMEOUT 600 ENVIRONMENT
                                             "${TINYBOOK_TEST_ENVIRONMENT}")
endfunction()
