#pragma once

#include "actors/sms/sms_provider.hpp"
#include "config/settings.hpp"
#include "http/log/log.hpp"
#include "storage/support/random.hpp"
#include "storage/types.hpp"

#include <memory>
#include <string>

namespace tinybook::http {

/// The clients of a configured provider. `public_url` is how providers reach this server.
[[nodiscard]] sms_provider_factory
make_provider(const config::sms_provider& provider, const std::string& public_url,
              wall_clock clock, std::shared_ptr<random_source> random, log_ptr log);

/// Where the provider is called: its url, or that of its cloud; empty for the console.
[[nodiscard]] std::string provider_url(const config::sms_provider& provider);

} // namespace tinybook::http
