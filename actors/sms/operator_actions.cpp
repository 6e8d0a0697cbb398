#include "actors/sms/operator_actions.hpp"

#include "actors/sms/new_message.hpp"
#include "actors/sms/probe_lease.hpp"

#include <utility>

namespace tinybook {

namespace {

constexpr std::chrono::seconds pause_reload{1};

} // namespace

task<result<sms_accepted>> operator_actions::redrive(redrive_sms command) {
  if (context_.stopping)
    co_return errc::draining;
  const auto found = co_await context_.ask_archive(storage::find_message{command.id});
  if (!found)
    co_return found.error();
  const auto stored = co_await context_.ask_archive(
      redrive_of(found->message, command.action, *context_.keys, *context_.random,
                 context_.clock()));
  if (!stored)
    co_return stored.error();
  ++context_.counts.redriven;
  claims_.added(1);
  claims_.wake();
  co_return sms_accepted{stored->id};
}

task<result<done>> operator_actions::discard(discard_sms command) {
  auto discarded = co_await context_.ask_archive(storage::discard_message{
      command.id, command.action.by, context_.clock(), command.action.reason});
  context_.counts.discarded += discarded ? 1U : 0U;
  co_return discarded;
}

task<result<done>> operator_actions::force(force_provider command) {
  if (command.provider == storage::every_provider)
    co_return co_await set_pause(std::move(command));
  const auto provider = context_.roster.find(command.provider);
  if (!provider)
    co_return errc::provider_not_found;
  context_.roster.regions().forget(*provider);
  co_return co_await ask(context_.providers[*provider].sender,
                         default_timeout{2 * context_.config.store_timeout},
                         std::move(command));
}

/// Repeated where another replica was faster: this word comes after its word.
task<result<done>> operator_actions::set_pause(force_provider command) {
  if (command.state != forced_state::open && command.state != forced_state::none)
    co_return errc::wrong_state;
  while (true) {
    auto row = context_.pause.say(command, context_.clock());
    context_.tell_pause();
    const auto saved =
        co_await context_.ask_states(storage::save_provider_state{std::move(row)});
    context_.pause.said();
    if (!saved || saved->kept) {
      claims_.wake();
      co_return as_done(saved);
    }
    const auto list = co_await context_.ask_states(storage::load_provider_states{});
    if (!list)
      co_return list.error();
    pause_loaded(*list);
  }
}

task<result<done>> operator_actions::load_pause() {
  const auto list = co_await context_.ask_states(storage::load_provider_states{});
  if (!list) {
    context_.schedule(duty::load_pause, pause_reload);
    co_return done{};
  }
  if (context_.config.shared)
    context_.schedule(duty::load_pause,
                      jittered_period(context_.config.look_period, *context_.random));
  pause_loaded(*list);
  co_return done{};
}

void operator_actions::pause_loaded(const storage::provider_state_list& list) {
  const bool changed = context_.pause.loaded(list);
  context_.tell_pause();
  if (changed)
    claims_.wake();
}

} // namespace tinybook
