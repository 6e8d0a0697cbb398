#include "actors/sms/failover_supervisor.hpp"
#include "actors/sms/new_message.hpp"
#include "actors/sms/sms_sender.hpp"
#include "tests/actors/sms/scripted_worker.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/sqlite_fixture.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

/// All actors of delivery over a real database. Without a code cache: messages without a
/// code.
struct sqlite_delivery : sqlite_fixture {
  sqlite_delivery() {
    world.clock = clock();
    world.always(outcome_class::delivered);
    auto options = default_sender();
    options.name = "one";
    start<sms_sender_actor, sms_sender_state>(
        sender, options, scripted_workers(&world),
        sms_sender_peers{monitor, supervisor_at, store()}, clock(), random);
    start_supervisor();
  }
  ~sqlite_delivery() {
    sender.clear();
    supervisor_at.clear();
    supervisor = nullptr;
  }

  void start_supervisor() {
    supervisor = start<failover_supervisor_actor, failover_supervisor_state>(
        supervisor_at, default_supervisor(),
        failover_peers{store(), store(), store(), nobody, no_resender},
        std::vector<provider_link>{{"one", sender, 5s, 100, {}}}, keys, clock(),
        std::shared_ptr<random_source>{random});
  }

  result<storage::submitted_message> submit() {
    new_message message;
    auto& row = message.row;
    row.phone = "+8613800138000";
    row.purpose = "login";
    row.country_prefix = "+86";
    row.region = "CN";
    row.template_name = "login_code";
    message.content.parameters = {{"code", "424242"}, {"minutes", "10"}};
    row.expires_at = now() + 10min;
    auto stored = on_store(submission_of(std::move(message), *keys, *random, now()));
    tell(supervisor_at, outbox_changed{1});
    run();
    return stored;
  }

  storage::message_history message(message_id id) {
    auto found = on_store(storage::find_message{id});
    REQUIRE(found);
    return *found;
  }

  scripted_provider_world world;
  std::shared_ptr<seeded_random> random = std::make_shared<seeded_random>(5);
  std::shared_ptr<const keyring> keys =
      std::make_shared<const keyring>(keyring::generate(*random));
  address<code_judge_actor> nobody{
      std::make_shared<actor_meter>("code cache", "code cache", "test")};
  address<sms_sender_actor> sender{
      std::make_shared<actor_meter>("one", "sms sender", "test")};
  address<code_resender_actor> no_resender{
      std::make_shared<actor_meter>("verification", "verification", "test")};
  address<error_rate_monitor_actor> monitor{
      std::make_shared<actor_meter>("monitor", "monitor", "test")};
  address<failover_supervisor_actor> supervisor_at{
      std::make_shared<actor_meter>("supervisor", "supervisor", "test")};
  handle_of<failover_supervisor_actor> supervisor;
};

TEST_CASE_FIXTURE(sqlite_delivery, "over a real database a message ends as delivered") {
  const auto accepted = submit();
  REQUIRE(accepted);
  run();
  const auto stored = message(accepted->id);
  CHECK(stored.message.state == storage::message_state::delivered);
  CHECK(stored.message.sealed_parameters.empty());
  CHECK(stored.message.region == "CN");
  REQUIRE(stored.attempts.size() == 1);
  CHECK(stored.attempts[0].provider == "one");
}

TEST_CASE_FIXTURE(sqlite_delivery, "over a real database failures are kept and retried") {
  world.always(outcome_class::provider_down);
  const auto accepted = submit();
  REQUIRE(accepted);
  advance(4s, 20ms);
  world.always(outcome_class::delivered);
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  run();
  start_supervisor();
  advance(30s, 100ms);
  const auto stored = message(accepted->id);
  CHECK(stored.message.state == storage::message_state::delivered);
  REQUIRE(stored.attempts.size() >= 3);
  CHECK(stored.attempts.front().outcome == "provider_down");
  CHECK(stored.attempts.back().outcome == "delivered");
  CHECK(stored.message.attempt == static_cast<int>(stored.attempts.size()));
}

TEST_CASE_FIXTURE(sqlite_delivery, "over a real database a duplicate is refused") {
  world.hang();
  REQUIRE(submit());
  const auto second = submit();
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::sms_pending);
}

} // namespace tinybook::test
