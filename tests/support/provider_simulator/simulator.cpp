#include "tests/support/provider_simulator/simulator.hpp"

#include "tests/support/provider_simulator/sockets.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace tinybook::test {

namespace {

/// Each connection that hangs or is kept alive occupies a thread.
constexpr std::size_t threads = 96;

void put(httplib::Response& response, const dialect_answer& answer) {
  response.status = answer.status;
  response.set_content(answer.body, answer.content_type);
}

void name_wait(httplib::Response& response, const conduct& does) {
  if (does.retry_after.count() > 0)
    response.set_header("Retry-After",
                        std::to_string((does.retry_after.count() + 999) / 1000));
}

} // namespace

credentials default_credentials(dialect_kind kind) {
  switch (kind) {
  case dialect_kind::tencent:
    return {"AKIDsimulated", "tencent-simulated-secret"};
  case dialect_kind::aliyun:
    return {"LTAIsimulated", "aliyun-simulated-secret"};
  case dialect_kind::twilio:
    return {"AC00000000000000000000000000000000", "twilio-simulated-token"};
  case dialect_kind::webhook:
    break;
  }
  return {"", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
}

provider_simulator::provider_simulator(simulator_options options)
    : options_(std::move(options)),
      dialect_(make_dialect(options_.kind, options_.keys)),
      script_(options_.script),
      since_(std::chrono::steady_clock::now()) {
  server_.new_task_queue = [] {
    return new httplib::ThreadPool(threads);
  };
  server_.set_keep_alive_max_count(1'000'000);
  server_.set_keep_alive_timeout(60);
  server_.set_tcp_nodelay(true);
  define_routes();
  port_ = options_.port;
  if (port_ == 0)
    port_ = server_.bind_to_any_port("127.0.0.1");
  else if (!server_.bind_to_port("127.0.0.1", port_))
    port_ = -1;
  if (port_ <= 0)
    throw std::runtime_error("the simulator cannot listen on 127.0.0.1");
  thread_ = std::thread{[this] {
    server_.listen_after_bind();
    std::lock_guard guard{mutex_};
    ended_ = true;
    changed_.notify_all();
  }};
}

provider_simulator::~provider_simulator() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  while (!server_.is_running())
    std::this_thread::yield();
  server_.stop();
  // Kept-alive connections would delay the end by their whole idle time; another one may
  // be accepted at this moment.
  for (std::unique_lock lock{mutex_}; !ended_;) {
    shut_connections(port_);
    changed_.wait_for(lock, milliseconds{10}, [this] { return ended_; });
  }
  thread_.join();
}

std::string provider_simulator::url() const {
  const auto origin = "http://127.0.0.1:" + std::to_string(port_);
  return options_.kind == dialect_kind::webhook ? origin + "/sms" : origin + "/";
}

void provider_simulator::behave(const std::string& script) {
  provider_script next{script};
  std::lock_guard guard{mutex_};
  script_ = std::move(next);
  since_ = std::chrono::steady_clock::now();
}

void provider_simulator::send_receipts_to(std::string url) {
  std::lock_guard guard{mutex_};
  options_.receipts_to = std::move(url);
}

std::vector<request_seen> provider_simulator::seen() const {
  std::lock_guard guard{mutex_};
  return seen_;
}

std::vector<request_seen> provider_simulator::accepted() const {
  std::vector<request_seen> out;
  std::ranges::copy_if(seen(), std::back_inserter(out), &request_seen::accepted);
  return out;
}

bool provider_simulator::wait_for(const condition& wanted, milliseconds bound) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, bound, [&] { return wanted(seen_); });
}

bool provider_simulator::send_receipt(const std::string& phone, receipt_kind kind,
                                      milliseconds after) {
  const auto all = accepted();
  const auto newest = std::find_if(all.rbegin(), all.rend(),
                                   [&](const auto& r) { return r.sms.phone == phone; });
  if (newest == all.rend())
    return false;
  report(newest->sms, kind, after);
  return true;
}

void provider_simulator::report(const simulated_sms& sms, receipt_kind kind,
                                milliseconds after) {
  std::string to;
  {
    std::lock_guard guard{mutex_};
    to = options_.receipts_to;
  }
  if (kind == receipt_kind::none || (to.empty() && sms.callback.empty()))
    return;
  const auto what = dialect_->receipt(sms, kind == receipt_kind::genuine,
                                      kind == receipt_kind::forged, to);
  receipts_.post(what, after);
  if (kind == receipt_kind::replayed)
    receipts_.post(what, after + milliseconds{1});
}

provider_simulator::choice provider_simulator::choose(const std::string& phone) {
  std::lock_guard guard{mutex_};
  const auto elapsed =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - since_);
  const auto moment = script_.at(elapsed);
  std::uniform_real_distribution<double> roll;
  const bool applies = moment.now->applies(phone, moment.into, roll(dice_));
  return {*moment.now, applies ? moment.now->what : behaviour::ok};
}

void provider_simulator::answer(const httplib::Request& request,
                                httplib::Response& response) {
  auto read = dialect_->read(request, std::chrono::system_clock::now());
  if (const auto* refusal = std::get_if<dialect_answer>(&read)) {
    ++refused_;
    put(response, *refusal);
    return;
  }
  auto& sms = std::get<simulated_sms>(read);
  const auto chosen = choose(sms.phone);
  if (chosen.what == chosen.does.what)
    pause(chosen.does.latency);
  take(request, response, std::move(sms), chosen.does, chosen.what);
}

void provider_simulator::pause(milliseconds length) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, length, [this] { return stopping_.load(); });
}

void provider_simulator::take(const httplib::Request& request,
                              httplib::Response& response, simulated_sms sms,
                              const conduct& does, behaviour what) {
  const bool accepts = what == behaviour::ok || what == behaviour::slow
                       || what == behaviour::drop || what == behaviour::garbage
                       || what == behaviour::drip;
  {
    std::lock_guard guard{mutex_};
    if (accepts)
      sms.id = "sim-" + std::to_string(port_) + "-" + std::to_string(++ids_);
    seen_.push_back({std::chrono::system_clock::now(), sms, what, accepts});
    changed_.notify_all();
  }
  switch (what) {
  case behaviour::ok:
  case behaviour::slow:
    report(sms, does.receipt, does.receipt_after);
    pause(does.answer_after);
    put(response, dialect_->accepted(sms));
    break;
  case behaviour::fail:
    put(response, {does.status, "{\"error\":\"simulated\"}"});
    break;
  case behaviour::throttle:
    put(response, dialect_->throttled());
    name_wait(response, does);
    break;
  case behaviour::limit_number:
    put(response, dialect_->number_limited(sms));
    name_wait(response, does);
    break;
  case behaviour::not_here:
    put(response, dialect_->not_here(sms));
    break;
  case behaviour::reject:
    put(response, dialect_->rejected(sms));
    break;
  case behaviour::error:
    put(response, dialect_->error(does.code));
    break;
  case behaviour::hang:
    hang(request);
    break;
  case behaviour::drip:
    drip(request, does.pace);
    break;
  case behaviour::drop:
    drop(request);
    break;
  case behaviour::garbage:
    put(response, {200, "<html>welcome</html>", "text/html"});
    break;
  }
}

void provider_simulator::hang(const httplib::Request& request) {
  const int fd = find_connection(port_, request.remote_port);
  while (!stopping_ && !peer_left(fd, 20))
    continue;
  shut_connection(fd);
}

/// Writes past the library, which sends an answer as a whole.
void provider_simulator::drip(const httplib::Request& request, milliseconds pace) {
  const int fd = find_connection(port_, request.remote_port);
  constexpr std::string_view begin = "HTTP/1.1 200 OK\r\nX-Slow: ";
  for (std::size_t i = 0; !stopping_; ++i) {
    const char next = i < begin.size() ? begin[i] : 'a';
    if (::send(fd, &next, 1, MSG_NOSIGNAL) != 1
        || peer_left(fd, static_cast<int>(pace.count())))
      break;
  }
  shut_connection(fd);
}

void provider_simulator::drop(const httplib::Request& request) const {
  shut_connection(find_connection(port_, request.remote_port));
}

} // namespace tinybook::test
