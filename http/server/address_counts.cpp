#include "http/server/address_counts.hpp"

#include "config/ip_address.hpp"

namespace tinybook::http {

address_counts::place::~place() {
  if (of_ == nullptr)
    return;
  std::lock_guard lock(of_->mutex_);
  if (auto at = of_->counts_.find(key_); --at->second == 0)
    of_->counts_.erase(at);
}

std::optional<address_counts::place> address_counts::take(std::string_view address) {
  const auto parsed = ip_address::parse(address);
  return parsed ? take_key(parsed->limit_key()) : place{};
}

std::optional<address_counts::place> address_counts::take_key(std::string key) {
  if (max_ == 0)
    return place{};
  std::lock_guard lock(mutex_);
  auto& count = counts_[key];
  if (count >= max_)
    return std::nullopt;
  ++count;
  return place{*this, std::move(key)};
}

std::size_t address_counts::count_of(const std::string& limit_key) const {
  std::lock_guard lock(mutex_);
  const auto at = counts_.find(limit_key);
  return at == counts_.end() ? 0 : at->second;
}

} // namespace tinybook::http
