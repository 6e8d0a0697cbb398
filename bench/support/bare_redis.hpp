#pragma once

#include "storage/redis/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct redisContext;
struct redisReply;

namespace tinybook::bench {

/// Plain hiredis, for the yardsticks of scripts. Errors are thrown.
class bare_redis {
 public:
  explicit bare_redis(std::uint16_t port);
  ~bare_redis();
  bare_redis(const bare_redis&) = delete;
  bare_redis& operator=(const bare_redis&) = delete;

  /// SCRIPT LOAD; returns the SHA for EVALSHA.
  [[nodiscard]] std::string load(const storage::redis::script& script);

  /// The words of `EVALSHA name …` for it.
  [[nodiscard]] static std::vector<std::string>
  evalsha(const std::string& name, const storage::redis::command& command);

  /// Runs all of them, `pipeline` in a round trip; each answer is passed to `look`.
  void run(std::span<const std::vector<std::string>> commands, std::size_t pipeline,
           const std::function<void(const redisReply&)>& look);

 private:
  void take_one(const std::function<void(const redisReply&)>& look);

  redisContext* context_;
};

} // namespace tinybook::bench
