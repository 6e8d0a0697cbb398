#include "storage/redis/connection.hpp"

#include "storage/redis/errors.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

namespace tinybook::storage::redis {

namespace {

using reply_ptr = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

timeval to_timeval(std::chrono::milliseconds time) {
  timeval t{};
  t.tv_sec = time.count() / 1000;
  t.tv_usec = (time.count() % 1000) * 1000;
  return t;
}

value to_value(const redisReply& reply) {
  switch (reply.type) {
  case REDIS_REPLY_INTEGER:
    return {std::int64_t{reply.integer}};
  case REDIS_REPLY_STRING:
  case REDIS_REPLY_STATUS:
  case REDIS_REPLY_ERROR:
    return {std::string{reply.str, static_cast<std::size_t>(reply.len)}};
  case REDIS_REPLY_ARRAY: {
    std::vector<value> items;
    items.reserve(reply.elements);
    for (std::size_t i = 0; i < reply.elements; ++i)
      items.push_back(to_value(*reply.element[i]));
    return {std::move(items)};
  }
  default:
    return {};
  }
}

failure unavailable(std::string why) {
  failure f{errc::unavailable, "redis: " + std::move(why)};
  f.retry_after = retry_soon;
  return f;
}

} // namespace

connection::~connection() {
  if (context_ != nullptr)
    redisFree(context_);
}

result<std::unique_ptr<connection>>
connection::open(const config::redis_settings& settings) {
  auto made = open_any(settings);
  if (!made)
    return made;
  auto seen = (*made)->look();
  if (!seen)
    return std::move(seen.error());
  if (auto why = unfit(*seen))
    return std::move(*why);
  return made;
}

result<std::unique_ptr<connection>>
connection::open_any(const config::redis_settings& settings) {
  auto* context = redisConnectWithTimeout(settings.host.c_str(), settings.port,
                                          to_timeval(settings.connect_timeout));
  if (context == nullptr)
    return unavailable("no memory for a connection");
  std::unique_ptr<connection> made{new connection{context}};
  if (context->err != 0)
    return unavailable(std::string{"cannot connect: "} + context->errstr);
  if (redisSetTimeout(context, to_timeval(settings.timeout)) != REDIS_OK)
    return unavailable("cannot set a timeout");
  if (auto in = made->log_in(settings); !in)
    return std::move(in.error());
  return made;
}

result<done> connection::log_in(const config::redis_settings& settings) {
  if (!settings.password.empty()) {
    std::vector<std::string> words{"AUTH"};
    if (!settings.username.empty())
      words.push_back(settings.username);
    words.push_back(settings.password);
    auto in = ask(words);
    if (!in && in.error().code != errc::unavailable)
      return failure{errc::wrong_state,
                     "redis: the log-in is refused: look at redis.username and "
                     "redis.password"};
    if (!in)
      return std::move(in.error());
  }
  if (settings.database == 0)
    return done{};
  auto selected = ask({"SELECT", std::to_string(settings.database)});
  if (!selected && selected.error().code == errc::internal)
    return failure{errc::wrong_state,
                   "redis: there is no such database: look at redis.database"};
  return as_done(selected);
}

result<server_facts> connection::look() {
  auto info = ask({"INFO"});
  if (!info && info.error().code == errc::wrong_state)
    return failure{errc::wrong_state,
                   "redis: the user may not look at the server (INFO): look at "
                   "redis.username and redis.password"};
  if (!info)
    return std::move(info.error());
  return read_info(info->text());
}

result<value> connection::ask(const std::vector<std::string>& words) {
  append({words.begin(), words.end()});
  return read(words.front());
}

void connection::append(const std::vector<std::string_view>& words) {
  std::vector<const char*> starts(words.size());
  std::vector<std::size_t> sizes(words.size());
  std::ranges::transform(words, starts.begin(), &std::string_view::data);
  std::ranges::transform(words, sizes.begin(), &std::string_view::size);
  if (redisAppendCommandArgv(context_, static_cast<int>(words.size()), starts.data(),
                             sizes.data())
      != REDIS_OK)
    static_cast<void>(lost());
}

failure connection::lost() {
  if (context_ == nullptr)
    return unavailable("the connection is lost");
  bool late = context_->err == REDIS_ERR_IO && errno == EAGAIN;
  auto why = late ? std::string{"no answer in time"}
                  : std::string{"the connection is lost: "} + context_->errstr;
  redisFree(std::exchange(context_, nullptr));
  return unavailable(std::move(why));
}

result<value> connection::read(std::string_view what) {
  void* raw = nullptr;
  if (context_ == nullptr || redisGetReply(context_, &raw) != REDIS_OK)
    return lost();
  reply_ptr reply{static_cast<redisReply*>(raw), &freeReplyObject};
  if (reply->type != REDIS_REPLY_ERROR)
    return to_value(*reply);
  std::string_view error{reply->str, static_cast<std::size_t>(reply->len)};
  // `errc::none` marks it for the caller, which loads the script and repeats.
  if (is_unknown_script(error))
    return failure{errc::none};
  return to_failure(error, what);
}

std::vector<result<value>> connection::run(std::span<const command> commands) {
  answers all(commands.size(), result<value>{unavailable("the connection is lost")});
  std::vector<std::size_t> which(commands.size());
  for (std::size_t i = 0; i < which.size(); ++i)
    which[i] = i;
  auto unknown = run_some(commands, which, all);
  if (unknown.empty())
    return all;
  names_.clear();
  for (auto i : run_some(commands, unknown, all))
    all[i] = failure{errc::internal, "redis: a script is forgotten as soon as loaded"};
  return all;
}

void connection::load_scripts(std::span<const command> commands,
                              const std::vector<std::size_t>& which) {
  std::vector<const script*> missing;
  for (auto i : which) {
    const auto* one = commands[i].script;
    if (!names_.contains(one) && std::ranges::find(missing, one) == missing.end())
      missing.push_back(one);
  }
  for (const auto* one : missing)
    if (context_ != nullptr)
      append({"SCRIPT", "LOAD", one->text});
  for (const auto* one : missing)
    if (auto name = read(one->name))
      names_[one] = name->text();
}

std::vector<std::size_t> connection::run_some(std::span<const command> commands,
                                              const std::vector<std::size_t>& which,
                                              answers& into) {
  load_scripts(commands, which);
  std::vector<std::string_view> words;
  for (auto i : which) {
    const auto& c = commands[i];
    if (context_ == nullptr)
      return {};
    auto name = names_.find(c.script);
    auto key_count = std::to_string(c.keys.size());
    // A script that could not be loaded fails again here, with its own error.
    words = {name == names_.end() ? "EVAL" : "EVALSHA",
             name == names_.end() ? c.script->text : std::string_view{name->second},
             key_count};
    words.insert(words.end(), c.keys.begin(), c.keys.end());
    words.insert(words.end(), c.args.begin(), c.args.end());
    append(words);
  }
  std::vector<std::size_t> unknown;
  for (auto i : which) {
    into[i] = read(commands[i].script->name);
    if (!into[i] && into[i].error().code == errc::none)
      unknown.push_back(i);
  }
  return unknown;
}

} // namespace tinybook::storage::redis
