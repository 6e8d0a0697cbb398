#include "config/draft.hpp"
#include "config/key_check.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace tinybook::config {

namespace {

constexpr std::size_t longest_secret = 1024;

/// The first line without its line end; empty if it cannot be read or is too long.
std::string first_line(const std::string& file) {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  if (line.ends_with('\r'))
    line.pop_back();
  return line.size() <= longest_secret ? line : std::string{};
}

std::string unreadable(const std::string& file) {
  return "the file " + quote(file) + " has no readable first line of at most 1024 bytes";
}

/// A secret of which a key beside it may name the file.
void resolve(const key& secret, const key& file, draft& into) {
  auto& values = into.values();
  const auto path = std::get<std::string>(file.read(values, 0));
  if (path.empty())
    return;
  if (!std::get<std::string>(secret.read(values, 0)).empty()) {
    into.fail_together({file.name, secret.name}, "give only one of "
                                                     + std::string{secret.name} + " and "
                                                     + std::string{file.name});
    return;
  }
  const value found = first_line(path);
  if (found == value{std::string{}})
    into.fail_together({file.name}, unreadable(path));
  else if (!acceptable(secret, found))
    into.fail_together({file.name}, "what the file " + quote(path)
                                        + " holds is not allowed; use "
                                        + allowed(secret));
  else
    secret.assign(values, 0, found);
}

void resolve(sms_provider& provider, std::size_t row, const variables& environment,
             draft& into) {
  const auto secret = provider_tables().name_of(row, "secret");
  const auto from_variable = provider_tables().name_of(row, "secret_env");
  const auto from_file = provider_tables().name_of(row, "secret_file");
  const int ways = static_cast<int>(!provider.secret.empty())
                   + static_cast<int>(!provider.secret_env.empty())
                   + static_cast<int>(!provider.secret_file.empty());
  if (ways > 1) {
    into.fail_together({from_variable, from_file, secret},
                       "give only one of secret, secret_env and secret_file");
    return;
  }
  if (!provider.secret_env.empty()) {
    const auto found = std::ranges::find(environment, provider.secret_env,
                                         &variables::value_type::first);
    if (found == environment.end() || found->second.empty())
      into.fail_together({from_variable},
                         "the variable " + provider.secret_env + " is not set");
    else
      provider.secret = found->second;
  }
  if (!provider.secret_file.empty()) {
    provider.secret = first_line(provider.secret_file);
    if (provider.secret.empty())
      into.fail_together({from_file}, unreadable(provider.secret_file));
  }
  if (provider.secret == hidden)
    into.fail_together({provider.secret_env.empty() ? from_file : from_variable},
                       "\"***\" is no secret: --print-config shows it in place of one");
}

} // namespace

void resolve_secrets(const variables& environment, draft& into) {
  for (const auto& s : sections())
    for (const auto& k : s.keys)
      if (const auto* file = find_file_key(k))
        resolve(k, *file, into);
  auto& providers = into.values().sms.providers;
  for (std::size_t row = 0; row < providers.size(); ++row)
    if (providers[row].enabled)
      resolve(providers[row], row, environment, into);
}

} // namespace tinybook::config
