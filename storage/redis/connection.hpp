#pragma once

#include "config/settings.hpp"
#include "storage/redis/script.hpp"
#include "storage/redis/server_facts.hpp"
#include "storage/redis/value.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

struct redisContext;
struct redisReply;

namespace tinybook::storage::redis {

/// One run of a script. Keys and arguments may be any bytes.
struct command {
  const redis::script* script = nullptr;
  std::vector<std::string> keys;
  std::vector<std::string> args;
};

/// One blocking connection, for one thread. No text of a failure holds a key, an
/// argument or the password.
class connection {
 public:
  /// Connects, logs in and looks at how the server is set. Fails with `unavailable` where
  /// it cannot be reached or is loading, and with `wrong_state`, which needs a person,
  /// for a refused log-in, a missing database, Redis Cluster, or a `maxmemory-policy`
  /// that evicts keys: codes, limits and boards must not vanish one by one.
  [[nodiscard]] static result<std::unique_ptr<connection>>
  open(const config::redis_settings& settings);

  /// Connects and logs in, whatever the server is like.
  [[nodiscard]] static result<std::unique_ptr<connection>>
  open_any(const config::redis_settings& settings);

  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Runs all of them in one round trip, in order, and gives an answer for each. A script
  /// is called by the hash that SCRIPT LOAD returned; where the server has forgotten it
  /// (SCRIPT FLUSH) it is loaded again, and the commands that failed for it run once
  /// more, after the others. Failures: `unavailable` where the server refuses for now
  /// (LOADING, MISCONF, READONLY, OOM …) or the connection broke (whether it ran is then
  /// unknown); `internal` where the script itself failed.
  [[nodiscard]] std::vector<result<value>> run(std::span<const command> commands);

  /// What the server tells about itself (INFO).
  [[nodiscard]] result<server_facts> look();

  /// False once it broke or an answer came too late; every later run fails.
  [[nodiscard]] bool alive() const { return context_ != nullptr; }

 private:
  using answers = std::vector<result<value>>;

  explicit connection(redisContext* context) : context_(context) {}

  [[nodiscard]] result<value> ask(const std::vector<std::string>& words);
  [[nodiscard]] result<done> log_in(const config::redis_settings& settings);

  void append(const std::vector<std::string_view>& words);
  [[nodiscard]] result<value> read(std::string_view what);
  [[nodiscard]] failure lost();
  void load_scripts(std::span<const command> commands,
                    const std::vector<std::size_t>& which);
  /// Runs commands[i] for each i of `which`; returns those whose script is unknown there.
  [[nodiscard]] std::vector<std::size_t> run_some(std::span<const command> commands,
                                                  const std::vector<std::size_t>& which,
                                                  answers& into);

  redisContext* context_;
  /// The hash by which the server knows each script.
  std::unordered_map<const script*, std::string> names_;
};

} // namespace tinybook::storage::redis
