#pragma once

#include "tests/soak/traffic.hpp"

#include <array>
#include <string>
#include <vector>

namespace tinybook::soak {

/// What a replica held when it was last looked at.
struct held {
  double rss_mib = 0;
  int files = 0;
};

/// One minute of a run, or several.
struct report_row {
  int first = 0;
  int last = 0;
  double seconds = 0; ///< Under load.
  tally answered;
  std::array<held, replicas> at_end;
  message_counts messages;
  std::int64_t likes = 0;        ///< Rows of the database.
  std::size_t losses = 0;        ///< Findings of the comparison.
  std::vector<std::string> done; ///< To the world.

  /// Joins the row that follows.
  void add(const report_row& next);
};

/// A table in Markdown: head, and one line a row.
[[nodiscard]] std::string table_head();
[[nodiscard]] std::string table_line(const report_row& row);

/// The whole run in at most twelve lines with a head: for docs/operation.md. Empty where
/// the lines of the minutes are no more than that.
[[nodiscard]] std::string short_table(const std::vector<report_row>& rows);

} // namespace tinybook::soak
