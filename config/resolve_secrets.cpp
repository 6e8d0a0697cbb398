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

void resolve(sms_provider& provider, std::size_t row, const variables& environment,
             draft& into) {
  const auto secret = provider_key_name(row, "secret");
  const auto from_variable = provider_key_name(row, "secret_env");
  const auto from_file = provider_key_name(row, "secret_file");
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
      into.fail_together({from_file}, "the file " + quote(provider.secret_file)
                                          + " has no readable first line of at most "
                                            "1024 bytes");
  }
  if (provider.secret == hidden)
    into.fail_together({provider.secret_env.empty() ? from_file : from_variable},
                       "\"***\" is no secret: --print-config shows it in place of one");
}

} // namespace

void resolve_secrets(const variables& environment, draft& into) {
  auto& providers = into.values().sms.providers;
  for (std::size_t row = 0; row < providers.size(); ++row)
    if (providers[row].enabled)
      resolve(providers[row], row, environment, into);
}

} // namespace tinybook::config
