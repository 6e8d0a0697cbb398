#pragma once

#include "actors/sms/failover_supervisor.hpp"
#include "actors/sms/new_message.hpp"
#include "tests/simulation/store_actor.hpp"
#include "tests/simulation/world.hpp"

#include <memory>
#include <utility>

namespace tinybook::sim {

/// The part of the code cache that delivery uses: it knows the truth, and is
/// unavailable at times.
class judge_actor_state {
 public:
  using actor_type = code_judge_actor;

  judge_actor_state(self_pointer<actor_type> self, world* w)
      : self_(std::move(self)), world_(w) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const is_code_wanted& asked) -> caf::result<code_wanted_answer> {
          if (world_->happens(world_->database.fails))
            return to_error(errc::unavailable);
          return code_wanted_answer{!world_->truth.code_is_gone(asked.code)};
        },
    };
  }

 private:
  self_pointer<actor_type> self_;
  world* world_;
};

/// The part of the verification actor that delivery uses: it sends a lost message again
/// with a new code.
class resender_actor_state {
 public:
  using actor_type = code_resender_actor;

  resender_actor_state(self_pointer<actor_type> self, world* w,
                       store_address<test::delivery_store> store,
                       address<failover_supervisor_actor> supervisor,
                       std::shared_ptr<const keyring> keys)
      : self_(std::move(self)),
        world_(w),
        store_(std::move(store)),
        supervisor_(std::move(supervisor)),
        keys_(std::move(keys)) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const resend_code& asked) { return resend(asked); },
        [](const outbox_full&) {},
    };
  }

 private:
  caf::result<code_resent> resend(const resend_code& asked) {
    if (world_->truth.code_is_gone(asked.lost.code))
      return code_resent{false};
    new_message again;
    auto& row = again.row;
    row.phone = asked.lost.phone;
    row.purpose = asked.lost.purpose;
    row.country_prefix = asked.lost.country_prefix;
    row.region = asked.lost.region;
    row.template_name = asked.lost.template_name;
    again.content.parameters = {{"code", "000000"}, {"minutes", "1"}};
    row.code = asked.lost.code + 1'000'000;
    row.expires_at = asked.lost.expires_at;
    row.parent = asked.lost.id;
    again.tried_provider = asked.provider;
    pending_reply<code_resent> reply{self_};
    ask(self_, store_, std::chrono::seconds{5},
        submission_of(std::move(again), *keys_, world_->chance, world_->wall()),
        [this, reply](const result<storage::submitted_message>& stored) {
          // Also where nobody knows: it may be committed.
          tell(supervisor_, outbox_changed{stored ? 1 : 0});
          reply(code_resent{stored.ok()});
        });
    return reply.promise();
  }

  self_pointer<actor_type> self_;
  world* world_;
  store_address<test::delivery_store> store_;
  address<failover_supervisor_actor> supervisor_;
  std::shared_ptr<const keyring> keys_;
};

} // namespace tinybook::sim
