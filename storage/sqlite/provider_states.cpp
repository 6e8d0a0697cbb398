#include "storage/sqlite/provider_states.hpp"

#include <utility>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto replace_state = R"sql(
INSERT OR REPLACE INTO provider_states (provider, state, generation, open_until, forced,
  forced_until, forced_by, reason, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))sql";

constexpr auto select_states = R"sql(
SELECT provider, state, generation, open_until, forced, forced_until, forced_by, reason,
  changed_at
FROM provider_states ORDER BY provider)sql";

provider_state read_state(row& r) {
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

result<done> sqlite_provider_states::run(const save_provider_state& command) {
  const auto& s = command.state;
  auto written = db_.exec(replace_state, s.provider, s.state, s.generation, s.open_until,
                          s.forced, s.forced_until, s.forced_by, s.reason, s.changed_at);
  if (!written)
    return written.error();
  return done{};
}

result<provider_state_list> sqlite_provider_states::run(const load_provider_states&) {
  auto states = db_.all(select_states, read_state);
  if (!states)
    return states.error();
  return provider_state_list{std::move(*states)};
}

} // namespace tinybook::storage::sqlite
