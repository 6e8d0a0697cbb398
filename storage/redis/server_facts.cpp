#include "storage/redis/server_facts.hpp"

#include "storage/redis/connection.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tinybook::storage::redis {

namespace {

/// The value after `name:`.
std::string_view field(std::string_view info, std::string_view name) {
  const auto mark = "\n" + std::string{name} + ":";
  const auto at = info.find(mark);
  if (at == std::string_view::npos)
    return {};
  const auto rest = info.substr(at + mark.size());
  return rest.substr(0, rest.find_first_of("\r\n"));
}

constexpr std::chrono::milliseconds patience{2000};
constexpr int rounds = 3;

// Asks whether the user may, and does nothing of it.
constexpr script rights_script{"rights", R"lua(
if redis.acl_check_cmd == nil then return false end
local refused = {}
for _, name in ipairs(ARGV) do
  local may
  if name == 'zunionstore' then may = redis.acl_check_cmd(name, KEYS[1], '1', KEYS[1])
  elseif name == 'time' or name == 'info' then may = redis.acl_check_cmd(name)
  else may = redis.acl_check_cmd(name, KEYS[1]) end
  if not may then refused[#refused + 1] = name end
end
return refused)lua"};

/// What the scripts of actors/ call; tests/architecture compares.
std::vector<std::string> called() {
  return {"del",       "get",      "hdel",   "hget",          "hincrby",
          "hlen",      "hmget",    "hset",   "info",          "lindex",
          "lpop",      "pexpire",  "rpop",   "rpush",         "sadd",
          "set",       "smembers", "srem",   "time",          "unlink",
          "zadd",      "zcard",    "zrem",   "zrangebyscore", "zremrangebyscore",
          "zrevrange", "zrevrank", "zscore", "zunionstore"};
}

result<done> look_at_rights(connection& server, const std::string& prefix,
                            server_facts& into) {
  const std::vector<command> asked{{&rights_script, {prefix + ":doctor"}, called()}};
  auto quickest = std::chrono::steady_clock::duration::max();
  for (int round = 0; round < rounds; ++round) {
    const auto since = std::chrono::steady_clock::now();
    auto answer = std::move(server.run(asked).front());
    quickest = std::min(quickest, std::chrono::steady_clock::now() - since);
    if (!answer && answer.error().code == errc::wrong_state) {
      into.refused = {"eval"};
      return done{};
    }
    if (!answer)
      return std::move(answer.error());
    if (answer->is_nil())
      continue;
    into.refused.emplace();
    for (const auto& name : answer->list())
      into.refused->push_back(name.text());
  }
  into.round_trip = std::chrono::ceil<std::chrono::microseconds>(quickest);
  return done{};
}

std::int64_t number(std::string_view text) {
  std::int64_t out = 0;
  static_cast<void>(std::from_chars(text.data(), text.data() + text.size(), out));
  return out;
}

} // namespace

server_facts read_info(std::string_view info) {
  return {.version = std::string{field(info, "redis_version")},
          .cluster = field(info, "cluster_enabled") == "1",
          .replica = field(info, "role") == "slave",
          .used_bytes = number(field(info, "used_memory")),
          .max_bytes = number(field(info, "maxmemory")),
          .policy = std::string{field(info, "maxmemory_policy")}};
}

std::optional<failure> unfit(const server_facts& server) {
  if (server.cluster)
    return failure{errc::wrong_state,
                   "redis: redis.host is a Redis Cluster, which is not supported: use a "
                   "single server (cluster-enabled no)"};
  if (server.max_bytes != 0 && server.policy != "noeviction")
    return failure{errc::wrong_state,
                   "redis: the server throws keys away when its memory is full "
                   "(maxmemory-policy "
                       + server.policy + "): set maxmemory-policy to noeviction"};
  return std::nullopt;
}

result<server_facts> look_at_server(config::redis_settings settings) {
  settings.connect_timeout = std::min(settings.connect_timeout, patience);
  settings.timeout = std::min(settings.timeout, patience);
  auto server = connection::open_any(settings);
  if (!server)
    return std::move(server.error());
  auto facts = (*server)->look();
  if (!facts || facts->cluster)
    return facts;
  if (auto looked = look_at_rights(**server, settings.prefix, *facts); !looked)
    return std::move(looked.error());
  return facts;
}

} // namespace tinybook::storage::redis
