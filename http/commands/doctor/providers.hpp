#pragma once

#include "config/settings.hpp"
#include "http/commands/doctor/finding.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook::http::doctor {

/// How far one gets towards a provider or the endpoint of verdicts: its name, a
/// connection, TLS. Nothing is asked of it.
struct endpoint_facts {
  enum class step : std::uint8_t {
    url,
    name,
    connection,
    ca_file, ///< The file of certificates has none.
    handshake,
    certificate,
    none
  };

  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
  bool loopback = false; ///< Every address of it.
  step failed = step::none;
  std::string why{};
  /// When its certificate ends.
  std::optional<std::chrono::sys_seconds> valid_until{};
};

/// `bound` is for connection and TLS; the look-up of the name can take longer. `ca_file`:
/// PEM; empty = the certificates that the system trusts.
[[nodiscard]] endpoint_facts look_at_endpoint(const std::string& url,
                                              std::chrono::milliseconds bound,
                                              const std::string& ca_file = {});

/// Whose endpoint it is, as the findings tell of it.
struct endpoint_owner {
  std::string what;              ///< `providers.first`
  std::string_view sent;         ///< What goes there, such as `codes`.
  std::string_view trusted_by{}; ///< The key of a file of certificates; empty = none.
};

[[nodiscard]] findings judge_endpoint(const endpoint_owner& owner,
                                      const endpoint_facts& endpoint,
                                      std::chrono::sys_seconds now);

} // namespace tinybook::http::doctor
