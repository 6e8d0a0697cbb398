#pragma once

#include "storage/postgres/database.hpp"
#include "storage/postgres/link.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tinybook::storage::postgres {

/// What became of an attempt to take a replica's place.
enum class place : std::uint8_t {
  held,
  taken,   ///< By another replica, for now.
  refused, ///< For good: see `is_refusal`.
  away,    ///< The server cannot be reached.
};

struct place_outcome {
  place what = place::away;
  std::string why; ///< For the operator, where it is not held.
};

/// A reading of the database's clock.
struct clock_reading {
  wall_time database_now{};
  std::chrono::steady_clock::time_point before{};
  std::chrono::steady_clock::time_point after{};
};

/// Asks the database for its time.
[[nodiscard]] result<clock_reading> read_clock(link& db);

/// A replica that holds its place.
struct other_replica {
  std::string name;
  std::string local_parts; ///< As it has told them; empty = none.
};

/// All that are there, but for the one whose session this is; those with local parts
/// first.
[[nodiscard]] result<std::vector<other_replica>> other_replicas(link& db);

/// The connection by which a replica holds its place in a shared database: a lock of the
/// session, shared with all replicas or, with `local` parts, held alone, and one of
/// its own name. Both end with the connection, also where the process is killed. For one
/// thread at a time.
class replica_session {
 public:
  /// `local_parts` are the keys whose back end belongs to this process; empty = none.
  replica_session(std::shared_ptr<postgres_database> database,
                  std::vector<std::string> local_parts);
  ~replica_session();

  /// Connects if need be, brings the schema up to date and tries to take the place. One
  /// attempt; may block for the connect timeout. Once it is held, notifications come in,
  /// too.
  [[nodiscard]] place_outcome take_place();

  /// Whether the place is held as far as is known.
  [[nodiscard]] bool holds() const;

  /// Asks the database for its time; also notices a lost connection.
  [[nodiscard]] result<clock_reading> read_clock();

  /// Waits at most `bound` for a notification that another replica has changed the
  /// outbox; whether there was one. Fails where the connection is lost.
  [[nodiscard]] result<bool> wait_outbox_changed(std::chrono::milliseconds bound);

  /// Gives the place up.
  void leave();

 private:
  class listener;

  [[nodiscard]] result<done> connect();
  [[nodiscard]] result<bool> lock_name();
  [[nodiscard]] result<bool> lock_parts();
  [[nodiscard]] result<std::string> others();
  [[nodiscard]] result<done> sign_in();
  [[nodiscard]] result<done> listen();
  [[nodiscard]] place_outcome lost(const failure& why);
  [[nodiscard]] place_outcome parts_taken();

  std::shared_ptr<postgres_database> database_;
  std::vector<std::string> local_parts_;
  std::unique_ptr<link> link_;
  std::unique_ptr<listener> listener_;
  bool schema_is_checked_ = false;
  bool name_locked_ = false;
  bool held_ = false;
};

} // namespace tinybook::storage::postgres
