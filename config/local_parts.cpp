#include "config/local_parts.hpp"

#include "config/file_access.hpp"

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

bool uses_data_folder(const settings& s) {
  return s.storage.database == database_kind::sqlite || s.keys.file.empty()
         || s.admin.token_file.empty();
}

std::filesystem::path key_file_of(const settings& s) {
  return s.keys.file.empty() ? std::filesystem::path{s.storage.path} / own_keys_file
                             : std::filesystem::path{s.keys.file};
}

} // namespace tinybook::config
