#include "storage/provider_states.hpp"

#include "storage/handle.hpp"

#include <utility>

namespace tinybook::storage {

namespace {

constexpr auto upsert_provider_state = R"sql(
INSERT INTO provider_states (provider, state, generation, open_until, forced,
  forced_until, forced_by, reason, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (provider) DO UPDATE SET state = excluded.state,
  generation = excluded.generation, open_until = excluded.open_until,
  forced = excluded.forced, forced_until = excluded.forced_until,
  forced_by = excluded.forced_by, reason = excluded.reason,
  changed_at = excluded.changed_at
WHERE excluded.generation >= provider_states.generation)sql";

constexpr auto select_provider_states = R"sql(
SELECT provider, state, generation, open_until, forced, forced_until, forced_by, reason,
  changed_at
FROM provider_states ORDER BY provider COLLATE "C")sql";

constexpr auto take_probe = R"sql(
INSERT INTO probe_leases (provider, replica, lease_until) VALUES ($1, $2, $4)
ON CONFLICT (provider) DO UPDATE SET replica = excluded.replica,
  lease_until = excluded.lease_until
WHERE probe_leases.replica = excluded.replica OR probe_leases.lease_until <= $3)sql";

constexpr auto select_probe = "SELECT lease_until FROM probe_leases WHERE provider = $1";

constexpr auto delete_probe =
    "DELETE FROM probe_leases WHERE provider = $1 AND replica = $2";

provider_state read_provider_state(row& r) {
  return {.provider = r.text(),
          .state = r.text(),
          .generation = r.number(),
          .open_until = r.time(),
          .forced = r.text(),
          .forced_until = r.time(),
          .forced_by = r.text(),
          .reason = r.text(),
          .changed_at = r.time()};
}

} // namespace

result<state_saved> run(handle& db, const save_provider_state& command) {
  const auto& s = command.state;
  auto written =
      db.exec(upsert_provider_state, s.provider, s.state, s.generation, s.open_until,
              s.forced, s.forced_until, s.forced_by, s.reason, s.changed_at);
  if (!written)
    return written.error();
  return state_saved{*written > 0};
}

result<probe_claim> run(handle& db, const claim_probe& command) {
  return db.transact([&]() -> result<probe_claim> {
    const auto until = command.now + command.lease;
    auto taken =
        db.exec(take_probe, command.provider, command.replica, command.now, until);
    if (!taken)
      return taken.error();
    if (*taken > 0)
      return probe_claim{true, until};
    auto held = db.one(
        select_probe, [](row& r) { return r.time(); }, command.provider);
    if (!held)
      return held.error();
    return probe_claim{false, held->value_or(until)};
  });
}

result<done> run(handle& db, const release_probe& command) {
  auto released = db.exec(delete_probe, command.provider, command.replica);
  if (!released)
    return released.error();
  return done{};
}

result<provider_state_list> run(handle& db, const load_provider_states&) {
  auto states = db.all(select_provider_states, read_provider_state);
  if (!states)
    return states.error();
  return provider_state_list{std::move(*states)};
}

} // namespace tinybook::storage
