#pragma once

#include "tests/support/provider_simulator/simulator.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tinybook::test {

/// A simulator as one `[[sms.providers]]` table; `more` are further lines of it, such as
/// `timeout = "1s"`.
[[nodiscard]] std::string provider_table(const provider_simulator& provider,
                                         const std::string& name,
                                         const std::string& more = "");

/// Writes `text` to a file in `folder`. Returns its path, for `--config`.
[[nodiscard]] std::string write_config(const std::filesystem::path& folder,
                                       const std::string& text);

/// Whether a message for `phone` was accepted, by any request.
[[nodiscard]] bool accepted_for(const std::vector<request_seen>& seen,
                                const std::string& phone);

/// The code of the newest message that was accepted for `phone`; empty if none.
[[nodiscard]] std::string code_for_phone(const std::vector<request_seen>& seen,
                                         const std::string& phone);

} // namespace tinybook::test
