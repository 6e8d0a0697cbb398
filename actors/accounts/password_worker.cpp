#include "actors/accounts/password_worker.hpp"

#include "actors/system/reply.hpp"

#include <caf/abstract_actor.hpp>
#include <sys/resource.h>

#include <unistd.h>

namespace tinybook {

namespace {

/// Hashing waits for whatever else is there to do: log-ins are to slow down no reader.
/// Not SCHED_IDLE, which a machine that is busy for long would let hash nothing at all.
void take_lowest_priority() {
  constexpr int lowest = 19;
  // Where that is refused hashing takes its share like everybody.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), lowest);
}

result<done> judge(const judge_password& m) {
  const auto broken = too_guessable(m.password, m.bounds);
  if (!broken)
    return done{};
  return failure{field_error{"password", *broken}};
}

} // namespace

auto password_worker_state::make_behavior() -> actor_type::behavior_type {
  if (self_->getf(caf::abstract_actor::is_detached_flag)) // Else it is not our thread.
    take_lowest_priority();
  // Made now, so that the first unknown e-mail does not take longer than the next.
  if (auto dummy = dummy_password_hash(cost_))
    dummy_ = std::move(*dummy);
  return {
      [this](const get_status&) {
        return actor_status{{{"hashes", static_cast<double>(hashes_)}}, {}};
      },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const make_password_hash& m) { return answer(make(m)); },
      [](const judge_password& m) { return answer(judge(m)); },
      [this](const match_password& m) { return answer(match(m)); },
  };
}

result<password_hash_made> password_worker_state::make(const make_password_hash& m) {
  ++hashes_;
  auto hash = hash_password(m.password, cost_);
  if (!hash)
    return std::move(hash.error());
  return password_hash_made{std::move(*hash)};
}

/// For an unknown account the same work on a hash that nothing matches, with a certain
/// end.
result<password_matched> password_worker_state::match(const match_password& m) {
  if (m.hash.empty() && dummy_.empty()) {
    auto dummy = dummy_password_hash(cost_);
    if (!dummy)
      return std::move(dummy.error());
    dummy_ = std::move(*dummy);
  }
  const auto& hash = m.hash.empty() ? dummy_ : m.hash;
  auto matched = match(hash, m.password);
  if (matched && !matched->matches && !m.as_typed.empty()) {
    matched = match(hash, m.as_typed);
    if (matched)
      matched->needs_rehash = matched->matches;
  }
  if (matched && m.hash.empty())
    return password_matched{};
  return matched;
}

result<password_matched> password_worker_state::match(const std::string& hash,
                                                      const std::string& password) {
  ++hashes_;
  auto matches = verify_password(hash, password);
  if (!matches)
    return std::move(matches.error());
  return password_matched{*matches, *matches && needs_rehash(hash, cost_)};
}

} // namespace tinybook
