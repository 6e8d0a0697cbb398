# tinybook_test_program(target …)  a program that tests; tinybook_test(name …)  an entry of ctest.
# scripts/test.sh learns from the labels of the chosen entries what it has to do:
#   build=TARGET      to be built
#   sanitize=TARGET   to be built with the sanitizers
#   need=GROUP        packages of scripts/install-deps.sh, and what scripts/prepare-GROUP.sh
#                     fetches, if there is one
#   all               runs only with --all
include_guard()
set(TINYBOOK_TEST_TIMEOUT 900 CACHE STRING "Seconds that one test may take")

add_library(tinybook_budgets STATIC "${PROJECT_SOURCE_DIR}/tests/support/budgets.cpp")
target_link_libraries(tinybook_budgets PUBLIC tinybook_options)
# The main function of all test programs, and doctest itself.
add_library(tinybook_doctest STATIC "${PROJECT_SOURCE_DIR}/tests/support/main.cpp")
target_link_libraries(tinybook_doctest PUBLIC tinybook_options tinybook_budgets
                                              doctest::doctest rapidcheck)

# tinybook_test_program(target SOURCES file… [PRECOMPILE <header>…] [LINK library…])
function(tinybook_test_program target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PRECOMPILE;LINK")
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_LINK} tinybook_doctest)
  target_precompile_headers(${target} PRIVATE ${TINYBOOK_PRECOMPILED} <doctest/doctest.h>
                            ${arg_PRECOMPILE})
  # Test code runs a few times: optimising it takes longer than it saves.
  target_compile_options(${target} PRIVATE -O0)
endfunction()

# tinybook_fuzz_test(name CORPUS folder SECONDS n)  the target `name` of tests/fuzz/main.cpp
function(tinybook_fuzz_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CORPUS;SECONDS" "")
  if(NOT TINYBOOK_SANITIZER_BUILD)
    return()
  endif()
  set(found "${CMAKE_CURRENT_BINARY_DIR}/found/${name}")
  file(MAKE_DIRECTORY "${found}")
  # New inputs go to the first folder, crashes beside it. The seed is fixed, so that a failure
  # comes from the change, not from chance; scripts/fuzz.sh uses a new seed each time. libFuzzer's
  # timeout goes by the wall clock, which may step by seconds on a virtual machine: it is long
  # enough here that it finds hangs alone.
  add_test(
    NAME fuzz.${name}
    COMMAND "${TINYBOOK_SANITIZER_BUILD}/tests/tinybook_fuzz" -seed=1 -max_total_time=${arg_SECONDS}
            -timeout=30 -rss_limit_mb=1024 "-artifact_prefix=${found}-" -verbosity=0
            "${found}" "${arg_CORPUS}")
  set_tests_properties(
    fuzz.${name} PROPERTIES LABELS "asan;sanitize=tinybook_fuzz;need=sanitize" COST
                            "${arg_SECONDS}" ENVIRONMENT "FUZZ_TARGET=${name}")
endfunction()

# tinybook_script_test(name SCRIPT file SECONDS n [ARGUMENTS word…] [BUILDS target…]
#                      [NEEDS group…])
function(tinybook_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SCRIPT;SECONDS" "ARGUMENTS;BUILDS;NEEDS")
  list(TRANSFORM arg_NEEDS PREPEND "need=")
  list(TRANSFORM arg_BUILDS PREPEND "build=")
  add_test(NAME ${name} COMMAND "${PROJECT_SOURCE_DIR}/${arg_SCRIPT}" ${arg_ARGUMENTS})
  set_tests_properties(
    ${name} PROPERTIES LABELS "${arg_BUILDS};${arg_NEEDS}" COST "${arg_SECONDS}" TIMEOUT
                       "${TINYBOOK_TEST_TIMEOUT}")
endfunction()

# tinybook_test(name TARGET target [ARGUMENTS word…] [NEEDS group…] [SECONDS n] [ALONE]
#               [SANITIZED | SANITIZED_FOR_ALL])
#   SECONDS            about how long it takes: the longest starts first
#   ALONE              it measures or loads the machine: nothing else runs meanwhile
#   SANITIZED          there is an entry asan.<name> of the sanitizer build, too
#   SANITIZED_FOR_ALL  the same, only with --all
function(tinybook_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "ALONE;SANITIZED;SANITIZED_FOR_ALL" "TARGET;SECONDS"
                        "ARGUMENTS;NEEDS")
  list(TRANSFORM arg_NEEDS PREPEND "need=")
  add_test(NAME ${name} COMMAND ${arg_TARGET} ${arg_ARGUMENTS})
  set_tests_properties(${name} PROPERTIES LABELS "build=${arg_TARGET};${arg_NEEDS}")
  set(names ${name})
  if((arg_SANITIZED OR arg_SANITIZED_FOR_ALL) AND TINYBOOK_SANITIZER_BUILD)
    add_test(NAME asan.${name} COMMAND "${TINYBOOK_SANITIZER_BUILD}/tests/${arg_TARGET}"
                                       ${arg_ARGUMENTS})
    set(labels asan sanitize=${arg_TARGET} need=sanitize ${arg_NEEDS})
    if(arg_SANITIZED_FOR_ALL)
      list(APPEND labels all)
    endif()
    set_tests_properties(asan.${name} PROPERTIES LABELS "${labels}")
    list(APPEND names asan.${name})
  endif()
  set(suppressions "${PROJECT_SOURCE_DIR}/tests/support")
  set_tests_properties(
    ${names}
    PROPERTIES TIMEOUT "${TINYBOOK_TEST_TIMEOUT}" COST "${arg_SECONDS}" RUN_SERIAL "${arg_ALONE}"
               ENVIRONMENT
               "UBSAN_OPTIONS=print_stacktrace=1:suppressions=${suppressions}/ubsan.supp;LSAN_OPTIONS=print_suppressions=0:suppressions=${suppressions}/lsan.supp")
endfunction()
