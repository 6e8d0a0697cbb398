#include "tests/blackbox/client.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <utility>

namespace tinybook::test {

void add_cookies(httplib::Headers& to, const cookie_jar& cookies) {
  std::string all;
  for (const auto& [name, value] : cookies)
    all += (all.empty() ? "" : "; ") + name + "=" + value;
  if (!all.empty())
    to.emplace("Cookie", all);
}

void keep_cookies(cookie_jar& in, const httplib::Headers& answered) {
  for (auto [at, end] = answered.equal_range("Set-Cookie"); at != end; ++at) {
    const auto pair = at->second.substr(0, at->second.find(';'));
    const auto name = pair.substr(0, pair.find('='));
    in[name] = pair.substr(name.size() + 1);
    if (at->second.find("; Max-Age=0;") != std::string::npos)
      in.erase(name);
  }
}

std::string answer::header(const std::string& name) const {
  auto it = headers.find(name);
  return it == headers.end() ? "" : it->second;
}

std::string answer::error() const {
  return body.is_object() ? body.value("error", "") : "";
}

nlohmann::json answer::data() const {
  return body.is_object() ? body.value("data", nlohmann::json{}) : nlohmann::json{};
}

client::client(int port, bool keep_alive, std::shared_ptr<const api_contract> promised)
    : http_(std::make_unique<httplib::Client>("127.0.0.1", port)),
      promised_(std::move(promised)) {
  http_->set_keep_alive(keep_alive);
  http_->set_tcp_nodelay(true);
  http_->set_connection_timeout(10);
  http_->set_read_timeout(30);
}

httplib::Headers client::headers() const {
  httplib::Headers out;
  if (!access_.empty())
    out.emplace("Authorization", "Bearer " + access_);
  if (!address_.empty())
    out.emplace("X-Forwarded-For", address_);
  add_cookies(out, cookies_);
  return out;
}

answer client::get(const std::string& path) {
  return take(http_->Get(path, headers()), "GET", path);
}

answer client::post(const std::string& path, const nlohmann::json& body) {
  return post_raw(path, body.dump(), "application/json");
}

answer client::post_raw(const std::string& path, const std::string& body,
                        const std::string& content_type) {
  return take(http_->Post(path, headers(), body, content_type), "POST", path);
}

answer client::take(httplib::Result result, const std::string& method,
                    const std::string& path) {
  answer a;
  if (!result) {
    a.broken = result.error();
    return a;
  }
  if (promised_)
    if (const auto fault = promised_->fault_of(method, path, *result); !fault.empty())
      throw std::logic_error(method + ' ' + path + " breaks the document: " + fault);
  a.status = result->status;
  a.headers = result->headers;
  a.text = result->body;
  a.body = nlohmann::json::parse(a.text, nullptr, false);
  keep_cookies(cookies_, a.headers);
  return a;
}

answer client::sign_up(const std::string& email, const std::string& password) {
  return post("/users/signup",
              {{"email", email}, {"password", password}, {"confirmPassword", password}});
}

answer client::keep_tokens(answer a) {
  if (a.status == 200)
    use_tokens(a.header("X-Jwt-Token"), a.header("X-Refresh-Token"));
  return a;
}

answer client::log_in(const std::string& email, const std::string& password) {
  return keep_tokens(post("/users/login", {{"email", email}, {"password", password}}));
}

answer client::send_code(const std::string& phone) {
  return post("/users/login_sms/code/send", {{"phone", phone}});
}

answer client::log_in_by_code(const std::string& phone, const std::string& code) {
  return keep_tokens(post("/users/login_sms", {{"phone", phone}, {"code", code}}));
}

answer client::log_out() {
  return post("/users/logout", nlohmann::json::object());
}

void client::use_tokens(std::string access, std::string refresh) {
  access_ = std::move(access);
  refresh_ = std::move(refresh);
}

std::optional<std::string> printed_code(const std::string& output,
                                        const std::string& phone) {
  auto at = output.rfind("SMS to " + phone + ":");
  if (at == std::string::npos)
    return std::nullopt;
  auto end = output.find('\n', at);
  auto line = output.substr(at + 8 + phone.size(), end - at - 8 - phone.size());
  auto is_digit = [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  };
  for (auto first = line.begin(); first != line.end();) {
    first = std::find_if(first, line.end(), is_digit);
    auto last = std::find_if_not(first, line.end(), is_digit);
    if (last - first == 6)
      return std::string{first, last};
    first = last;
  }
  return std::nullopt;
}

} // namespace tinybook::test
