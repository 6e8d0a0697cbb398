#include "actors/system/health.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

std::string_view to_string(health_level level) {
  switch (level) {
  case health_level::ok:
    return "ok";
  case health_level::degraded:
    return "degraded";
  case health_level::failing:
    return "failing";
  }
  return "unknown";
}

void health_record::begins(std::string_view name, health_level level, std::string reason,
                           wall_time now) {
  std::lock_guard guard{mutex_};
  auto known = std::ranges::find(troubles_, name, &trouble::name);
  if (known == troubles_.end())
    known = troubles_.insert(known, {std::string{name}, level, {}, now});
  known->level = level;
  known->reason = std::move(reason);
}

void health_record::ends(std::string_view name) {
  std::lock_guard guard{mutex_};
  std::erase_if(troubles_, [&](const trouble& t) { return t.name == name; });
}

void health_record::note_error(std::string text, wall_time now) {
  std::lock_guard guard{mutex_};
  last_error_ = {std::move(text), now, std::nullopt};
}

void health_record::error_ends(wall_time now) {
  std::lock_guard guard{mutex_};
  if (!last_error_.text.empty() && !last_error_.ended)
    last_error_.ended = now;
}

void health_record::start_anew(wall_time now) {
  error_ends(now);
  std::lock_guard guard{mutex_};
  troubles_.clear();
}

std::vector<trouble> health_record::troubles() const {
  std::lock_guard guard{mutex_};
  return troubles_;
}

bool health_record::has(std::string_view name) const {
  std::lock_guard guard{mutex_};
  return std::ranges::find(troubles_, name, &trouble::name) != troubles_.end();
}

health health_record::summary() const {
  auto all = troubles();
  std::ranges::sort(all, [](const trouble& a, const trouble& b) {
    return a.level != b.level ? a.level > b.level : a.since < b.since;
  });
  health out;
  for (const auto& one : all) {
    if (out.reason.empty())
      out = {one.level, {}, one.since};
    else
      out.reason += "; ";
    out.reason += one.reason;
  }
  return out;
}

noted_error health_record::last_error() const {
  std::lock_guard guard{mutex_};
  return last_error_;
}

} // namespace tinybook
