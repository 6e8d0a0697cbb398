#pragma once

#include "actors/events/feed.hpp"
#include "actors/events/kafka_bus.hpp"
#include "actors/events/kafka_source.hpp"
#include "storage/like_event_json.hpp"
#include "tests/actors/events/board_stand_in.hpp"
#include "tests/storage/kafka/broker_fixture.hpp"
#include "tests/support/default_configs.hpp"

#include <caf/all.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinybook::test {

/// An event as the store makes it: of article `id` in version `ver` with `cnt` likes.
inline article_event event_of(std::int64_t id, std::int64_t ver, std::int64_t cnt) {
  article_event event;
  event.biz = "article";
  event.id = id;
  event.ver = ver;
  event.cnt = cnt;
  event.published = true;
  event.title = "Article " + std::to_string(id);
  return event;
}

inline bus_message message_of(const article_event& event) {
  return {key_of(event), encode_event(event)};
}

/// The real actors between the publisher and the ranking on threads of their own, over a
/// real broker, with a topic and a group of this object's own.
class kafka_world {
 public:
  explicit kafka_world(kafka_server& broker, std::int32_t partitions = 2);
  ~kafka_world();
  kafka_world(const kafka_world&) = delete;
  kafka_world& operator=(const kafka_world&) = delete;

  void start_bus();
  /// Another `instance` in the same group is another replica, with the same board.
  void start_source(const std::string& instance = "one",
                    const std::string& group = "group");
  /// As a crash does: no offset is committed, and the group is not told.
  void kill_source(const std::string& instance = "one");
  void stop_source(const std::string& instance = "one");

  result<done> publish(std::vector<bus_message> messages);
  /// Tries until the bus takes it.
  [[nodiscard]] bool publish_at_last(const std::vector<bus_message>& messages,
                                     std::chrono::milliseconds bound = 30s);

  /// A gauge or a fact of an actor; waits for its answer.
  [[nodiscard]] double gauge_of(const caf::actor& of, const std::string& name);
  [[nodiscard]] std::string fact_of(const caf::actor& of, const std::string& name);
  [[nodiscard]] caf::actor source(const std::string& instance = "one") const;
  [[nodiscard]] meter_ptr source_meter(const std::string& instance = "one") const;
  [[nodiscard]] caf::actor bus() const { return caf::actor_cast<caf::actor>(bus_.get()); }
  [[nodiscard]] meter_ptr bus_meter() const { return bus_.meter(); }
  [[nodiscard]] caf::actor feed() const {
    return caf::actor_cast<caf::actor>(feed_.get());
  }

  kafka_server& broker;
  std::string topic;
  std::shared_ptr<board_world> world = std::make_shared<board_world>();
  /// What `start_source` copies; set before.
  kafka_source_config source_config{
      .kafka = default_settings().kafka, .instance = "", .request_timeout = 5s};

 private:
  /// `settings` for this object's broker and topic.
  [[nodiscard]] config::kafka_settings with_topic(config::kafka_settings settings) const;

  struct member {
    std::string instance;
    address<event_source_actor> at;
  };

  template <class Handle, class State, caf::spawn_options Options, class... Args>
  void start(const address<Handle>& at, Args... args) {
    sys_.spawn<managed_actor<Handle, State>, Options>(at, args...);
  }
  [[nodiscard]] const member& find(const std::string& instance) const;
  void end_source(const std::string& instance, caf::exit_reason how);
  [[nodiscard]] actor_status status_of(const caf::actor& of);

  std::int32_t partitions_;
  caf::actor_system_config config_;
  caf::actor_system sys_{config_};
  address<ranking_actor> ranking_;
  address<event_feed_actor> feed_;
  address<event_bus_actor> bus_;
  std::vector<member> sources_;
};

} // namespace tinybook::test
