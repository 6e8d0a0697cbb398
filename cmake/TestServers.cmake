# Real servers for tests and benchmarks, on free ports in temporary folders.
include_guard(GLOBAL)
set(test_support "${PROJECT_SOURCE_DIR}/tests/support")
add_library(spawned_server STATIC "${test_support}/spawned_server.cpp")
target_link_libraries(spawned_server PUBLIC tinybook_options)
add_library(redis_test_server STATIC "${test_support}/redis_server.cpp")
target_link_libraries(redis_test_server PUBLIC spawned_server PkgConfig::HIREDIS)
add_library(kafka_test_server STATIC "${test_support}/kafka_server.cpp")
target_link_libraries(kafka_test_server PUBLIC spawned_server PkgConfig::RDKAFKA)
add_library(postgres_test_server STATIC "${test_support}/postgres_server.cpp")
target_link_libraries(postgres_test_server PUBLIC tinybook_options)
target_compile_definitions(postgres_test_server
                           PRIVATE TINYBOOK_TEST_CACHE="${CMAKE_BINARY_DIR}/test-cache")
