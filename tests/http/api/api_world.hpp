#pragma once

#include "actors/interfaces.hpp"
#include "actors/ranking/messages.hpp"
#include "actors/system/errors.hpp"
#include "config/loader.hpp"
#include "http/ingress_actor.hpp"
#include "http/listeners.hpp"
#include "storage/reading_commands.hpp"
#include "storage/sms_archive.hpp"

#include <caf/all.hpp>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <typeindex>
#include <utility>

namespace tinybook::http::test {

/// What the stub actors were asked last, and how they answer.
class script {
 public:
  std::function<std::optional<failure>()> fail; ///< Set before requests are made.
  bool silent = false;                          ///< Nobody answers.

  template <class Command>
  void note(const Command& command) {
    std::lock_guard lock(mutex_);
    asked_[typeid(Command)] = command;
  }
  template <class Command>
  std::optional<Command> last() const {
    std::lock_guard lock(mutex_);
    auto at = asked_.find(typeid(Command));
    if (at == asked_.end())
      return std::nullopt;
    return std::any_cast<Command>(at->second);
  }
  [[nodiscard]] bool asked_nothing() const {
    std::lock_guard lock(mutex_);
    return asked_.empty();
  }

  /// From now on `Command` is answered so.
  template <class Command>
  void answer(typename Command::reply value) {
    std::lock_guard lock(mutex_);
    answers_[typeid(Command)] = std::move(value);
  }
  template <class Command>
  typename Command::reply answer_or(const typename Command::reply& usual) const {
    std::lock_guard lock(mutex_);
    const auto at = answers_.find(typeid(Command));
    return at != answers_.end() ? std::any_cast<typename Command::reply>(at->second)
                                : usual;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::type_index, std::any> asked_;
  std::map<std::type_index, std::any> answers_;
};

/// Holds promises that are never answered.
template <class Handle>
struct stub_state {
  std::vector<std::any> kept;
};

/// Answers `Command` with `value`, as the script says.
template <class Command, class Self>
auto canned(Self self, script& s, typename Command::reply value) {
  return [self, &s, value](const Command& asked) -> caf::result<typename Command::reply> {
    s.note(asked);
    if (s.silent) {
      auto promise = self->template make_response_promise<typename Command::reply>();
      self->state.kept.emplace_back(promise);
      return promise;
    }
    if (s.fail)
      if (auto why = s.fail())
        return to_error(*why);
    return s.answer_or<Command>(value);
  };
}

storage::article_summary sample_summary();
storage::article_detail sample_detail();
/// A dead message, whose texts hold the phone.
storage::message_history sample_history();
served_board sample_board(wall_time as_of, std::size_t rows);

/// Both listeners on free ports, in front of stub actors, with everything logged into a
/// string. Time stands still at `now` for tokens and boards.
class api_world {
 public:
  explicit api_world(const std::function<void(config::settings&)>& adjust = {});
  ~api_world();

  [[nodiscard]] std::string access_token(std::string family = "family1",
                                         token_kind kind = token_kind::access);
  /// Of a browser that logged in to `user` so long ago.
  [[nodiscard]] std::string device_token(user_id user, std::int64_t epoch,
                                         std::chrono::seconds age);
  [[nodiscard]] httplib::Headers bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
  }
  [[nodiscard]] httplib::Client client() { return httplib::Client("127.0.0.1", port); }
  [[nodiscard]] httplib::Client admin() {
    return httplib::Client("127.0.0.1", admin_port);
  }
  [[nodiscard]] std::string log_text();

  [[nodiscard]] const system_addresses& stubs() const { return *stubs_; }

  void push(served_board board) {
    caf::anon_send(ingress, board_updated{std::move(board)});
  }

  script actors;
  script store; ///< Of what is read from it directly.
  static constexpr wall_time start_of_time{std::chrono::hours{24 * 365 * 55}};
  wall_time now = start_of_time;
  config::settings settings;
  std::shared_ptr<const keyring> keys;
  std::shared_ptr<const token_codec> codec;
  std::shared_ptr<live_state> live = std::make_shared<live_state>();
  std::shared_ptr<readiness> ready;
  std::vector<std::string> degraded;
  std::string admin_token = "admin-token-of-the-tests";
  std::uint16_t port = 0;
  std::uint16_t admin_port = 0;

 private:
  system_addresses make_stubs();
  std::optional<system_addresses> stubs_;
  std::ostringstream log_;
  caf::actor_system_config caf_config_;

 public:
  std::unique_ptr<caf::actor_system> system;
  handle_of<ingress_actor> ingress;
  std::unique_ptr<public_listener> public_api;
  std::unique_ptr<admin_listener> admin_api;

 private:
  std::shared_ptr<metrics_page> metrics_ = std::make_shared<metrics_page>();
  std::vector<caf::actor> spawned_;
};

inline constexpr auto json_media = "application/json";

/// The body as JSON.
[[nodiscard]] inline nlohmann::json json_of(const httplib::Result& r) {
  return r ? nlohmann::json::parse(r->body, nullptr, false) : nlohmann::json{};
}

/// Sends raw bytes to a port of this machine and reads until `answers` heads with their
/// bodies came or the server closed.
[[nodiscard]] std::string raw_exchange(std::uint16_t port, const std::string& bytes);

} // namespace tinybook::http::test
