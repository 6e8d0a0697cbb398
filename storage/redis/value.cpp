#include "storage/redis/value.hpp"

namespace tinybook::storage::redis {

std::int64_t value::number() const {
  const auto* held = std::get_if<std::int64_t>(&content);
  return held == nullptr ? 0 : *held;
}

const std::string& value::text() const {
  static const std::string none;
  const auto* held = std::get_if<std::string>(&content);
  return held == nullptr ? none : *held;
}

const std::vector<value>& value::list() const {
  static const std::vector<value> none;
  const auto* held = std::get_if<std::vector<value>>(&content);
  return held == nullptr ? none : *held;
}

} // namespace tinybook::storage::redis
