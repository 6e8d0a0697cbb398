#include "bench/support/redis_codes.hpp"

#include "actors/codes/redis_code_scripts.hpp"
#include "actors/redis/redis_keys.hpp"
#include "bench/support/bare_redis.hpp"
#include "bench/support/postgres_outbox.hpp"
#include "bench/support/stored_outbox.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace tinybook::bench {

namespace {

constexpr auto asker = "abcdefghijklmnopqrstuv";
constexpr std::size_t pipeline_of_fill = 256;

void must_be_accepted(const redisReply& answer) {
  if (answer.type != REDIS_REPLY_ARRAY || answer.elements == 0
      || std::string_view{answer.element[0]->str, answer.element[0]->len} != "accepted")
    throw std::runtime_error("bare: not every code was accepted");
}

} // namespace

redis_codes::redis_codes(std::uint16_t port, std::shared_ptr<const keyring> keys,
                         redis_code_cache_config config)
    : port_(port), keys_(std::move(keys)), config_(std::move(config)) {}

storage::redis::command redis_codes::command(const storage::redis::script& script,
                                             std::int64_t index,
                                             std::vector<std::string> args) const {
  storage::redis::command out{
      &script, hidden_keys(config_.prefix + ":code", *keys_, {phone_of(index), "login"}),
      redis_code_scripts::first_args(config_.rules, system_now())};
  for (auto& arg : args)
    out.args.push_back(std::move(arg));
  return out;
}

void redis_codes::renew(std::int64_t count) const {
  bare_redis redis{port_};
  const auto name = redis.load(redis_code_scripts::issue);
  std::vector<std::vector<std::string>> commands{{"FLUSHALL"}};
  for (std::int64_t i = 1; i <= count; ++i)
    commands.push_back(bare_redis::evalsha(
        name, command(redis_code_scripts::issue, i,
                      {std::to_string(i), code_hash(), keys_->current_id(), asker})));
  redis.run(commands, pipeline_of_fill, [](const redisReply&) {});
}

try_code redis_codes::entry(std::int64_t index) const {
  return {{phone_of(index), "login"}, {{keys_->current_id(), code_hash()}}, asker, index};
}

std::vector<std::vector<std::string>> redis_codes::tries(std::int64_t count) const {
  const auto name = bare_redis{port_}.load(redis_code_scripts::try_code);
  std::vector<std::vector<std::string>> commands;
  for (std::int64_t i = 1; i <= count; ++i)
    commands.push_back(bare_redis::evalsha(
        name,
        command(redis_code_scripts::try_code, i,
                {asker, std::to_string(i), "0", keys_->current_id(), code_hash()})));
  return commands;
}

std::vector<std::vector<std::string>> redis_codes::settles(std::int64_t count) const {
  const auto name = bare_redis{port_}.load(redis_code_scripts::settle);
  std::vector<std::vector<std::string>> commands;
  for (std::int64_t i = 1; i <= count; ++i)
    commands.push_back(
        bare_redis::evalsha(name, command(redis_code_scripts::settle, i,
                                          {std::to_string(i), "1", std::to_string(i)})));
  return commands;
}

double redis_codes::enter_bare(std::int64_t count, std::size_t pipeline) const {
  bare_redis redis{port_};
  const auto commands = tries(count);
  const auto began = std::chrono::steady_clock::now();
  redis.run(commands, pipeline, must_be_accepted);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  return static_cast<double>(count) / took.count();
}

double redis_codes::use_bare(std::int64_t count, std::size_t pipeline,
                             const std::string& url, int connections,
                             std::size_t batch) const {
  const auto entries = tries(count);
  const auto ends = settles(count);
  const auto chunk = std::max(pipeline, batch);
  std::atomic<std::size_t> next{0};
  const auto took = on_connections(url, connections, [&](pqxx::connection& db) {
    bare_redis redis{port_};
    for (auto from = next.fetch_add(chunk); from < entries.size();
         from = next.fetch_add(chunk)) {
      const auto size = std::min(chunk, entries.size() - from);
      redis.run(std::span{entries}.subspan(from, size), pipeline, must_be_accepted);
      for (std::size_t i = from; i < from + size; i += batch)
        use_raw(db, static_cast<std::int64_t>(i + 1),
                static_cast<std::int64_t>(std::min(i + batch, from + size)));
      redis.run(std::span{ends}.subspan(from, size), pipeline, [](const redisReply&) {});
    }
  });
  return static_cast<double>(count) / took.count();
}

} // namespace tinybook::bench
