#pragma once

#include "http/log/log.hpp"
#include "http/server/unique_fd.hpp"
#include "storage/audit_event.hpp"
#include "storage/result.hpp"

#include <memory>
#include <string>

namespace tinybook::http {

/// The audit trail as a stream of JSON, a line for each entry that this process has
/// committed: a copy for who collects such lines. The trail itself is in the database;
/// what a crash cuts off here, or a reader that is stuck for long, is there.
class audit_log {
 public:
  /// `to` is a file, which is made or added to, or `stderr`. Fails where the file cannot
  /// be opened.
  [[nodiscard]] static result<std::unique_ptr<audit_log>> open(const std::string& to);

  /// From any thread; waits for nobody.
  void write(const storage::audit_event& event);

 private:
  explicit audit_log(unique_fd file);

  unique_fd file_; ///< Empty = standard error.
  log_writer lines_;
};

} // namespace tinybook::http
