#pragma once

#include "storage/support/keyring.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Proves that an account has logged in with this browser before.
inline constexpr std::string_view device_cookie = "tb_device";
/// Proves that this browser has asked for a code.
inline constexpr std::string_view asker_cookie = "tb_sms";

/// Where a cookie holds several tokens: in none of them, and allowed in a cookie.
inline constexpr char between_tokens = '~';

/// The values of the first cookies `name` in a `Cookie` header (RFC 6265, section 5.4).
/// There may be several: cookies know no ports, so another server of the host may have
/// set one for a part of our paths. Whoever reads them takes the first that it knows.
inline constexpr std::size_t max_cookies_of_a_name = 4;
[[nodiscard]] std::vector<std::string_view> find_cookies(std::string_view header,
                                                         std::string_view name);

/// A `Set-Cookie` value: HttpOnly, SameSite=Lax, for the whole site.
[[nodiscard]] std::string make_cookie(std::string_view name, std::string_view value,
                                      std::chrono::seconds max_age, bool secure);

/// The `Set-Cookie` value that ends it in the browser.
[[nodiscard]] std::string drop_cookie(std::string_view name, bool secure);

/// Signs the id in `tb_sms`, so that no other browser can pretend to be the one that
/// asked for a code. Immutable, thread-safe.
class cookie_signer {
 public:
  explicit cookie_signer(std::shared_ptr<const keyring> keys) : keys_(std::move(keys)) {}

  /// `<id>.<key id>.<mac>`
  [[nodiscard]] std::string sign(std::string_view cookie, std::string_view id) const;

  /// The id in a value that was signed for this cookie by a key that is still accepted;
  /// else empty.
  [[nodiscard]] std::string verify(std::string_view cookie, std::string_view value) const;

 private:
  std::shared_ptr<const keyring> keys_;
};

} // namespace tinybook::http
