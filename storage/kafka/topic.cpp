#include "storage/kafka/topic.hpp"

#include "storage/kafka/client.hpp"
#include "storage/kafka/configuration.hpp"
#include "storage/kafka/owned.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <thread>

namespace tinybook::storage::kafka {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

int remaining_ms(steady_clock::time_point deadline) {
  auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
  return static_cast<int>(std::max<milliseconds::rep>(left.count(), 1));
}

/// The cluster's answer about the one topic that it was asked to make.
result<done> outcome_of(rd_kafka_event_t* event, const std::string& topic) {
  const auto* created = rd_kafka_event_CreateTopics_result(event);
  if (created == nullptr || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return failure_from(rd_kafka_event_error(event), "topics cannot be looked after");
  std::size_t count = 0;
  const auto* topics = rd_kafka_CreateTopics_result_topics(created, &count);
  auto code =
      count == 1 ? rd_kafka_topic_result_error(topics[0]) : RD_KAFKA_RESP_ERR_UNKNOWN;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR
      || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    return done{};
  auto why = failure_from(code, "topic \"" + topic + "\" could not be made");
  if (count == 1)
    if (const char* more = rd_kafka_topic_result_error_string(topics[0]))
      why.detail += std::string{" ("} + more + ')';
  return why;
}

/// Done before any query of the topic, which could make a broker create it with its own
/// defaults.
result<done> make_topic(rd_kafka_s* client, const config::kafka_settings& settings,
                        steady_clock::time_point deadline) {
  std::array<char, 256> error{};
  new_topic_ptr wanted{rd_kafka_NewTopic_new(
      settings.topic.c_str(), static_cast<int>(settings.partitions),
      static_cast<int>(settings.replication), error.data(), error.size())};
  if (!wanted)
    return failure{errc::unavailable, std::string{"kafka: "} + error.data()};
  options_ptr options{rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS)};
  auto wait = remaining_ms(deadline);
  rd_kafka_AdminOptions_set_request_timeout(options.get(), wait, error.data(),
                                            error.size());
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), wait, error.data(),
                                              error.size());
  queue_ptr answers{rd_kafka_queue_new(client)};
  std::array<rd_kafka_NewTopic_t*, 1> topics{wanted.get()};
  rd_kafka_CreateTopics(client, topics.data(), topics.size(), options.get(),
                        answers.get());
  event_ptr event{rd_kafka_queue_poll(answers.get(), wait + 500)};
  if (!event)
    return failure{errc::unavailable, "kafka: no broker answers"};
  return outcome_of(event.get(), settings.topic);
}

} // namespace

result<std::int32_t> count_partitions(rd_kafka_s* client, const std::string& topic,
                                      milliseconds bound) {
  topic_ptr handle{rd_kafka_topic_new(client, topic.c_str(), nullptr)};
  if (!handle)
    return failure_from(rd_kafka_last_error(), "topic \"" + topic + '"');
  const rd_kafka_metadata_t* raw = nullptr;
  auto code =
      rd_kafka_metadata(client, 0, handle.get(), &raw, static_cast<int>(bound.count()));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return failure_from(code, "no broker answers");
  metadata_ptr seen{raw};
  if (seen->topic_cnt != 1)
    return failure{errc::unavailable, "kafka: topic \"" + topic + "\" is missing"};
  const auto& told = seen->topics[0];
  if (told.err != RD_KAFKA_RESP_ERR_NO_ERROR || told.partition_cnt == 0)
    return failure_from(told.err, "topic \"" + topic + '"');
  for (int i = 0; i < told.partition_cnt; ++i)
    if (told.partitions[i].leader < 0)
      return failure_from(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
                          "topic \"" + topic + '"');
  return told.partition_cnt;
}

result<std::int32_t> prepare_topic(rd_kafka_s* client,
                                   const config::kafka_settings& settings,
                                   milliseconds bound) {
  auto deadline = steady_clock::now() + bound;
  auto made = make_topic(client, settings, deadline);
  for (;;) {
    auto seen =
        count_partitions(client, settings.topic, milliseconds{remaining_ms(deadline)});
    if (seen)
      return seen;
    // A user who may not make topics may still use an existing one.
    if (!made)
      return made.error();
    if (steady_clock::now() >= deadline)
      return seen;
    std::this_thread::sleep_for(milliseconds{20});
  }
}

namespace {

/// One try; not yet where a partition has no leader that knows of it, as just after a
/// topic was made.
result<done> try_to_remove(rd_kafka_s* client, const std::string& topic,
                           std::int32_t partitions, milliseconds bound) {
  partitions_ptr upto{rd_kafka_topic_partition_list_new(partitions)};
  for (std::int32_t i = 0; i < partitions; ++i)
    rd_kafka_topic_partition_list_add(upto.get(), topic.c_str(), i)->offset =
        RD_KAFKA_OFFSET_END;
  records_ptr wanted{rd_kafka_DeleteRecords_new(upto.get())};
  queue_ptr answers{rd_kafka_queue_new(client)};
  std::array<rd_kafka_DeleteRecords_t*, 1> all{wanted.get()};
  rd_kafka_DeleteRecords(client, all.data(), all.size(), nullptr, answers.get());
  event_ptr event{rd_kafka_queue_poll(answers.get(), static_cast<int>(bound.count()))};
  if (!event)
    return failure{errc::unavailable, "kafka: no broker answers"};
  const auto what = "records of topic \"" + topic + "\" could not be removed";
  const auto* removed = rd_kafka_event_DeleteRecords_result(event.get());
  if (removed == nullptr || rd_kafka_event_error(event.get()) != 0)
    return failure_from(rd_kafka_event_error(event.get()), what);
  const auto* each = rd_kafka_DeleteRecords_result_offsets(removed);
  for (int i = 0; i < each->cnt; ++i)
    if (each->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return failure_from(each->elems[i].err, what);
  return done{};
}

} // namespace

result<done> remove_records(const config::kafka_settings& settings, milliseconds bound) {
  auto configuration = configuration_from(base_settings(settings));
  if (!configuration)
    return configuration.error();
  auto made = client_from(RD_KAFKA_PRODUCER, std::move(*configuration));
  if (!made)
    return made.error();
  const auto deadline = steady_clock::now() + bound;
  const auto partitions = prepare_topic(made->get(), settings, bound);
  if (!partitions)
    return partitions.error();
  for (;;) {
    auto removed = try_to_remove(made->get(), settings.topic, *partitions,
                                 milliseconds{remaining_ms(deadline)});
    if (removed || steady_clock::now() >= deadline)
      return removed;
    std::this_thread::sleep_for(milliseconds{100});
  }
}

} // namespace tinybook::storage::kafka
