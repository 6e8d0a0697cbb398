#include "bench/support/bare_redis.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tinybook::bench {

bare_redis::bare_redis(std::uint16_t port)
    : context_(redisConnect("127.0.0.1", static_cast<int>(port))) {
  if (context_ == nullptr || context_->err != 0)
    throw std::runtime_error("cannot connect to redis");
}

bare_redis::~bare_redis() {
  redisFree(context_);
}

std::string bare_redis::load(const storage::redis::script& script) {
  std::string name;
  run(std::array{std::vector<std::string>{"SCRIPT", "LOAD", std::string{script.text}}}, 1,
      [&](const redisReply& answer) { name.assign(answer.str, answer.len); });
  return name;
}

std::vector<std::string> bare_redis::evalsha(const std::string& name,
                                             const storage::redis::command& command) {
  std::vector<std::string> words{"EVALSHA", name, std::to_string(command.keys.size())};
  words.insert(words.end(), command.keys.begin(), command.keys.end());
  words.insert(words.end(), command.args.begin(), command.args.end());
  return words;
}

void bare_redis::run(std::span<const std::vector<std::string>> commands,
                     std::size_t pipeline,
                     const std::function<void(const redisReply&)>& look) {
  std::vector<const char*> at;
  std::vector<std::size_t> lengths;
  for (std::size_t from = 0; from < commands.size(); from += pipeline) {
    const auto end = std::min(commands.size(), from + pipeline);
    for (auto i = from; i < end; ++i) {
      at.clear();
      lengths.clear();
      for (const auto& word : commands[i]) {
        at.push_back(word.data());
        lengths.push_back(word.size());
      }
      if (redisAppendCommandArgv(context_, static_cast<int>(at.size()), at.data(),
                                 lengths.data())
          != REDIS_OK)
        throw std::runtime_error("cannot write to redis");
    }
    for (auto i = from; i < end; ++i)
      take_one(look);
  }
}

void bare_redis::take_one(const std::function<void(const redisReply&)>& look) {
  void* got = nullptr;
  if (redisGetReply(context_, &got) != REDIS_OK || got == nullptr)
    throw std::runtime_error("redis does not answer");
  auto* answer = static_cast<redisReply*>(got);
  const std::string refused =
      answer->type == REDIS_REPLY_ERROR ? std::string{answer->str, answer->len} : "";
  if (refused.empty())
    look(*answer);
  freeReplyObject(answer);
  if (!refused.empty())
    throw std::runtime_error(refused);
}

} // namespace tinybook::bench
