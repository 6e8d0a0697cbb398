#include "tests/support/redis_server.hpp"

#include "tests/support/free_port.hpp"
#include "tests/support/waiting.hpp"

#include <hiredis/hiredis.h>
#include <sys/wait.h>

#include <filesystem>
#include <memory>
#include <spawn.h>
#include <stdexcept>
#include <unistd.h>

namespace tinybook::test {

namespace {

using namespace std::chrono_literals;

constexpr const char* redis_program = "redis-server";

std::string text_of(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER)
    return std::to_string(reply.integer);
  std::string text{reply.str == nullptr ? "" : reply.str,
                   reply.str == nullptr ? std::size_t{0} : std::size_t(reply.len)};
  for (std::size_t i = 0; i < reply.elements; ++i)
    text += text_of(*reply.element[i]) + '\n';
  return text;
}

using context_ptr = std::unique_ptr<redisContext, decltype(&redisFree)>;

std::string run(redisContext* context, const std::vector<std::string>& words) {
  std::vector<const char*> starts;
  std::vector<std::size_t> sizes;
  for (const auto& w : words) {
    starts.push_back(w.data());
    sizes.push_back(w.size());
  }
  std::unique_ptr<redisReply, decltype(&freeReplyObject)> reply{
      static_cast<redisReply*>(redisCommandArgv(context, static_cast<int>(words.size()),
                                                starts.data(), sizes.data())),
      &freeReplyObject};
  if (reply == nullptr || reply->type == REDIS_REPLY_ERROR)
    throw std::runtime_error(
        words.front() + " failed: " + (reply == nullptr ? context->errstr : reply->str));
  return text_of(*reply);
}

} // namespace

redis_server::redis_server(options o) : options_(std::move(o)) {
  try {
    start_on_free_port([this] {
      port_ = free_port();
      start();
    });
  } catch (...) {
    kill_hard();
    throw;
  }
}

redis_server::~redis_server() {
  kill_hard();
}

bool redis_server::installed() {
  for (const auto* folder : {"/usr/bin/", "/usr/local/bin/", "/bin/"})
    if (::access((std::string{folder} + redis_program).c_str(), X_OK) == 0)
      return true;
  return false;
}

void redis_server::start() {
  std::vector<std::string> words{redis_program,
                                 "--port",
                                 std::to_string(port_),
                                 "--bind",
                                 "127.0.0.1",
                                 "--dir",
                                 folder_.path().string(),
                                 "--logfile",
                                 "redis.log",
                                 "--save",
                                 ""};
  if (options_.persistent)
    words.insert(words.end(), {"--appendonly", "yes", "--appendfsync", "always"});
  if (!options_.password.empty())
    words.insert(words.end(), {"--requirepass", options_.password});
  words.insert(words.end(), options_.words.begin(), options_.words.end());
  std::vector<char*> argv;
  for (auto& w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  if (::posix_spawnp(&pid_, redis_program, nullptr, nullptr, argv.data(), environ) != 0)
    throw std::runtime_error("cannot start redis-server");
  if (!wait_until(10s, [this] { return answers(); }))
    throw std::runtime_error("redis-server does not answer");
}

void redis_server::flush() {
  command({"FLUSHALL"});
}

std::string redis_server::command(const std::vector<std::string>& words) {
  timeval timeout{5, 0};
  context_ptr context{redisConnectWithTimeout("127.0.0.1", port_, timeout), &redisFree};
  if (context == nullptr || context->err != 0)
    throw std::runtime_error("cannot connect to redis-server");
  redisSetTimeout(context.get(), timeout);
  if (!options_.password.empty())
    run(context.get(), {"AUTH", options_.password});
  return run(context.get(), words);
}

bool redis_server::answers() {
  try {
    // Our own one, not another one that was faster to take the port.
    return command({"INFO", "server"}).find("process_id:" + std::to_string(pid_) + "\r")
           != std::string::npos;
  } catch (const std::runtime_error&) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw server_ended("redis-server ended at once");
    }
    return false;
  }
}

} // namespace tinybook::test
