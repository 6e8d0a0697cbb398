#include "config/conninfo.hpp"
#include "config/draft.hpp"
#include "config/file_access.hpp"
#include "config/ip_address.hpp"
#include "config/key_check.hpp"
#include "config/url.hpp"

#include <sys/stat.h>

#include <string>
#include <unistd.h>
#include <utility>

namespace tinybook::config {

namespace {

/// Of a webhook's key, as Standard Webhooks asks for.
constexpr std::size_t least_key_bytes = 24;

/// A link is followed: that is how secrets are mounted.
void note_open_file(draft& of, const std::string& key_name, const std::string& file) {
  struct stat about {};
  if (!file.empty() && ::stat(file.c_str(), &about) == 0 && S_ISREG(about.st_mode)
      && is_open_to_others(about.st_mode, about.st_uid, ::geteuid()))
    of.warn(key_name, "the file " + quote(file)
                          + " holds a secret and is open to others than its owner: "
                            "chmod 600");
}

/// A secret that stands in the configuration file itself.
void note_open_source(draft& of, const key& k, std::size_t row, const std::string& name) {
  if (!k.secret)
    return;
  const auto given = k.read(of.values(), row);
  const auto* text = std::get_if<std::string>(&given);
  if (text == nullptr || !text->empty())
    note_open_file(of, name, of.file_of(name));
}

/// What is in it could be replaced by the group; a mounted volume is often made so.
void note_open_folder(draft& of) {
  const auto folder = of.values().storage.path;
  struct stat about {};
  if (::stat(folder.c_str(), &about) == 0 && S_ISDIR(about.st_mode)
      && access_by(about.st_mode, about.st_uid, ::geteuid()) == folder_access::group)
    of.warn("storage.path", "the group of " + quote(folder)
                                + " may write into it: chmod g-w, unless it is a volume "
                                  "that is mounted so");
}

/// Who writes into it decides who the operators are, and where codes go.
void note_open_configuration(draft& of) {
  struct stat about {};
  if (!of.config_file().empty() && ::stat(of.config_file().c_str(), &about) == 0
      && S_ISREG(about.st_mode) && (about.st_mode & S_IWOTH) != 0)
    of.warn("--config", "everybody may write into the file " + quote(of.config_file())
                            + ": chmod o-w");
}

bool stays_here(std::string_view authority) {
  auto host = authority.substr(0, authority.rfind(':'));
  if (authority.starts_with('['))
    host = authority.substr(1, authority.find(']') - 1);
  const auto address = ip_address::parse(host);
  return host == "localhost" || (address && address->is_loopback());
}

std::size_t bytes_of_key(std::string_view secret) {
  constexpr std::string_view prefix = "whsec_";
  if (secret.starts_with(prefix))
    secret.remove_prefix(prefix.size());
  return secret.substr(0, secret.find('=')).size() * 3 / 4;
}

void note_open_way(draft& of, const std::string& key_name, const std::string& to,
                   std::string_view what) {
  const auto url = split_url(to);
  if (url && url->scheme == "http" && !stays_here(url->authority))
    of.warn(key_name,
            std::string{what} + " go over the network for all to read: use https");
}

void note_short_key(draft& of, const std::string& key_name, std::string_view secret) {
  if (!secret.empty() && bytes_of_key(secret) < least_key_bytes)
    of.warn(key_name, "a key of a webhook should have 24 bytes or more: openssl "
                      "rand -base64 32");
}

void note_provider(draft& of, std::size_t row, const sms_provider& provider) {
  const auto name = [row](std::string_view key) {
    return provider_tables().name_of(row, key);
  };
  note_open_way(of, name("url"), provider.url, "codes and numbers");
  if (provider.kind == provider_kind::webhook)
    note_short_key(of, name("secret"), provider.secret);
  note_open_file(of, name("secret_file"), provider.secret_file);
}

/// As libpq takes them: the keys before the URL, and a file with which nothing less than
/// "require" is compared.
void note_idle_certificates(draft& of, const postgres_settings& postgres) {
  const auto all = read_conninfo(postgres.url).value_or(conninfo{});
  const auto in_effect = [&all](const std::string& own, const char* key) {
    const auto found = all.find(key);
    return own.empty() && found != all.end() ? found->second : own;
  };
  const auto mode = in_effect(postgres.sslmode, "sslmode");
  if (in_effect(postgres.ca_file, "sslrootcert").empty() || mode == "require"
      || mode.starts_with("verify"))
    return;
  of.warn(postgres.ca_file.empty() ? "postgres.url" : "postgres.ca_file",
          "nothing is compared with the certificates unless postgres.sslmode is "
          "\"verify-ca\" or \"verify-full\"");
}

/// Files of certificates that nothing is compared with.
void note_idle_certificates(draft& of) {
  note_idle_certificates(of, of.values().postgres);
  const auto& kafka = of.values().kafka;
  if (!kafka.ca_file.empty()
      && (kafka.security == kafka_security::plaintext
          || kafka.security == kafka_security::sasl_plaintext))
    of.warn("kafka.ca_file", "nothing is compared with it unless kafka.security_protocol "
                             "is \"ssl\" or \"sasl_ssl\"");
  const auto& abuse = of.values().abuse;
  if (!abuse.webhook_ca_file.empty() && abuse.webhook.starts_with("http:"))
    of.warn("abuse.webhook_ca_file",
            "nothing is compared with it unless abuse.webhook begins with https");
}

} // namespace

void note_risks(draft& of) {
  const auto providers = of.values().sms.providers;
  for (std::size_t row = 0; row < providers.size(); ++row)
    if (providers[row].enabled)
      note_provider(of, row, providers[row]);
  const auto& abuse = of.values().abuse;
  note_open_way(of, "abuse.webhook", abuse.webhook, "addresses of people");
  note_short_key(of, "abuse.webhook_key", abuse.webhook_key);
  note_idle_certificates(of);
  const auto& kafka = of.values().kafka;
  const auto& postgres = of.values().postgres;
  for (const auto& [name, file] : {std::pair{"postgres.ca_file", postgres.ca_file},
                                   {"kafka.ca_file", kafka.ca_file},
                                   {"abuse.webhook_ca_file", abuse.webhook_ca_file}})
    if (!file.empty() && ::access(file.c_str(), R_OK) != 0)
      of.warn(name, "the file " + quote(file) + " cannot be read");
  if (of.values().events.bus == bus_kind::kafka
      && kafka.security == kafka_security::sasl_plaintext
      && kafka.sasl == sasl_kind::plain)
    of.warn("kafka.security_protocol",
            "the password goes over the network for all to read: use sasl_ssl");
  for (const auto& s : sections())
    for (const auto& k : s.keys) {
      note_open_source(of, k, 0, std::string{k.name});
      if (const auto* file = find_file_key(k))
        note_open_file(of, std::string{file->name},
                       std::get<std::string>(file->read(of.values(), 0)));
    }
  for (const auto& tables : table_arrays())
    for (std::size_t row = 0; row < tables.rows(of.values()); ++row)
      for (const auto& k : tables.keys)
        note_open_source(of, k, row, tables.name_of(row, k.name));
  note_open_folder(of);
  note_open_configuration(of);
}

} // namespace tinybook::config
