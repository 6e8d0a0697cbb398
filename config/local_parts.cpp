#include "config/local_parts.hpp"

namespace tinybook::config {

std::vector<std::string_view> local_parts(const settings& s) {
  std::vector<std::string_view> out;
  const auto note = [&out](bool local, std::string_view name) {
    if (local)
      out.push_back(name);
  };
  note(s.storage.database == database_kind::sqlite, "storage.database");
  note(s.codes.cache == backend_kind::local, "codes.cache");
  note(s.limits.backend == backend_kind::local, "limits.backend");
  note(s.sessions.revocations == backend_kind::local, "sessions.revocations");
  note(s.ranking.board == backend_kind::local, "ranking.board");
  note(s.events.bus == bus_kind::local, "events.bus");
  return out;
}

bool embedded(const settings& s) {
  return s.storage.database == database_kind::sqlite && !uses_redis(s)
         && s.events.bus == bus_kind::local;
}

bool uses_redis(const settings& s) {
  return s.codes.cache == backend_kind::redis || s.limits.backend == backend_kind::redis
         || s.sessions.revocations == backend_kind::redis
         || s.ranking.board == backend_kind::redis;
}

} // namespace tinybook::config
