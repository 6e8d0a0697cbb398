#pragma once

#include "actors/codes/messages.hpp"
#include "actors/codes/redis_code_cache.hpp"
#include "storage/redis/connection.hpp"
#include "storage/support/keyring.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tinybook::bench {

/// Log-in codes 1, 2, … in Redis as the product stores them, with the phones, ids and
/// hashes of `message_of`.
class redis_codes {
 public:
  redis_codes(std::uint16_t port, std::shared_ptr<const keyring> keys,
              redis_code_cache_config config);

  /// Empties Redis, then issues codes 1 to `count`.
  void renew(std::int64_t count) const;

  /// The arguments of a right entry of one of them.
  [[nodiscard]] try_code entry(std::int64_t index) const;

  /// Enters codes 1 to `count` by bare EVALSHA of the same script with the same keys and
  /// arguments, made beforehand, `pipeline` in a round trip; how many a second. Throws
  /// where one is not accepted.
  [[nodiscard]] double enter_bare(std::int64_t count, std::size_t pipeline) const;

  /// The same to the end: each code is entered, its use committed with a session by the
  /// SQL of a log-in by code, and settled. On that many threads, each with a connection
  /// to Redis (`pipeline` in a round trip) and one to PostgreSQL at `url`, where `batch`
  /// log-ins share a transaction.
  [[nodiscard]] double use_bare(std::int64_t count, std::size_t pipeline,
                                const std::string& url, int connections,
                                std::size_t batch) const;

  [[nodiscard]] const redis_code_cache_config& config() const { return config_; }

 private:
  /// EVALSHA of each code, 1 to `count`.
  [[nodiscard]] std::vector<std::vector<std::string>> tries(std::int64_t count) const;
  [[nodiscard]] std::vector<std::vector<std::string>> settles(std::int64_t count) const;
  [[nodiscard]] storage::redis::command command(const storage::redis::script& script,
                                                std::int64_t index,
                                                std::vector<std::string> args) const;

  std::uint16_t port_;
  std::shared_ptr<const keyring> keys_;
  redis_code_cache_config config_;
};

} // namespace tinybook::bench
