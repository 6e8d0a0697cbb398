#include "tests/actors/events/kafka_world.hpp"

#include "tests/actors/support/named_address.hpp"
#include "tests/support/default_configs.hpp"

#include <atomic>
#include <stdexcept>

namespace tinybook::test {

namespace {

std::string next_topic() {
  static std::atomic<int> count{0};
  return "world-" + std::to_string(++count);
}

} // namespace

kafka_world::kafka_world(kafka_server& on, std::int32_t partitions)
    : broker(on),
      topic(next_topic()),
      partitions_(partitions),
      ranking_(named<ranking_actor>("ranking")),
      feed_(named<event_feed_actor>("feed")),
      bus_(named<event_bus_actor>("bus")) {
  source_config.kafka.session_timeout = 2s;
  source_config.redeliver_after = 50ms;
  start<ranking_actor, board_stand_in_state, caf::no_spawn_options>(ranking_, world);
  start<event_feed_actor, feed_state, caf::no_spawn_options>(feed_, feed_config{5s},
                                                             ranking_, system_now);
}

kafka_world::~kafka_world() {
  for (auto& m : sources_)
    end_source(m.instance, caf::exit_reason::kill);
  for (const auto& handle : {bus(), feed(), caf::actor_cast<caf::actor>(ranking_.get())})
    if (handle)
      caf::anon_send_exit(handle, caf::exit_reason::kill);
  bus_.clear();
  feed_.clear();
  ranking_.clear();
}

config::kafka_settings kafka_world::with_topic(config::kafka_settings settings) const {
  settings.brokers = broker.brokers();
  settings.topic = topic;
  settings.partitions = static_cast<std::size_t>(partitions_);
  return settings;
}

void kafka_world::start_bus() {
  start<event_bus_actor, kafka_bus_state, caf::detached>(
      bus_, kafka_bus_config{with_topic(default_settings().kafka)});
}

void kafka_world::start_source(const std::string& instance, const std::string& group) {
  auto config = source_config;
  config.kafka = with_topic(config.kafka);
  config.kafka.group = group + '-' + topic;
  config.instance = instance;
  sources_.push_back({instance, named<event_source_actor>("source-" + instance)});
  start<event_source_actor, kafka_source_state, caf::detached>(sources_.back().at, config,
                                                               feed_, ranking_);
}

auto kafka_world::find(const std::string& instance) const -> const member& {
  for (auto at = sources_.rbegin(); at != sources_.rend(); ++at)
    if (at->instance == instance)
      return *at;
  throw std::logic_error("no source " + instance);
}

void kafka_world::end_source(const std::string& instance, caf::exit_reason how) {
  const auto& m = find(instance);
  auto handle = caf::actor_cast<caf::actor>(m.at.get());
  if (!handle)
    return;
  caf::scoped_actor self{sys_};
  if (how == caf::exit_reason::kill)
    caf::anon_send_exit(handle, how);
  else
    caf::anon_send(handle, shut_down{});
  self->wait_for(handle);
  m.at.clear();
}

void kafka_world::kill_source(const std::string& instance) {
  end_source(instance, caf::exit_reason::kill);
}

void kafka_world::stop_source(const std::string& instance) {
  end_source(instance, caf::exit_reason::user_shutdown);
}

caf::actor kafka_world::source(const std::string& instance) const {
  return caf::actor_cast<caf::actor>(find(instance).at.get());
}

meter_ptr kafka_world::source_meter(const std::string& instance) const {
  return find(instance).at.meter();
}

result<done> kafka_world::publish(std::vector<bus_message> messages) {
  caf::scoped_actor self{sys_};
  result<done> out = errc::internal;
  self->request(bus_.get(), 30s, publish_messages{std::move(messages)})
      .receive([&](done) { out = done{}; },
               [&](caf::error& e) { out = to_failure(e, "bus"); });
  return out;
}

bool kafka_world::publish_at_last(const std::vector<bus_message>& messages,
                                  std::chrono::milliseconds bound) {
  return within(bound, [&] { return publish(messages).ok(); });
}

actor_status kafka_world::status_of(const caf::actor& of) {
  caf::scoped_actor self{sys_};
  actor_status out;
  self->request(of, 10s, get_status{})
      .receive([&](actor_status& s) { out = std::move(s); },
               [&](caf::error& e) { FAIL("no status: " << caf::to_string(e)); });
  return out;
}

double kafka_world::gauge_of(const caf::actor& of, const std::string& name) {
  for (const auto& g : status_of(of).gauges)
    if (g.name == name)
      return g.value;
  return -2;
}

std::string kafka_world::fact_of(const caf::actor& of, const std::string& name) {
  for (const auto& f : status_of(of).facts)
    if (f.name == name)
      return f.value;
  return "no such fact";
}

} // namespace tinybook::test
