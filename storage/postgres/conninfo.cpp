#include "storage/postgres/conninfo.hpp"

#include "config/conninfo.hpp"

#include <string_view>
#include <utility>

namespace tinybook::storage::postgres {

namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string whole_seconds(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

/// A peer that is gone without closing the connection is noticed within about the time of
/// a statement.
void add_defaults(config::conninfo& all, const config::postgres_settings& settings,
                  const std::string& replica) {
  const auto silence = settings.statement_timeout + std::chrono::seconds{1};
  all.emplace("connect_timeout", whole_seconds(settings.connect_timeout));
  all.emplace("application_name", "tinybook " + replica);
  all.emplace("keepalives", "1");
  all.emplace("keepalives_idle", whole_seconds(silence));
  all.emplace("keepalives_interval", "1");
  all.emplace("keepalives_count", "3");
  all.emplace("tcp_user_timeout", std::to_string(silence.count()));
}

} // namespace

result<std::string> make_conninfo(const config::postgres_settings& settings,
                                  const std::string& replica) {
  auto read = config::read_conninfo(settings.url);
  if (!read)
    return failure(errc::invalid_field, "postgres.url is nothing that libpq can read");
  auto& all = *read;
  if (config::splits_password(settings.url, all))
    return failure(
        errc::invalid_field,
        "postgres.url has no host, port or database that can be: write @ : / ? # of a "
        "password as %40 %3A %2F %3F %23");
  for (const auto& [key, text] : {std::pair{"password", settings.password},
                                  {"sslmode", settings.sslmode},
                                  {"sslrootcert", settings.ca_file}})
    if (!text.empty())
      all[key] = text;
  add_defaults(all, settings, replica);
  std::string out;
  for (const auto& [key, text] : all)
    out += key + '=' + in_quotes(text) + ' ';
  return out;
}

} // namespace tinybook::storage::postgres
