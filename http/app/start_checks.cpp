#include "http/app/start_checks.hpp"

#include "config/file_access.hpp"
#include "config/local_parts.hpp"
#include "http/log/audit_log.hpp"
#include "storage/backup_manifest.hpp"
#include "storage/sqlite/folder.hpp"
#include "storage/support/key_file.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <system_error>
#include <unistd.h>

namespace tinybook::http {

std::string url_of(std::string_view address, std::uint16_t port) {
  const bool here = address == "127.0.0.1" || address == "::1" || address == "0.0.0.0"
                    || address == "::";
  const auto host = here ? "localhost"
                    : address.find(':') != std::string_view::npos
                        ? "[" + std::string{address} + "]"
                        : std::string{address};
  return "http://" + host + ":" + std::to_string(port);
}

failure with_keys_of(std::string_view listener, failure why) {
  const std::string section = listener == "admin" ? "admin" : "http";
  why.detail += "; " + section + ".address and " + section + ".port say where to listen";
  return why;
}

result<done> check_data_folder(const std::filesystem::path& folder) {
  std::error_code error;
  const auto refuse = [&](const char* why, const char* file) {
    return failure{errc::unavailable,
                   folder.string() + " (storage.path) " + why + (folder / file).string()};
  };
  if (std::filesystem::exists(folder / interrupted_restore, error)
      && !std::filesystem::exists(folder / "tinybook.db", error))
    return refuse("holds a restore that was interrupted: run it again, or remove ",
                  interrupted_restore);
  if (std::filesystem::exists(folder / moved_note, error))
    return refuse("was moved to PostgreSQL: set storage.database and postgres.url; to "
                  "serve from here all the same, and send what waited again, remove ",
                  moved_note);
  return storage::sqlite::check_private(folder);
}

namespace {

/// In full, as a refusal is to name it, without a slash behind.
std::filesystem::path data_folder(const config::settings& settings) {
  auto folder = std::filesystem::absolute(settings.storage.path).lexically_normal();
  return folder.has_filename() ? folder : folder.parent_path();
}

} // namespace

std::vector<own_file> own_files(const config::settings& settings) {
  const auto folder = data_folder(settings);
  std::vector<own_file> out;
  if (settings.storage.database == config::database_kind::sqlite)
    for (const auto* name :
         {"tinybook.lock", "tinybook.db", "tinybook.db-wal", "tinybook.db-shm"})
      out.push_back({folder / name, "storage.path"});
  if (settings.keys.file.empty())
    out.push_back({folder / own_keys_file, "keys.file"});
  if (settings.admin.token_file.empty())
    out.push_back({folder / "admin.token", "admin.token_file"});
  return out;
}

result<done> refuse_link(const own_file& ours) {
  std::error_code error;
  if (!std::filesystem::is_symlink(ours.file, error))
    return done{};
  return failure{errc::unavailable,
                 ours.file.string()
                     + " is a symbolic link, which is not followed here: put the file "
                       "itself there, or set "
                     + std::string{ours.key}};
}

result<done> check_admin_token(const config::settings& settings) {
  if (const auto& elsewhere = settings.admin.token_file; !elsewhere.empty())
    return as_done(load_secret(elsewhere));
  const auto own = data_folder(settings) / "admin.token";
  std::error_code error;
  return std::filesystem::exists(own, error) ? as_done(load_secret(own))
                                             : result<done>{done{}};
}

namespace {

result<done> refuse_links(const config::settings& settings) {
  for (const auto& one : own_files(settings))
    if (auto file = refuse_link(one); !file)
      return file;
  return done{};
}

} // namespace

result<done> check_own_files(const config::settings& settings) {
  const auto folder = data_folder(settings);
  auto fit = settings.storage.database == config::database_kind::sqlite
                 ? check_data_folder(folder)
             : config::uses_data_folder(settings) ? storage::sqlite::check_private(folder)
                                                  : result<done>{done{}};
  if (!fit)
    return fit;
  if (auto own = refuse_links(settings); !own)
    return own;
  return check_admin_token(settings);
}

namespace {

/// Whose server runs over a data folder: who asks, but its owner where root does.
uid_t server_user(const std::filesystem::path& data) {
  struct stat about {};
  const auto user = ::geteuid();
  return user == 0 && ::stat(data.c_str(), &about) == 0 ? about.st_uid : user;
}

/// Its own mode, and where they come as far the modes of its files.
bool others_may_change(const std::filesystem::path& backup, uid_t user) {
  const auto is_open = [user](const struct stat& about) {
    return access_by(about.st_mode, about.st_uid, user) != folder_access::own;
  };
  struct stat about {};
  if (::stat(backup.c_str(), &about) != 0)
    return false;
  if (is_open(about))
    return true;
  if ((about.st_mode & (S_IXGRP | S_IXOTH)) == 0)
    return false;
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{
          storage::manifest_file, storage::sqlite::database_file, own_keys_file},
      [&](std::string_view name) {
        return ::stat((backup / name).c_str(), &about) == 0 && is_open(about);
      });
}

} // namespace

result<done> check_folder_of_backup(const config::settings& settings) {
  const auto folder = data_folder(settings);
  if (auto own = storage::sqlite::check_private(folder, server_user(folder)); !own)
    return own;
  return refuse_links(settings);
}

result<done> check_audit_file(const config::settings& settings) {
  const auto& to = settings.audit.log;
  if (to.empty() || to == "stderr")
    return done{};
  const auto file = std::filesystem::absolute(to).lexically_normal();
  const auto folder = std::filesystem::absolute(settings.storage.path);
  std::error_code error;
  // The first start makes the data folder before the file.
  if (config::uses_data_folder(settings) && !std::filesystem::exists(folder, error)
      && file == (folder / file.filename()).lexically_normal())
    return done{};
  return audit_log::can_open(file.string());
}

std::string warn_of_open_backup(const std::filesystem::path& folder,
                                const std::filesystem::path& data) {
  const auto user = server_user(data);
  if (!others_may_change(folder, user))
    return {};
  return "warning: others may replace what is in " + folder.string()
         + ", and with it who becomes whom after a restore: chown it and its files to "
           "user "
         + std::to_string(user) + ", chmod 700 and its files 600\n";
}

result<done> check_certificates(const std::string& file, std::string_view name) {
  struct context_deleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  const std::unique_ptr<SSL_CTX, context_deleter> context{
      SSL_CTX_new(TLS_client_method())};
  ERR_clear_error();
  if (file.empty() || SSL_CTX_load_verify_file(context.get(), file.c_str()) == 1)
    return done{};
  ERR_clear_error();
  return failure{
      errc::unavailable,
      std::string{name} + ": " + file
          + " cannot be read, or has no certificate in PEM: name the file with "
            "that of the CA"};
}

result<done> check_certificates(const config::settings& settings) {
  const auto check = [](bool used, const std::string& file, std::string_view name) {
    return used ? check_certificates(file, name) : result<done>{done{}};
  };
  if (auto fit = check(settings.storage.database == config::database_kind::postgres,
                       settings.postgres.ca_file, "postgres.ca_file");
      !fit)
    return fit;
  if (auto fit = check(settings.events.bus == config::bus_kind::kafka,
                       settings.kafka.ca_file, "kafka.ca_file");
      !fit)
    return fit;
  return check(!settings.abuse.webhook.empty(), settings.abuse.webhook_ca_file,
               "abuse.webhook_ca_file");
}

result<done> refuse_lost_keys(const std::filesystem::path& folder, bool new_keys) {
  std::error_code error;
  const auto database = folder / "tinybook.db";
  const auto size = std::filesystem::file_size(database, error);
  if (error || size == 0 || new_keys
      || std::filesystem::exists(folder / own_keys_file, error))
    return done{};
  return failure{
      errc::unavailable,
      (folder / own_keys_file).string() + " is missing though "
          + database.filename().string()
          + " is there: put the file back from the backup, or start once with "
            "--new-keys-for-old-data, which ends all sessions and pending codes"};
}

} // namespace tinybook::http
