#pragma once

#include "storage/postgres/errors.hpp"
#include "storage/postgres/statement.hpp"
#include "storage/postgres/watchdog.hpp"

#include <pqxx/pqxx>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

namespace tinybook::storage::postgres {

/// How to connect, and the limits of a session.
struct link_options {
  std::string conninfo; ///< For libpq, see `make_conninfo`; may hold a password.
  std::string replica;  ///< Stored as the origin of events.
  std::chrono::milliseconds statement_timeout{0};
  std::chrono::milliseconds lock_timeout{0};
  bool read_only = false;
};

/// One session with the server, which never reconnects. Exceptions of pqxx end here. For
/// one thread at a time.
class link final : public statements {
 public:
  /// Connects and sets the session up. May take as long as libpq's connect_timeout.
  [[nodiscard]] static result<std::unique_ptr<link>>
  open(const link_options& options, std::shared_ptr<socket_watchdog> watchdog);

  link(const link&) = delete;
  link& operator=(const link&) = delete;
  ~link() override;

  /// Runs a statement and calls `rows` for each of its rows.
  result<std::int64_t> run(const char* sql, std::span<const parameter> values,
                           row_sink rows) override;

  /// Runs statements without parameters, once.
  [[nodiscard]] result<pqxx::result> script(const std::string& sql);
  /// The same for one that may take longer than others.
  [[nodiscard]] result<pqxx::result> script(const std::string& sql,
                                            std::chrono::milliseconds bound);

  /// False after a failure that ended the session.
  [[nodiscard]] bool is_open() const { return open_; }
  /// Whether it ended because the server did not answer in time.
  [[nodiscard]] bool was_silent() const { return silent_; }
  /// The last failure, with its SQLSTATE.
  [[nodiscard]] const trouble& last_trouble() const { return trouble_; }

  /// For LISTEN (see replica_session): where notifications come in.
  [[nodiscard]] pqxx::connection& raw() { return *connection_; }

 private:
  link(const link_options& options, std::shared_ptr<socket_watchdog> watchdog);

  template <class Call>
  result<pqxx::result> guarded(std::chrono::milliseconds bound, const char* doing,
                               Call call);
  result<done> set_up(const link_options& options);
  const std::string& name_of(const char* sql);

  std::shared_ptr<socket_watchdog> watchdog_;
  std::chrono::milliseconds bound_;
  std::unique_ptr<pqxx::connection> connection_;
  std::unique_ptr<pqxx::quiet_errorhandler> quiet_;
  std::unordered_map<const char*, std::string> names_;
  trouble trouble_;
  bool open_ = false;
  bool silent_ = false;
};

} // namespace tinybook::storage::postgres
