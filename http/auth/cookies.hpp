#pragma once

#include "storage/support/keyring.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace tinybook::http {

/// Proves that an account has logged in with this browser before.
inline constexpr std::string_view device_cookie = "tb_device";
/// Proves that this browser has asked for a code.
inline constexpr std::string_view asker_cookie = "tb_sms";

/// The value of the first cookie `name` in a `Cookie` header (RFC 6265, section 5.4);
/// empty where there is none.
[[nodiscard]] std::string_view find_cookie(std::string_view header,
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
