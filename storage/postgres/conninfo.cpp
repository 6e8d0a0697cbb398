#include "storage/postgres/conninfo.hpp"

#include <algorithm>
#include <libpq-fe.h>
#include <map>
#include <memory>
#include <string_view>

namespace tinybook::storage::postgres {

namespace {

struct options_closer {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

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

/// A second `@` in front of the parameters of a URL belongs to a password.
bool has_second_at(std::string_view url) {
  return url.find("://") != std::string_view::npos
         && std::ranges::count(url.substr(0, url.find('?')), '@') > 1;
}

/// An unescaped `@` or `/` in the password of a URL: libpq then takes pieces of it for
/// the host, the port or the database, and quotes those in its errors.
bool shows_password(std::string_view url, const std::map<std::string, std::string>& all) {
  const auto text = [&all](const char* key) {
    const auto found = all.find(key);
    return found == all.end() ? std::string{} : found->second;
  };
  // One in front names an abstract socket.
  return has_second_at(url) || text("host").find('@', 1) != std::string::npos
         || text("port").find_first_not_of("0123456789,") != std::string::npos;
}

/// A peer that is gone without closing the connection is noticed within about the time of
/// a statement.
void add_defaults(std::map<std::string, std::string>& all,
                  const config::postgres_settings& settings, const std::string& replica) {
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
  const std::unique_ptr<PQconninfoOption, options_closer> parsed(
      PQconninfoParse(settings.url.c_str(), nullptr));
  if (!parsed)
    return failure(errc::invalid_field, "postgres.url is nothing that libpq can read");
  std::map<std::string, std::string> all;
  for (const auto* option = parsed.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr)
      all.emplace(option->keyword, option->val);
  if (shows_password(settings.url, all))
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
