#include "http/server/http_date.hpp"

#include <array>
#include <ctime>

namespace tinybook::http {

std::string_view http_date() {
  thread_local std::time_t of = 0;
  thread_local std::array<char, 32> text{};
  thread_local std::size_t length = 0;
  const auto now = std::time(nullptr);
  if (now != of || length == 0) {
    of = now;
    std::tm parts{};
    (void)::gmtime_r(&now, &parts);
    // The process keeps the C locale: the names of days and months are English.
    length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  }
  return {text.data(), length};
}

} // namespace tinybook::http
