#include "config/value_text.hpp"
#include "http/commands/doctor/back_ends.hpp"
#include "http/commands/doctor/words.hpp"

#include <chrono>
#include <cmath>

namespace tinybook::http::doctor {

namespace {

using redis_server = storage::redis::server_facts;

findings judge_redis_memory(const redis_server& server) {
  if (server.max_bytes == 0)
    return {note("redis.memory", "no maxmemory is set",
                 "Set maxmemory below the machine's memory, with maxmemory-policy "
                 "noeviction.")};
  const auto told = rough_bytes(static_cast<std::uint64_t>(server.used_bytes)) + " of "
                    + rough_bytes(static_cast<std::uint64_t>(server.max_bytes))
                    + " are used";
  if (server.used_bytes > server.max_bytes / 10 * 9)
    return {warning("redis.memory", told,
                    "Raise maxmemory: a full Redis refuses codes and limits.")};
  return {fine("redis.memory", told)};
}

findings judge_redis_rights(const redis_server& server, const std::string& prefix) {
  if (!server.refused)
    return {note("redis.rights", "Redis before 7.0 does not tell")};
  if (server.refused->empty())
    return {fine("redis.rights", "every command that is needed")};
  std::string names;
  for (const auto& name : *server.refused)
    names += (names.empty() ? "" : " ") + name;
  return {
      error("redis.rights", "the user may not: " + names,
            "Give it the rights that docs/operation.md lists, on ~" + prefix + ":*.")};
}

findings judge_latency(const redis_server& server) {
  const std::chrono::duration<double, std::milli> time{server.round_trip};
  const auto told =
      config::format_real(std::round(time.count() * 100) / 100) + " ms for a script";
  if (server.round_trip > std::chrono::milliseconds{20})
    return {warning("redis.latency", told,
                    "Put Redis nearer: each send and check of a code asks it several "
                    "times.")};
  return {fine("redis.latency", told)};
}

} // namespace

findings judge_redis(const redis_server& server, const config::settings& s) {
  const auto version = "Redis " + server.version;
  findings out{fine("redis.server", version)};
  if (auto why = storage::redis::unfit(server))
    out.front() = error("redis.server",
                        version + ": " + why->detail.substr(why->detail.find(": ") + 2),
                        "Change that setting, or name another server in redis.host.");
  if (server.cluster)
    return out;
  if (server.replica)
    out.push_back(error("redis.role", "the server is a replica, which refuses writes",
                        "Name the primary in redis.host."));
  append(out, judge_redis_memory(server));
  append(out, judge_redis_rights(server, s.redis.prefix));
  append(out, judge_latency(server));
  return out;
}

} // namespace tinybook::http::doctor
