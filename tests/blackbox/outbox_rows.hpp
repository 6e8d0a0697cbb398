#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tinybook::test {

/// A row of the outbox in the database of a server, running or killed.
struct outbox_row {
  std::string client_ref;
  std::string phone;
  int state = 0; ///< 0 ready, 1 leased, 2 delivered, 3 expired, 4 dead.

  [[nodiscard]] bool pending() const { return state < 2; }
  [[nodiscard]] bool under_way() const { return state == 1; }
  [[nodiscard]] bool delivered() const { return state == 2; }
};

/// The rows with an id above `after`; throws std::runtime_error.
[[nodiscard]] std::vector<outbox_row> outbox_rows(const std::filesystem::path& folder,
                                                  std::size_t after = 0);

} // namespace tinybook::test
