#include "actors/system/actor_directory.hpp"

#include <algorithm>

namespace tinybook {

namespace {

auto position(const std::vector<actor_directory::entry>& entries, std::string_view name) {
  auto it = std::find_if(entries.begin(), entries.end(),
                         [&](const auto& e) { return e.meter->name() == name; });
  return static_cast<std::size_t>(it - entries.begin());
}

} // namespace

void actor_directory::add(entry e) {
  std::lock_guard guard{mutex_};
  auto at = position(entries_, e.meter->name());
  if (at < entries_.size())
    entries_[at] = std::move(e);
  else
    entries_.push_back(std::move(e));
}

void actor_directory::clear() {
  std::lock_guard guard{mutex_};
  entries_.clear();
}

std::vector<actor_directory::entry> actor_directory::list() const {
  std::lock_guard guard{mutex_};
  return entries_;
}

std::optional<actor_directory::entry> actor_directory::find(std::string_view name) const {
  std::lock_guard guard{mutex_};
  auto at = position(entries_, name);
  if (at == entries_.size())
    return std::nullopt;
  return entries_[at];
}

} // namespace tinybook
