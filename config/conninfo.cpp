#include "config/conninfo.hpp"

#include <algorithm>
#include <libpq-fe.h>
#include <memory>
#include <string_view>

namespace tinybook::config {

namespace {

struct options_closer {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

/// A second `@` in front of the parameters of a URL belongs to a password.
bool has_second_at(std::string_view url) {
  return url.find("://") != std::string_view::npos
         && std::ranges::count(url.substr(0, url.find('?')), '@') > 1;
}

} // namespace

std::optional<conninfo> read_conninfo(const std::string& text) {
  const std::unique_ptr<PQconninfoOption, options_closer> parsed(
      PQconninfoParse(text.c_str(), nullptr));
  if (!parsed)
    return std::nullopt;
  conninfo all;
  for (const auto* option = parsed.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr)
      all.emplace(option->keyword, option->val);
  return all;
}

bool splits_password(const std::string& text, const conninfo& all) {
  const auto of = [&all](const char* key) {
    const auto found = all.find(key);
    return found == all.end() ? std::string{} : found->second;
  };
  // One in front names an abstract socket.
  return has_second_at(text) || of("host").find('@', 1) != std::string::npos
         || of("port").find_first_not_of("0123456789,") != std::string::npos;
}

} // namespace tinybook::config
