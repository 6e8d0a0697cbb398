#pragma once

#include "http/log/log.hpp"
#include "storage/audit_event.hpp"
#include "storage/result.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace tinybook::http {

/// The audit trail as a stream of JSON, a line for each entry that this process has
/// committed: a copy for who collects such lines. The trail itself is in the database;
/// what a crash cuts off here, or cannot be written, is there.
class audit_log {
 public:
  /// `to` is a file, which is made or added to, or `stderr`. A file that was moved away
  /// or removed is made anew before the next line. `told` hears when lines begin to be
  /// lost and when that is over. Fails where the file cannot be opened.
  [[nodiscard]] static result<std::unique_ptr<audit_log>> open(const std::string& to,
                                                               log_ptr told);

  /// Whether `open` would succeed for the file `to`; makes and writes nothing.
  [[nodiscard]] static result<done> can_open(const std::string& to);

  /// From any thread; waits for nobody.
  void write(const storage::audit_event& event);

  /// Lines that could not be written, or found no space for too long.
  [[nodiscard]] std::uint64_t lost() const { return lines_.lost(); }

 private:
  explicit audit_log(std::shared_ptr<line_output> output);

  log_writer lines_;
};

} // namespace tinybook::http
