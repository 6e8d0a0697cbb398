#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace tinybook::http {

/// The value of `X-Twilio-Signature`: base64 of HMAC-SHA1 under the account's auth token
/// over the callback's whole URL and its form fields, name and value, sorted by name.
[[nodiscard]] std::string
sign_twilio(std::string_view auth_token, std::string_view url,
            const std::map<std::string, std::string, std::less<>>& fields);

} // namespace tinybook::http
