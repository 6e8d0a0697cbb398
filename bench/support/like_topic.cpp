#include "bench/support/like_topic.hpp"

#include "actors/ranking/redis_board_codec.hpp"
#include "actors/ranking/redis_board_scripts.hpp"
#include "bench/support/bare_redis.hpp"
#include "config/loader.hpp"
#include "storage/kafka/producer.hpp"
#include "storage/like_event_json.hpp"
#include "storage/types.hpp"

#include <hiredis/hiredis.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace tinybook::bench {

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

struct message_closer {
  void operator()(rd_kafka_message_t* m) const { rd_kafka_message_destroy(m); }
};
using message_ptr = std::unique_ptr<rd_kafka_message_t, message_closer>;

struct consumer_closer {
  void operator()(rd_kafka_t* c) const {
    rd_kafka_consumer_close(c);
    rd_kafka_destroy(c);
  }
};
using consumer_ptr = std::unique_ptr<rd_kafka_t, consumer_closer>;

consumer_ptr subscribe(const bare_ingest& how) {
  auto* conf = rd_kafka_conf_new();
  std::array<char, 512> error{};
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"bootstrap.servers", how.brokers.front()},
           {"group.id", how.group},
           {"auto.offset.reset", "earliest"}})
    rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size());
  consumer_ptr out{rd_kafka_new(RD_KAFKA_CONSUMER, conf, error.data(), error.size())};
  if (!out)
    throw std::runtime_error(error.data());
  rd_kafka_poll_set_consumer(out.get());
  auto* topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, how.topic.c_str(), RD_KAFKA_PARTITION_UA);
  const auto code = rd_kafka_subscribe(out.get(), topics);
  rd_kafka_topic_partition_list_destroy(topics);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error(rd_kafka_err2str(code));
  return out;
}

/// Reads `most` events; throws if they do not come in time.
std::vector<article_event> gather(rd_kafka_t* consumer, std::size_t most) {
  const auto deadline = clock_type::now() + 1min;
  std::vector<article_event> out;
  while (out.size() < most) {
    if (clock_type::now() > deadline)
      throw std::runtime_error("bare: the events do not come");
    const message_ptr message{rd_kafka_consumer_poll(consumer, 100)};
    // A message without a key is a heartbeat of the product that runs in parallel.
    if (!message || message->err != RD_KAFKA_RESP_ERR_NO_ERROR || message->key_len == 0)
      continue;
    auto event = decode_event({static_cast<const char*>(message->payload), message->len});
    if (!event)
      throw std::runtime_error("bare: not an event");
    out.push_back(std::move(*event));
  }
  return out;
}

std::string text_of(const redisReply& answer) {
  return answer.type == REDIS_REPLY_INTEGER ? std::to_string(answer.integer)
                                            : std::string{answer.str, answer.len};
}

} // namespace

std::vector<article_event> likes(std::int64_t count, std::int64_t articles,
                                 std::int32_t today) {
  std::vector<article_event> out;
  out.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    article_event e;
    e.biz = "article";
    e.id = 1 + i % articles;
    e.ver = 1 + i / articles;
    e.cnt = e.ver;
    e.published = true;
    e.title = "Article number " + std::to_string(e.id);
    e.author_id = e.id;
    e.author_name = "Ann";
    e.day = today;
    e.day_cnt = e.cnt;
    e.day_ver = e.ver;
    out.push_back(std::move(e));
  }
  return out;
}

void publish(const std::vector<std::string>& brokers, const std::string& topic,
             const std::vector<article_event>& events) {
  auto kafka = config::defaults().kafka;
  kafka.brokers = brokers;
  kafka.topic = topic;
  kafka.partitions = like_partitions;
  kafka.delivery_timeout = 30s;
  auto made = storage::kafka::producer::make(std::move(kafka));
  if (!made)
    throw std::runtime_error(made.error().detail);
  auto& producer = **made;
  if (auto there = producer.prepare(30s); !there)
    throw std::runtime_error(there.error().detail);
  const auto take_reports = [&] {
    for (const auto& report : producer.poll(10ms))
      if (!report.outcome)
        throw std::runtime_error(report.outcome.error().detail);
  };
  for (const auto& event : events) {
    const auto key = key_of(event);
    for (;;) {
      auto sent = producer.send(producer.partition_of(key), key, encode_event(event), 0);
      if (sent)
        break;
      if (sent.error().code != errc::overloaded)
        throw std::runtime_error(sent.error().detail);
      take_reports();
    }
  }
  while (producer.in_flight() > 0)
    take_reports();
}

double ingest_bare(const bare_ingest& how, std::int64_t total) {
  bare_redis redis{how.redis_port};
  const auto name = redis.load(redis_board_scripts::apply);
  const auto consumer = subscribe(how);
  apply_to_boards batch;
  batch.today = how.today;
  std::int64_t applied = 0;
  std::int64_t first = 0;
  clock_type::time_point began{};
  for (std::int64_t done_with = 0; done_with < total;) {
    const auto events = gather(
        consumer.get(), std::min(how.batch, static_cast<std::size_t>(total - done_with)));
    for (std::span left{events}; !left.empty();) {
      const auto now = left.first(std::min(left.size(), how.script_events));
      left = left.subspan(now.size());
      redis.run(
          std::array{bare_redis::evalsha(name, {&redis_board_scripts::apply,
                                                {how.board},
                                                apply_args(batch, now, left.empty())})},
          1, [&](const redisReply& answer) {
            if (answer.type == REDIS_REPLY_ARRAY && answer.elements == 3)
              applied += answer.element[0]->integer;
          });
    }
    done_with += std::ssize(events);
    if (first == 0) {
      first = done_with;
      began = clock_type::now();
    }
  }
  const std::chrono::duration<double> took = clock_type::now() - began;
  if (applied != total)
    throw std::runtime_error("bare: not every event was applied");
  return static_cast<double>(total - first) / took.count();
}

void begin_boards(std::uint16_t redis_port, const std::string& board) {
  using s = redis_board_scripts;
  bare_redis redis{redis_port};
  const auto now = std::to_string(to_unix_ms(system_now()));
  std::string epoch;
  std::string finished;
  redis.run(std::array{bare_redis::evalsha(
                redis.load(s::begin), {&s::begin, {board}, {"bench", "cold", "60000"}})},
            1, [&](const redisReply& answer) { epoch = text_of(answer); });
  redis.run(std::array{bare_redis::evalsha(redis.load(s::finish),
                                           {&s::finish, {board}, {"bench", epoch, now}})},
            1, [&](const redisReply& answer) { finished = text_of(answer); });
  if (finished != "1")
    throw std::runtime_error("the boards cannot be made");
}

} // namespace tinybook::bench
