#pragma once

#include <string>
#include <string_view>

namespace tinybook::http {

/// A User-Agent header as people know their browsers: `Firefox, Windows`; of other
/// programs their own first name, such as `curl`. Empty where it says nothing that is
/// worth showing.
[[nodiscard]] std::string agent_in_words(std::string_view user_agent);

} // namespace tinybook::http
