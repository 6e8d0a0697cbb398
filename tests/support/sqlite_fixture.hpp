#pragma once

#include "actors/store/sqlite_workers.hpp"
#include "storage/sqlite/database.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

#include <memory>
#include <vector>

namespace tinybook::test {

/// Actors under virtual time over a real SQLite database in a folder of its own. The
/// store workers run like all others, so a test sees every step.
class sqlite_fixture : public actor_fixture {
 public:
  sqlite_fixture() {
    auto opened = storage::sqlite_database::open({.folder = folder.path()});
    REQUIRE_MESSAGE(opened, opened.error().detail);
    database = std::move(*opened);
    start<store_actor::writer, store_writer_state>(writer, store_writer_config{256},
                                                   database, publisher);
    start<store_actor::reader, store_reader_state>(reader, database);
  }
  ~sqlite_fixture() {
    // The workers hold connections, so they end before the database.
    writer.clear();
    reader.clear();
  }

  /// Runs one command as an actor would.
  template <class Command>
  result<typename Command::reply> on_store(Command command) {
    if constexpr (Command::writes)
      return ask(writer.get(), std::move(command));
    else
      return ask(reader.get(), std::move(command));
  }

  [[nodiscard]] store_address<store_actor> store() const { return {writer, {reader}}; }

  temporary_folder folder;
  std::shared_ptr<storage::database> database;
  address<event_publisher_actor> publisher{
      std::make_shared<actor_meter>("publisher", "publisher", "test")};
  address<store_actor::writer> writer{
      std::make_shared<actor_meter>("writer", "store worker", "test")};
  address<store_actor::reader> reader{
      std::make_shared<actor_meter>("reader", "store worker", "test")};
};

} // namespace tinybook::test
