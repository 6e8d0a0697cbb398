#pragma once

#include "tests/support/api_contract.hpp"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace tinybook::test {

/// The cookies of a browser, by name.
using cookie_jar = std::map<std::string, std::string>;
void add_cookies(httplib::Headers& to, const cookie_jar& cookies);
/// What an answer sets or ends.
void keep_cookies(cookie_jar& in, const httplib::Headers& answered);

/// One answer, or none: then `status` is 0 and `broken` says why.
struct answer {
  int status = 0;
  httplib::Error broken = httplib::Error::Success;
  httplib::Headers headers;
  nlohmann::json body;
  std::string text;

  [[nodiscard]] std::string header(const std::string& name) const;
  /// The `error` of an error answer.
  [[nodiscard]] std::string error() const;
  [[nodiscard]] nlohmann::json data() const;
  /// The server never began to answer: refused, or closed before the request was sent.
  [[nodiscard]] bool refused() const { return broken == httplib::Error::Connection; }
};

/// One person's browser: keeps cookies and tokens as a page would.
class client {
 public:
  /// Throws at an answer that breaks `promised`, where that is given.
  explicit client(int port, bool keep_alive = true,
                  std::shared_ptr<const api_contract> promised = {});

  answer get(const std::string& path);
  answer post(const std::string& path, const nlohmann::json& body);
  answer post_raw(const std::string& path, const std::string& body,
                  const std::string& content_type);

  answer sign_up(const std::string& email, const std::string& password);
  /// Keeps both tokens when it succeeds.
  answer log_in(const std::string& email, const std::string& password);
  answer send_code(const std::string& phone);
  answer log_in_by_code(const std::string& phone, const std::string& code);
  answer log_out();

  [[nodiscard]] const std::string& access() const { return access_; }
  [[nodiscard]] const std::string& refresh() const { return refresh_; }
  void use_tokens(std::string access, std::string refresh);
  void forget_cookies() { cookies_.clear(); }
  /// As a proxy tells it, which the server must trust.
  void come_from(std::string address) { address_ = std::move(address); }
  [[nodiscard]] const cookie_jar& cookies() const { return cookies_; }

 private:
  [[nodiscard]] httplib::Headers headers() const;
  answer take(httplib::Result result, const std::string& method, const std::string& path);
  answer keep_tokens(answer a);

  std::unique_ptr<httplib::Client> http_;
  std::shared_ptr<const api_contract> promised_;
  cookie_jar cookies_;
  std::string address_; ///< Empty = not told.
  std::string access_;
  std::string refresh_;
};

/// The newest code that the console provider printed for `phone` (E.164), if any.
[[nodiscard]] std::optional<std::string> printed_code(const std::string& output,
                                                      const std::string& phone);

} // namespace tinybook::test
