#include "config/url.hpp"
#include "http/commands/commands.hpp"

#include <httplib.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace tinybook::http {

using config::exit_code;

namespace {

/// For each step.
constexpr std::chrono::seconds probe_patience{3};

/// Ends a client's request that takes too long.
class time_bound {
 public:
  time_bound(httplib::Client& client, std::chrono::milliseconds bound)
      : watch_([this, &client, bound] {
          std::unique_lock lock{mutex_};
          if (!ended_.wait_for(lock, bound, [this] { return done_; })) {
            passed_ = true;
            client.stop();
          }
        }) {}
  time_bound(const time_bound&) = delete;
  time_bound& operator=(const time_bound&) = delete;
  ~time_bound() {
    end();
    watch_.join();
  }

  void end() {
    const std::lock_guard lock{mutex_};
    done_ = true;
    ended_.notify_one();
  }
  [[nodiscard]] bool passed() {
    const std::lock_guard lock{mutex_};
    return passed_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  bool passed_ = false;
  std::thread watch_; ///< Last: it uses the others.
};

std::string_view words_of(httplib::Error why) {
  switch (why) {
  case httplib::Error::Connection:
  case httplib::Error::ConnectionTimeout:
    return "nobody listens there";
  case httplib::Error::Read:
    return "no answer in time, or none that HTTP knows";
  default:
    return "the request failed";
  }
}

} // namespace

config::exit_request do_task(const config::probe_task& task) {
  return probe(task.url, std::chrono::seconds{8});
}

config::exit_request probe(const std::string& url, std::chrono::milliseconds bound) {
  const auto parts = config::split_url(url);
  if (!parts || parts->scheme != "http")
    return {exit_code::bad_usage,
            {},
            "--probe: \"" + url + "\" is not allowed; use an address such as "
                + "http://127.0.0.1:8081/readyz\n"};
  httplib::Client client{"http://" + std::string{parts->authority}};
  client.set_connection_timeout(probe_patience);
  client.set_read_timeout(probe_patience);
  const auto target =
      parts->target.empty() ? std::string{"/"} : std::string{parts->target};
  time_bound watched{client, bound};
  // The status is all that counts: what follows it is thrown away.
  const auto answer = client.Get(target, [](const char*, std::size_t) { return true; });
  watched.end();
  if (watched.passed() || !answer)
    return {exit_code::failed,
            {},
            url + ": "
                + std::string{watched.passed() ? "no whole answer in time"
                                               : words_of(answer.error())}
                + "\n"};
  const auto said = url + ": " + std::to_string(answer->status) + "\n";
  if (answer->status != 200)
    return {exit_code::failed, {}, said};
  return {exit_code::ok, said, {}};
}

} // namespace tinybook::http
