#include "http/commands/doctor/providers.hpp"
#include "http/server/listener.hpp"
#include "tests/http/doctor/found.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/own_certificate.hpp"

#include <doctest/doctest.h>
#include <httplib.h>

#include <atomic>
#include <thread>

namespace tinybook::test {

namespace {

using namespace std::chrono_literals;
using http::doctor::endpoint_facts;
using http::doctor::judge_endpoint;
using http::doctor::level;
using http::doctor::look_at_endpoint;
using step = endpoint_facts::step;

/// Over TLS or not, on loopback; counts what it is asked.
class silent_provider {
 public:
  explicit silent_provider(std::unique_ptr<httplib::Server> server)
      : server_(std::move(server)) {
    server_->set_pre_routing_handler([this](const auto&, auto&) {
      ++asked_;
      return httplib::Server::HandlerResponse::Unhandled;
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread{[this] {
      server_->listen_after_bind();
    }};
    while (!server_->is_running())
      std::this_thread::yield();
  }
  silent_provider(const silent_provider&) = delete;
  silent_provider& operator=(const silent_provider&) = delete;
  ~silent_provider() {
    server_->stop();
    thread_.join();
    CHECK(asked_ == 0);
  }

  [[nodiscard]] std::string at(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + "/v1?x=y";
  }

 private:
  std::unique_ptr<httplib::Server> server_;
  std::atomic<int> asked_{0};
  int port_ = 0;
  std::thread thread_;
};

level judged(const endpoint_facts& facts, std::chrono::sys_seconds now = {}) {
  return level_of(
      judge_endpoint({.what = "providers.first", .sent = "codes"}, facts, now),
      "providers.first");
}

std::chrono::sys_seconds this_second() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

} // namespace

TEST_CASE("the doctor checks a provider's certificate without asking it anything") {
  const own_certificate own{"IP:127.0.0.1"};
  const silent_provider provider{
      std::make_unique<httplib::SSLServer>(own.certificate(), own.key())};
  const auto unknown = look_at_endpoint(provider.at("https"), 5s);
  CHECK(unknown.failed == step::certificate);
  CHECK_MESSAGE(unknown.why.find("self") != std::string::npos, unknown.why);
  CHECK(judged(unknown) == level::error);
  const auto trusted = look_at_endpoint(provider.at("https"), 5s, own.file());
  CHECK_MESSAGE(trusted.failed == step::none, trusted.why);
  REQUIRE(trusted.valid_until.has_value());
  CHECK(*trusted.valid_until > this_second() + 30min);
  CHECK(*trusted.valid_until < this_second() + 90min);
  CHECK(judged(trusted, this_second()) == level::warning);
}

TEST_CASE("the doctor tells of an endpoint with a private certificate what to do") {
  const own_certificate own{"IP:127.0.0.1"};
  const own_certificate of_another{"IP:127.0.0.1"};
  const silent_provider endpoint{
      std::make_unique<httplib::SSLServer>(own.certificate(), own.key())};
  const auto found = [&](const std::string& ca_file) {
    const auto all = judge_endpoint({.what = "abuse.webhook",
                                     .sent = "addresses",
                                     .trusted_by = "abuse.webhook_ca_file"},
                                    look_at_endpoint(endpoint.at("https"), 5s, ca_file),
                                    this_second() - 30 * 24h);
    REQUIRE(all.size() == 1);
    CHECK(all.front().what == "abuse.webhook");
    return all.front();
  };
  CHECK(found(own.file()).how == level::ok);
  for (const auto& ca_file : {std::string{}, of_another.file()}) {
    const auto stranger = found(ca_file);
    CHECK(stranger.how == level::error);
    CHECK(stranger.found.find("certificate is not accepted") != std::string::npos);
    CHECK(stranger.to_do.find("into the file of abuse.webhook_ca_file")
          != std::string::npos);
  }
  for (const auto& ca_file : {std::string{"/nowhere/ca.pem"}, own.key_file()}) {
    const auto lost = found(ca_file);
    CHECK(lost.how == level::error);
    CHECK(lost.found.find("the file of abuse.webhook_ca_file") != std::string::npos);
  }
}

TEST_CASE("the doctor refuses a certificate of another name") {
  const own_certificate own{"DNS:sms.example.org"};
  const silent_provider provider{
      std::make_unique<httplib::SSLServer>(own.certificate(), own.key())};
  CHECK(look_at_endpoint(provider.at("https"), 5s, own.file()).failed
        == step::certificate);
}

TEST_CASE("the doctor tells how far it gets towards a provider") {
  {
    const silent_provider plain{std::make_unique<httplib::Server>()};
    const auto there = look_at_endpoint(plain.at("http"), 5s);
    CHECK(there.failed == step::none);
    CHECK(there.loopback);
    CHECK(judged(there) == level::ok);
  }
  const auto port = free_port();
  const auto closed =
      look_at_endpoint("http://127.0.0.1:" + std::to_string(port) + "/", 5s);
  CHECK(closed.failed == step::connection);
  CHECK(judged(closed) == level::error);
  // Takes connections, and says nothing.
  const auto mute = http::open_listener("127.0.0.1", port, 8);
  REQUIRE(mute.ok());
  const auto silent =
      look_at_endpoint("https://127.0.0.1:" + std::to_string(port) + "/", 200ms);
  CHECK(silent.failed == step::handshake);
  CHECK(silent.why == "no answer in time");
  CHECK(judged(silent) == level::error);
  CHECK(look_at_endpoint("ftp://h/", 1s).failed == step::url);
  CHECK(look_at_endpoint("http://h:99999/", 1s).failed == step::url);
}

TEST_CASE("the doctor warns of clear text abroad and of a certificate that ends soon") {
  endpoint_facts e{.host = "sms.example.org", .port = 80};
  CHECK(judged(e) == level::warning);
  e.loopback = true;
  CHECK(judged(e) == level::ok);
  const std::chrono::sys_seconds now{std::chrono::days{20'000}};
  e.tls = true;
  e.valid_until = now + std::chrono::days{14};
  CHECK(judged(e, now) == level::ok);
  CHECK(judged(e, now + 1s) == level::warning);
  e.failed = step::name;
  CHECK(judged(e, now) == level::error);
}

} // namespace tinybook::test
