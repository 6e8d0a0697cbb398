#include "actors/sms/sending_pause.hpp"

#include "actors/sms/circuit.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace tinybook {

storage::provider_state sending_pause::say(const force_provider& command, wall_time now) {
  const bool lifted = command.state == forced_state::none;
  storage::provider_state row;
  row.provider = storage::every_provider;
  row.state = std::string{to_string(circuit_state::closed)};
  row.generation = word_.generation + 1;
  row.forced = std::string{to_string(command.state)};
  row.forced_until = lifted ? wall_time{} : command.until;
  row.forced_by = lifted ? "" : command.action.by;
  row.reason = lifted ? "" : command.action.reason;
  row.changed_at = now;
  word_ = row;
  saying_ = true;
  return row;
}

bool sending_pause::loaded(const storage::provider_state_list& list) {
  const bool first = !std::exchange(known_, true);
  const auto it = std::ranges::find(list.states, storage::every_provider,
                                    &storage::provider_state::provider);
  const bool newer = it != list.states.end()
                     && (it->generation > word_.generation
                         || (it->generation == word_.generation && !saying_
                             && it->changed_at != word_.changed_at));
  if (newer)
    word_ = *it;
  return newer || first;
}

bool sending_pause::holds(wall_time now) const {
  if (!known_)
    return true;
  return !word_.forced.empty()
         && (word_.forced_until == wall_time{} || word_.forced_until > now);
}

std::optional<std::chrono::milliseconds> sending_pause::ends_in(wall_time now) const {
  if (!known_ || !holds(now) || word_.forced_until == wall_time{})
    return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(word_.forced_until - now);
}

} // namespace tinybook
