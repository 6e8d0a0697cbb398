#include "http/auth/agent_words.hpp"

#include <algorithm>
#include <array>

namespace tinybook::http {

namespace {

struct mark {
  std::string_view text; ///< In the header.
  std::string_view name;
};

// In this order: those of which others give themselves out come last.
constexpr auto browsers = std::to_array<mark>({{"MicroMessenger/", "WeChat"},
                                               {"Edg", "Edge"},
                                               {"OPR/", "Opera"},
                                               {"SamsungBrowser/", "Samsung Internet"},
                                               {"YaBrowser/", "Yandex"},
                                               {"Firefox/", "Firefox"},
                                               {"FxiOS/", "Firefox"},
                                               {"CriOS/", "Chrome"},
                                               {"Chrome/", "Chrome"},
                                               {"Safari/", "Safari"}});

constexpr auto systems = std::to_array<mark>({{"iPhone", "iPhone"},
                                              {"iPad", "iPad"},
                                              {"Android", "Android"},
                                              {"Windows", "Windows"},
                                              {"CrOS", "ChromeOS"},
                                              {"Mac OS X", "macOS"},
                                              {"Linux", "Linux"}});

template <std::size_t N>
std::string_view first_of(const std::array<mark, N>& marks, std::string_view in) {
  const auto found = std::ranges::find_if(marks, [in](const mark& one) {
    return in.find(one.text) != std::string_view::npos;
  });
  return found == marks.end() ? std::string_view{} : found->name;
}

/// `curl` of `curl/8.1`; empty for what is no short word.
std::string_view product_of(std::string_view user_agent) {
  constexpr std::size_t longest = 32;
  const auto name = user_agent.substr(0, user_agent.find_first_of("/ ("));
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || c == '-' || c == '_' || c == '.';
  };
  return name.size() <= longest && std::ranges::all_of(name, plain) ? name
                                                                    : std::string_view{};
}

} // namespace

std::string agent_in_words(std::string_view user_agent) {
  constexpr std::size_t looked_at = 512;
  user_agent = user_agent.substr(0, looked_at);
  const auto browser = first_of(browsers, user_agent);
  const auto system = first_of(systems, user_agent);
  if (browser.empty() && !user_agent.starts_with("Mozilla/"))
    return std::string{product_of(user_agent)};
  if (browser.empty() || system.empty())
    return std::string{browser.empty() ? system : browser};
  return std::string{browser} + ", " + std::string{system};
}

} // namespace tinybook::http
