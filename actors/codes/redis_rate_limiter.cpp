#include "actors/codes/redis_rate_limiter.hpp"

#include "actors/redis/redis_keys.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/reply.hpp"

#include <utility>
#include <vector>

namespace tinybook {

namespace {

using std::chrono::milliseconds;
using storage::redis::script;
using storage::redis::value;

/// now, then count and window (ms) of each key's limit → {0} or {wait, number of the
/// key with the longest wait, from 1}. Time does not run backwards for a key: a time
/// before its latest event counts as the time of that event.
constexpr script take_script{"limits.take", R"lua(
local worst, who = 0, 0
local moments = {}
for i, key in ipairs(KEYS) do
  local count, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local events = redis.call('LRANGE', key, 0, -1)
  local now = math.max(tonumber(ARGV[1]), tonumber(events[#events] or 0))
  local gone = 0
  while gone < #events and tonumber(events[gone + 1]) + window <= now do
    gone = gone + 1
  end
  local live = #events - gone
  moments[i] = {now, gone}
  if live + 1 > count then
    -- Some of the oldest live events must leave first; the last of those says when.
    local wait = tonumber(events[gone + live + 1 - count]) + window - now
    if wait > worst then worst, who = wait, i end
  end
end
if who > 0 then return {worst, who} end
for i, key in ipairs(KEYS) do
  local now, gone = moments[i][1], moments[i][2]
  if gone > 0 then redis.call('LTRIM', key, gone, -1) end
  redis.call('RPUSH', key, string.format('%.0f', now))
  local ahead = now - tonumber(ARGV[1])
  redis.call('PEXPIRE', key, string.format('%.0f', ARGV[2 * i + 1] + ahead + 1000))
end
return {0}
)lua"};

/// Uncounts the latest event of each key.
constexpr script return_script{"limits.return", R"lua(
for _, key in ipairs(KEYS) do redis.call('RPOP', key) end
return 1
)lua"};

} // namespace

redis_rate_limiter_state::redis_rate_limiter_state(self_pointer<actor_type> self,
                                                   redis_rate_limiter_config config,
                                                   redis_address redis,
                                                   std::shared_ptr<const keyring> keys,
                                                   wall_clock clock)
    : self_(std::move(self)),
      config_(std::move(config)),
      redis_(std::move(redis)),
      keys_(std::move(keys)),
      clock_(std::move(clock)) {}

auto redis_rate_limiter_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const take_permits& m) { return take(m); },
      [this](const return_permits& m) { give_back(m); },
  };
}

std::string redis_rate_limiter_state::name_of(const std::string& key) const {
  return config_.prefix + ":{limit}:" + hidden_name(*keys_, {key});
}

caf::result<permits> redis_rate_limiter_state::take(const take_permits& m) {
  run_script run{&take_script, {}, {std::to_string(to_unix_ms(clock_()))}};
  std::vector<std::size_t> places; // Of the keys among the rules.
  for (std::size_t i = 0; i < m.rules.size(); ++i) {
    const auto& key = m.rules[i].key;
    const auto& limit = m.rules[i].limit;
    if (limit.off())
      continue;
    places.push_back(i);
    run.keys.push_back(name_of(key));
    run.args.push_back(std::to_string(limit.count));
    run.args.push_back(std::to_string(limit.window.count()));
  }
  if (places.empty())
    return permits{};
  pending_reply<permits> reply{self_};
  ask(self_, redis_, reply.within(config_.request_timeout), std::move(run),
      [this, reply, places = std::move(places)](result<value> answer) {
        if (!answer) {
          ++failed_;
          return reply(std::move(answer.error()));
        }
        const auto& parts = answer->list();
        if (parts.size() < 2) {
          ++admitted_;
          return reply(permits{});
        }
        ++limited_;
        auto number = static_cast<std::size_t>(parts[1].number());
        reply(permits{{rate_decision::verdict::limited, milliseconds{parts[0].number()},
                       places.at(number - 1)}});
      });
  return reply.promise();
}

void redis_rate_limiter_state::give_back(const return_permits& m) {
  run_script run{&return_script, {}, {}};
  for (const auto& key : m.keys)
    run.keys.push_back(name_of(key));
  ask(self_, redis_, config_.request_timeout, std::move(run),
      [this](const result<value>& answer) { failed_ += answer ? 0U : 1U; });
}

actor_status redis_rate_limiter_state::status() const {
  return {{{"admitted", static_cast<double>(admitted_)},
           {"limited", static_cast<double>(limited_)},
           {"failed", static_cast<double>(failed_)}},
          {{"kept_in", "redis"}}};
}

} // namespace tinybook
