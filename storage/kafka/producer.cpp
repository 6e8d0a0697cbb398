#include "storage/kafka/producer.hpp"

#include "storage/kafka/configuration.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace tinybook::storage::kafka {

namespace {

/// How long a message may wait for others to be sent with it.
constexpr std::chrono::milliseconds linger{5};

} // namespace

/// What the library calls from within `poll`.
struct producer_callbacks {
  static void report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto& self = *static_cast<producer*>(opaque);
    --self.in_flight_;
    delivery d{std::bit_cast<std::uint64_t>(message->_private)};
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
      d.outcome = failure_from(message->err, "a message was not delivered");
    self.reports_.push_back(std::move(d));
  }
};

producer::producer(config::kafka_settings settings) : settings_(std::move(settings)) {}

producer::~producer() {
  client_.reset(); // Its last reports still come here.
}

result<std::unique_ptr<producer>> producer::make(config::kafka_settings settings) {
  auto options = base_settings(settings);
  auto timeout = std::to_string(settings.delivery_timeout.count());
  auto lingers = std::min(linger, settings.delivery_timeout / 2);
  // Shorter than the delivery timeout, so that a message lost on a dead connection is
  // sent again on a new one.
  auto request = std::min(settings.delivery_timeout / 2, std::chrono::milliseconds{2000});
  options.insert(options.end(),
                 {
                     {"acks", "all"},
                     {"enable.idempotence", "true"},
                     {"linger.ms", std::to_string(lingers.count())},
                     {"message.timeout.ms", timeout},
                     {"request.timeout.ms", std::to_string(request.count())},
                     {"retry.backoff.ms", "50"},
                     {"queue.buffering.max.messages", "100000"},
                     {"queue.buffering.max.kbytes", "131072"},
                 });
  auto configuration = configuration_from(options);
  if (!configuration)
    return configuration.error();
  std::unique_ptr<producer> made{new producer{std::move(settings)}};
  rd_kafka_conf_set_opaque(configuration->get(), made.get());
  rd_kafka_conf_set_dr_msg_cb(configuration->get(), producer_callbacks::report);
  auto client = client_from(RD_KAFKA_PRODUCER, std::move(*configuration));
  if (!client)
    return client.error();
  made->client_ = std::move(*client);
  return made;
}

result<done> producer::reachable(std::chrono::milliseconds bound) {
  return probe(client_.get(), bound);
}

result<std::int32_t> producer::prepare(std::chrono::milliseconds bound) {
  auto count = prepare_topic(client_.get(), settings_, bound);
  if (count)
    partitions_ = *count;
  return count;
}

result<std::int32_t> producer::refresh_partitions(std::chrono::milliseconds bound) {
  auto count = count_partitions(client_.get(), settings_.topic, bound);
  if (count)
    partitions_ = *count;
  return count;
}

std::int32_t producer::partition_of(std::string_view key) const {
  // FNV-1a: the same on every replica and in every version.
  std::uint32_t hash = 2166136261U;
  for (char c : key)
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return partitions_ <= 1
             ? 0
             : static_cast<std::int32_t>(hash % static_cast<std::uint32_t>(partitions_));
}

result<done> producer::send(std::int32_t partition, std::string_view key,
                            std::string_view payload, std::uint64_t tag) {
  // The library's macros written out, since they use C-style casts. It copies the bytes
  // and does not write to them.
  auto code = rd_kafka_producev(
      client_.get(), RD_KAFKA_VTYPE_TOPIC, settings_.topic.c_str(),
      RD_KAFKA_VTYPE_PARTITION, partition, RD_KAFKA_VTYPE_MSGFLAGS, RD_KAFKA_MSG_F_COPY,
      RD_KAFKA_VTYPE_KEY, key.data(), key.size(), RD_KAFKA_VTYPE_VALUE, payload.data(),
      payload.size(), RD_KAFKA_VTYPE_OPAQUE, std::bit_cast<void*>(tag),
      RD_KAFKA_VTYPE_END);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++in_flight_;
    return done{};
  }
  auto why = failure_from(code, "a message was not taken");
  if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
    why.code = errc::overloaded;
  return why;
}

std::vector<delivery> producer::poll(std::chrono::milliseconds wait) {
  rd_kafka_poll(client_.get(), static_cast<int>(wait.count()));
  return std::exchange(reports_, {});
}

std::optional<failure> producer::fatal() const {
  std::array<char, 256> text{};
  auto code = rd_kafka_fatal_error(client_.get(), text.data(), text.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  return failure_from(code, text.data());
}

} // namespace tinybook::storage::kafka
