#pragma once

#include "actors/sms/error_rate_monitor.hpp"
#include "actors/sms/failover_supervisor.hpp"
#include "actors/sms/new_message.hpp"
#include "actors/sms/sms_sender.hpp"
#include "tests/actors/sms/scripted_store.hpp"
#include "tests/actors/sms/scripted_worker.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/default_configs.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

/// The code cache's answer for every code.
struct scripted_judge {
  std::optional<bool> wanted = true; ///< Nothing = it cannot be reached.
  int asked = 0;
};

class scripted_judge_state {
 public:
  using actor_type = code_judge_actor;

  scripted_judge_state(self_pointer<actor_type> self, scripted_judge* judge)
      : self_(std::move(self)), judge_(judge) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const is_code_wanted&) -> caf::result<code_wanted_answer> {
          ++judge_->asked;
          if (!judge_->wanted)
            return to_error(errc::unavailable);
          return code_wanted_answer{*judge_->wanted};
        },
    };
  }

 private:
  self_pointer<actor_type> self_;
  scripted_judge* judge_;
};

/// What the verification actor was asked and told.
struct scripted_resender {
  std::vector<resend_code> resends;
  bool outbox_is_full = false;
};

class scripted_resender_state {
 public:
  using actor_type = code_resender_actor;

  scripted_resender_state(self_pointer<actor_type> self, scripted_resender* seen)
      : self_(std::move(self)), seen_(seen) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const resend_code& m) {
          seen_->resends.push_back(m);
          return code_resent{true};
        },
        [this](const outbox_full& told) { seen_->outbox_is_full = told.full; },
    };
  }

 private:
  self_pointer<actor_type> self_;
  scripted_resender* seen_;
};

/// The supervisor and its senders as they are, under virtual time; the store, the code
/// cache and the providers are scripted and outlive every actor.
class delivery_fixture : public actor_fixture {
 public:
  delivery_fixture() {
    options.codes_in_store = false; // The judge is asked.
    using door = delivery_store;
    start<door::writer, scripted_store_state<door::writer, door::write_commands>>(writer,
                                                                                  &store);
    start<door::reader, scripted_store_state<door::reader, door::read_commands>>(reader,
                                                                                 &store);
    start<code_resender_actor, scripted_resender_state>(resender_at, &resender);
    start<code_judge_actor, scripted_judge_state>(judge_at, &judge);
  }
  ~delivery_fixture() {
    // A hanging call holds a promise of its worker, so it must return before that dies.
    for (auto& world : worlds)
      world.hanging.clear();
    for (auto& at : sender_at)
      at.clear();
    for (auto& at : monitor_at)
      at.clear();
    supervisor_at.clear();
    resender_at.clear();
    writer.clear();
    reader.clear();
    judge_at.clear();
    caf::anon_send_exit(std::exchange(supervisor, nullptr), caf::exit_reason::kill);
  }

  /// A provider that delivers, until told otherwise.
  scripted_provider_world& add_provider(const std::string& name,
                                        admission_rules rules = default_admission(),
                                        std::uint32_t weight = 0) {
    auto& world = worlds.emplace_back();
    world.clock = clock();
    world.always(outcome_class::delivered);
    auto sender = default_sender();
    sender.name = name;
    sender.admission = rules;
    sender.circuit = circuit;
    sender_at.emplace_back(std::make_shared<actor_meter>(name, "sms sender", "test"));
    monitor_at.emplace_back(std::make_shared<actor_meter>(name, "monitor", "test"));
    start<error_rate_monitor_actor, error_rate_monitor_state>(
        monitor_at.back(), default_monitor(), sender_at.back());
    start<sms_sender_actor, sms_sender_state>(
        sender_at.back(), sender, scripted_workers(&world),
        sms_sender_peers{monitor_at.back(), supervisor_at, store_at()}, clock(), random);
    links.push_back({name, sender_at.back(), sender.timeout, weight, {}});
    return world;
  }

  /// Starts a new incarnation without letting it run.
  void spawn_supervisor() {
    supervisor =
        sys.spawn<managed_actor<failover_supervisor_actor, failover_supervisor_state>>(
            supervisor_at, options,
            failover_peers{store_at(), store_at(), store_at(), judge_at, resender_at},
            links, keys, clock(), random);
  }
  void start_supervisor() {
    spawn_supervisor();
    run();
  }
  void kill_supervisor() {
    caf::anon_send_exit(supervisor, caf::exit_reason::kill);
    run();
  }

  [[nodiscard]] new_message code_for(const std::string& phone) const {
    new_message out;
    auto& row = out.row;
    row.phone = phone;
    row.purpose = "login";
    row.country_prefix = phone.starts_with("+1") ? "+1" : "+86";
    row.region = phone.starts_with("+1") ? "JM" : "CN";
    row.client_address = "192.0.2.1";
    row.template_name = "login_code";
    out.content.parameters = {{"code", "424242"}, {"minutes", "10"}};
    row.code = 77;
    return out;
  }

  /// Stores a message and tells the supervisor, as the verification does.
  result<storage::submitted_message> submit(const std::string& phone = "+8613800138000") {
    auto message = code_for(phone);
    message.row.expires_at = now() + std::chrono::minutes{10};
    return submit(std::move(message));
  }
  result<storage::submitted_message> submit(new_message message) {
    auto stored =
        ask(writer.get(), submission_of(std::move(message), *keys, *random, now()));
    if (stored)
      tell(supervisor_at, outbox_changed{1});
    run();
    return stored;
  }

  /// The row's state, and its tries in order.
  [[nodiscard]] storage::message_state state(message_id id = 1) {
    return store.message(id).message.state;
  }
  [[nodiscard]] std::vector<std::string> tries(message_id id = 1) {
    std::vector<std::string> out;
    for (const auto& attempt : store.message(id).attempts)
      out.push_back(attempt.provider + " " + attempt.outcome);
    return out;
  }
  [[nodiscard]] double gauge_of(const std::string& name) {
    return actor_fixture::gauge_of(supervisor, name);
  }
  [[nodiscard]] const health_record& health_of_supervisor() const {
    return supervisor_at.meter()->health;
  }

  scripted_store store;
  scripted_judge judge;
  scripted_resender resender;
  std::deque<scripted_provider_world> worlds;
  std::vector<address<sms_sender_actor>> sender_at;
  std::vector<provider_link> links;
  failover_supervisor_config options = default_supervisor();
  std::shared_ptr<seeded_random> random = std::make_shared<seeded_random>(7);
  std::shared_ptr<const keyring> keys =
      std::make_shared<const keyring>(keyring::generate(*random));
  address<delivery_store::writer> writer{
      std::make_shared<actor_meter>("writer", "store", "test")};
  address<delivery_store::reader> reader{
      std::make_shared<actor_meter>("reader", "store", "test")};
  address<code_judge_actor> judge_at{
      std::make_shared<actor_meter>("code cache", "code cache", "test")};
  address<code_resender_actor> resender_at{
      std::make_shared<actor_meter>("verification", "verification", "test")};
  address<failover_supervisor_actor> supervisor_at{
      std::make_shared<actor_meter>("supervisor", "supervisor", "test")};
  std::vector<address<error_rate_monitor_actor>> monitor_at;
  /// Of the providers that are added from now on.
  circuit_rules circuit = default_circuit();
  handle_of<failover_supervisor_actor> supervisor;

  [[nodiscard]] store_address<delivery_store> store_at() const {
    return {writer, {reader}};
  }
};

} // namespace tinybook::test
