#include "storage/kafka/topic_facts.hpp"

#include "storage/kafka/client.hpp"
#include "storage/kafka/configuration.hpp"
#include "storage/kafka/owned.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace tinybook::storage::kafka {

namespace {

using std::chrono::milliseconds;
using resource_ptr = owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;

/// The metadata of all topics: a question about one could make it.
result<done> read_metadata(rd_kafka_s* client, const std::string& topic,
                           milliseconds bound, topic_facts& into,
                           std::int32_t& some_broker) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code =
      rd_kafka_metadata(client, 1, nullptr, &raw, static_cast<int>(bound.count()));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return failure_from(code, "no broker answers");
  const metadata_ptr seen{raw};
  into.brokers = seen->broker_cnt;
  if (seen->broker_cnt > 0)
    some_broker = seen->brokers[0].id;
  for (int i = 0; i < seen->topic_cnt; ++i) {
    const auto& one = seen->topics[i];
    if (topic != one.topic || one.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      continue;
    into.there = true;
    into.partitions = one.partition_cnt;
    for (int p = 0; p < one.partition_cnt; ++p) {
      const auto& part = one.partitions[p];
      into.leaderless += part.leader < 0 ? 1 : 0;
      into.copies = p == 0 ? part.replica_cnt : std::min(into.copies, part.replica_cnt);
      into.copies_in_sync =
          p == 0 ? part.isr_cnt : std::min(into.copies_in_sync, part.isr_cnt);
    }
  }
  return done{};
}

std::map<std::string, std::string> settings_in(const rd_kafka_ConfigResource_t* of) {
  std::map<std::string, std::string> out;
  if (rd_kafka_ConfigResource_error(of) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return out;
  std::size_t count = 0;
  const auto* const* entries = rd_kafka_ConfigResource_configs(of, &count);
  for (std::size_t i = 0; i < count; ++i)
    if (const char* value = rd_kafka_ConfigEntry_value(entries[i]))
      out[rd_kafka_ConfigEntry_name(entries[i])] = value;
  return out;
}

/// Empty where it may not be seen, or none answers.
std::map<std::string, std::string> settings_of(rd_kafka_s* client,
                                               rd_kafka_ResourceType_t kind,
                                               const std::string& name,
                                               milliseconds bound) {
  const resource_ptr asked{rd_kafka_ConfigResource_new(kind, name.c_str())};
  const options_ptr options{
      rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS)};
  std::array<char, 256> error{};
  const auto wait = static_cast<int>(bound.count());
  rd_kafka_AdminOptions_set_request_timeout(options.get(), wait, error.data(),
                                            error.size());
  const queue_ptr answers{rd_kafka_queue_new(client)};
  std::array<rd_kafka_ConfigResource_t*, 1> resources{asked.get()};
  rd_kafka_DescribeConfigs(client, resources.data(), resources.size(), options.get(),
                           answers.get());
  const event_ptr event{rd_kafka_queue_poll(answers.get(), wait)};
  if (!event)
    return {};
  const auto* described = rd_kafka_event_DescribeConfigs_result(event.get());
  if (described == nullptr)
    return {};
  std::size_t count = 0;
  const auto* const* found = rd_kafka_DescribeConfigs_result_resources(described, &count);
  return count == 0 ? std::map<std::string, std::string>{} : settings_in(found[0]);
}

/// `3.9-IV0` is of 3.9.
std::string version_in(const std::map<std::string, std::string>& broker) {
  const auto found = broker.find("inter.broker.protocol.version");
  return found == broker.end() ? std::string{}
                               : found->second.substr(0, found->second.find('-'));
}

} // namespace

result<topic_facts> look_at_topic(const config::kafka_settings& settings,
                                  milliseconds bound) {
  auto configuration = configuration_from(base_settings(settings));
  if (!configuration)
    return std::move(configuration.error());
  auto client = client_from(RD_KAFKA_PRODUCER, std::move(*configuration));
  if (!client)
    return std::move(client.error());
  topic_facts out;
  std::int32_t broker = -1;
  if (auto seen = read_metadata(client->get(), settings.topic, bound, out, broker); !seen)
    return std::move(seen.error());
  out.version = version_in(settings_of(client->get(), RD_KAFKA_RESOURCE_BROKER,
                                       std::to_string(broker), bound));
  if (out.there)
    out.settings =
        settings_of(client->get(), RD_KAFKA_RESOURCE_TOPIC, settings.topic, bound);
  return out;
}

} // namespace tinybook::storage::kafka
