#include "actors/interfaces.hpp"
#include "storage/user_store.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace tinybook {

namespace {

/// Connections that nobody runs: their meters are what a command is routed by.
template <class Actor>
std::vector<address<Actor>> idle_connections(const std::string& name, int count) {
  std::vector<address<Actor>> out;
  for (int i = 1; i <= count; ++i)
    out.emplace_back(
        std::make_shared<actor_meter>(name + std::to_string(i), "store", "root"));
  return out;
}

void let_wait(const any_address& at, std::size_t commands) {
  for (std::size_t i = 0; i < commands; ++i)
    at.meter()->message_arrived();
}

struct store_on_a_file {
  std::vector<address<user_store_actor::writer>> writer =
      idle_connections<user_store_actor::writer>("writer", 1);
  std::vector<address<user_store_actor::reader>> readers =
      idle_connections<user_store_actor::reader>("reader", 3);
  store_address<user_store_actor> store{writer[0], readers};

  [[nodiscard]] std::string read() const {
    return store.route<storage::find_profile>().name();
  }
};

} // namespace

TEST_CASE("a reader of a file is filled before the next is woken") {
  const store_on_a_file f;
  CHECK(f.read() == "reader1");
  let_wait(f.readers[0], f.store.reader_fill - 1);
  CHECK(f.read() == "reader1");
  let_wait(f.readers[0], 1);
  CHECK(f.read() == "reader2");
  let_wait(f.readers[1], f.store.reader_fill);
  CHECK(f.read() == "reader3");
  // All are full: the one with the fewest.
  let_wait(f.readers[2], f.store.reader_fill + 1);
  let_wait(f.readers[0], 2);
  CHECK(f.read() == "reader2");
}

TEST_CASE("nobody is made to wait at a reader that is at a long command") {
  const store_on_a_file f;
  auto& first = *f.readers[0].meter();
  first.message_arrived();
  first.message_begins();
  while (first.busy_for() < f.store.reader_patience) {
  }
  CHECK(f.read() == "reader2");
  // All are at long ones: the one with the fewest.
  let_wait(f.readers[1], f.store.reader_fill);
  let_wait(f.readers[2], f.store.reader_fill);
  CHECK(f.read() == "reader1");
  first.message_ends();
  CHECK(f.read() == "reader1");
}

TEST_CASE("a write goes to the writer, whatever waits there") {
  const store_on_a_file f;
  let_wait(f.writer[0], 100);
  CHECK(f.store.route<storage::create_user>().name() == "writer1");
}

TEST_CASE("workers that wait for a database share its commands evenly") {
  const auto workers = idle_connections<user_store_actor::worker>("worker", 2);
  const store_address<user_store_actor> store{workers};
  CHECK(store.route<storage::find_profile>().name() == "worker1");
  let_wait(workers[0], 1);
  CHECK(store.route<storage::find_profile>().name() == "worker2");
  CHECK(store.route<storage::create_user>().name() == "worker2");
}

} // namespace tinybook
