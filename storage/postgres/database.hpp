#pragma once

#include "config/settings.hpp"
#include "storage/connection.hpp"
#include "storage/postgres/handle.hpp"
#include "storage/row_rewrites.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace tinybook::storage {

struct postgres_options : config::postgres_settings {
  std::string replica{}; ///< The name of this one; each has its own.
  /// Whether commands are refused until `admit`, which is called once the replica's
  /// session holds its place among the replicas.
  bool gated = false;
  row_rewrites rewrites{}; ///< For the upgrade of an older database.
};

/// A PostgreSQL database that several replicas share. Needs no server to be made or to
/// open connections: each of them connects at its first command, and anew after a loss.
/// Where the server does not answer a command fails with `unavailable` one second after
/// the statement timeout at the latest, and those after it at once.
class postgres_database final : public database {
 public:
  /// Fails where libpq cannot read the url; the detail holds nothing of it.
  [[nodiscard]] static result<std::unique_ptr<postgres_database>>
  open(postgres_options options);

  [[nodiscard]] result<std::unique_ptr<connection>> open_writer() override;
  [[nodiscard]] result<std::unique_ptr<connection>> open_reader() override;

  /// With `gated`: lets the commands of all connections through, or none. Thread-safe.
  void admit(bool yes) { admitted_->store(yes); }
  [[nodiscard]] bool admitted() const { return admitted_->load(); }

  // For the replica's session.
  [[nodiscard]] const postgres_options& options() const { return options_; }
  [[nodiscard]] postgres::link_options session_options(bool read_only) const;
  [[nodiscard]] const std::shared_ptr<postgres::socket_watchdog>& watchdog() const {
    return watchdog_;
  }

 private:
  postgres_database(postgres_options options, std::string conninfo);
  [[nodiscard]] std::unique_ptr<connection> open_connection(bool read_only);

  postgres_options options_;
  std::string conninfo_;
  std::shared_ptr<std::atomic<bool>> admitted_;
  std::shared_ptr<postgres::socket_watchdog> watchdog_ =
      std::make_shared<postgres::socket_watchdog>();
};

} // namespace tinybook::storage
