#pragma once

#include "tests/support/provider_simulator/dialect.hpp"
#include "tests/support/provider_simulator/receipt_sender.hpp"
#include "tests/support/provider_simulator/script.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace tinybook::test {

/// Credentials that work in tests: what the server must be configured with.
[[nodiscard]] credentials default_credentials(dialect_kind kind);

struct simulator_options {
  dialect_kind kind = dialect_kind::webhook;
  credentials keys = default_credentials(kind);
  int port = 0; ///< 0 = a free one.
  std::string script = "0s ok";
  std::string receipts_to{}; ///< Where receipts go; Twilio's requests may name another.
};

/// A genuine request and what was done with it.
struct request_seen {
  std::chrono::system_clock::time_point at;
  simulated_sms sms; ///< With an id if it was accepted.
  behaviour did = behaviour::ok;
  bool accepted = false;
};

/// An SMS provider on loopback: a real HTTP server that speaks one dialect, checks every
/// signature by itself, keeps what it accepted, and misbehaves as its script says.
/// Beside the dialect it has POST /control {"script":"0s fail"} or {"mode":"fail
/// for=+44"} (from now on), GET /control, GET /log (what it saw), and POST /receipt
/// {"phone","kind"} (for the newest message it accepted for that phone).
class provider_simulator {
 public:
  explicit provider_simulator(simulator_options options);
  ~provider_simulator();
  provider_simulator(const provider_simulator&) = delete;
  provider_simulator& operator=(const provider_simulator&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// What to configure as `url`.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] const simulator_options& options() const { return options_; }

  /// From now on. Throws std::invalid_argument.
  void behave(const std::string& script);
  void send_receipts_to(std::string url);

  [[nodiscard]] std::vector<request_seen> seen() const;
  [[nodiscard]] std::vector<request_seen> accepted() const;
  /// Requests with a wrong signature or form.
  [[nodiscard]] int refused() const { return refused_; }

  using condition = std::function<bool(const std::vector<request_seen>&)>;
  /// Whether what was seen meets `wanted` within `bound`.
  [[nodiscard]] bool wait_for(const condition& wanted, milliseconds bound) const;

  /// Reports on the newest accepted message of `phone`; false if there is none.
  bool send_receipt(const std::string& phone, receipt_kind kind, milliseconds after = {});
  [[nodiscard]] receipt_sender& receipts() { return receipts_; }

 private:
  void define_routes();
  void answer(const httplib::Request& request, httplib::Response& response);
  void take(const httplib::Request& request, httplib::Response& response,
            simulated_sms sms, const conduct& does, behaviour what);
  void report(const simulated_sms& sms, receipt_kind kind, milliseconds after);
  void pause(milliseconds length);
  void hang(const httplib::Request& request);
  void drip(const httplib::Request& request, milliseconds pace);
  void drop(const httplib::Request& request) const;
  void control(const httplib::Request& request, httplib::Response& response);
  void show_log(httplib::Response& response) const;
  struct choice {
    conduct does;
    behaviour what;
  };
  choice choose(const std::string& phone);

  simulator_options options_;
  std::unique_ptr<provider_dialect> dialect_;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> refused_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  provider_script script_;
  std::chrono::steady_clock::time_point since_;
  std::mt19937 dice_{1};
  std::vector<request_seen> seen_;
  int ids_ = 0;
  bool ended_ = false;
  receipt_sender receipts_;
  httplib::Server server_;
  std::thread thread_;
};

} // namespace tinybook::test
