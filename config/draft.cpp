#include "config/draft.hpp"

#include "config/key_check.hpp"

namespace tinybook::config {

draft::draft() {
  result_.values = defaults();
}

void draft::assign(const key& k, std::size_t row, const std::string& name,
                   const std::optional<value>& given, std::string shown,
                   const origin& from) {
  origins_[name] = from;
  if (given && acceptable(k, *given)) {
    k.assign(values(), row, *given);
    return;
  }
  if (k.secret || k.rule.secret_in != nullptr)
    shown = hidden;
  fail(from, name, std::move(shown) + " is not allowed; use " + allowed(k));
}

void draft::fail(const origin& from, std::string key_name, std::string message) {
  result_.errors.push_back(
      {from.where, from.line, std::move(key_name), std::move(message)});
}

void draft::warn(const std::string& key_name, std::string message) {
  const auto found = origins_.find(key_name);
  const auto from = found == origins_.end() ? origin{} : found->second;
  values().warnings.push_back(
      config_error{from.where, from.line, key_name, std::move(message)}.text());
}

void draft::warn(const retired_key& k, const origin& from) {
  origins_[std::string{k.name}] = from;
  warn(std::string{k.name},
       "is used no longer and should be removed; " + std::string{k.instead});
}

void draft::fail_together(std::initializer_list<std::string_view> names,
                          std::string message) {
  for (const auto name : names) {
    const auto found = origins_.find(name);
    if (found != origins_.end()) {
      fail(found->second, found->first, std::move(message));
      return;
    }
  }
  fail({}, std::string{*names.begin()}, std::move(message));
}

std::string draft::file_of(std::string_view name) const {
  const auto found = origins_.find(name);
  return found != origins_.end() && found->second.line > 0 ? found->second.where
                                                           : std::string{};
}

bool draft::given(const std::string& name) const {
  return origins_.contains(name);
}

} // namespace tinybook::config
