#include "config/value_text.hpp"
#include "http/commands/doctor/back_ends.hpp"
#include "http/commands/doctor/words.hpp"
#include "http/text_tools.hpp"

#include <chrono>

namespace tinybook::http::doctor {

namespace {

using kafka_topic = storage::kafka::topic_facts;

findings judge_retention(const kafka_topic& f) {
  const auto policy = setting(f.settings, "cleanup.policy");
  if (policy.find("compact") != std::string::npos)
    return {error("kafka.cleanup", "cleanup.policy is " + policy,
                  "Set it to delete: heartbeats have no key, and a compacted topic "
                  "refuses them.")};
  const auto kept = number_setting(f.settings, "retention.ms");
  if (kept && *kept < 0)
    return {note("kafka.cleanup", "records are kept for ever",
                 "Set retention.ms, such as 7 days: what the boards have is not read "
                 "again.")};
  if (kept && std::chrono::milliseconds{*kept} < std::chrono::hours{1})
    return {warning("kafka.cleanup",
                    "records are kept for "
                        + config::format_duration(std::chrono::milliseconds{*kept}),
                    "Set retention.ms to a day or more: after a longer outage the boards "
                    "have to be built anew.")};
  return {fine("kafka.cleanup",
               policy.empty() ? "may not be seen"
                              : policy
                                    + (kept ? " after "
                                                  + config::format_duration(
                                                      std::chrono::milliseconds{*kept})
                                            : ""))};
}

findings judge_copies(const kafka_topic& f) {
  const auto least = number_setting(f.settings, "min.insync.replicas").value_or(1);
  const auto told = fill_in("{} {copy|copies}, min.insync.replicas {}",
                            {std::to_string(f.copies), std::to_string(least)});
  if (f.leaderless > 0)
    return {error("kafka.copies",
                  fill_in("{} {partition has|partitions have} no leader",
                          {std::to_string(f.leaderless)}),
                  "Bring the brokers back.")};
  if (least > f.copies)
    return {error("kafka.copies", told,
                  "Lower min.insync.replicas, or add copies: nothing can be written.")};
  if (least > f.copies_in_sync)
    return {error("kafka.copies", told + ", in sync " + std::to_string(f.copies_in_sync),
                  "Bring the missing brokers back: nothing can be written.")};
  if (f.copies == 1 && f.brokers > 1)
    return {
        warning("kafka.copies", told,
                "Give the topic three copies: with one, a broker's outage stops it.")};
  if (least == 1 && f.copies > 2)
    return {note("kafka.copies", told,
                 "Set min.insync.replicas to 2: with 1 a write may stand on one broker "
                 "alone.")};
  if (least == f.copies && f.copies > 1)
    return {warning("kafka.copies", told,
                    "Lower min.insync.replicas by one: each broker's outage stops the "
                    "topic.")};
  return {fine("kafka.copies", told)};
}

findings judge_topic(const kafka_topic& f, const config::kafka_settings& s) {
  const auto name = "\"" + s.topic + '"';
  if (!f.there && static_cast<int>(s.replication) > f.brokers)
    return {error("kafka.topic",
                  name + " is not there, and kafka.replication is "
                      + std::to_string(s.replication) + " with "
                      + std::to_string(f.brokers)
                      + (f.brokers == 1 ? " broker" : " brokers"),
                  "Lower kafka.replication, or add brokers.")};
  if (!f.there)
    return {note("kafka.topic",
                 name + " is not there, or may not be seen: the start makes it",
                 "Where tinybook may not make topics, make it by hand.")};
  const auto told = name + ", " + std::to_string(f.partitions)
                    + (f.partitions == 1 ? " partition" : " partitions");
  if (f.partitions != static_cast<int>(s.partitions))
    return {note("kafka.topic", told + "; kafka.partitions is "
                                    + std::to_string(s.partitions)
                                    + ", which holds for a new topic only")};
  return {fine("kafka.topic", told)};
}

} // namespace

findings judge_kafka(const kafka_topic& topic, const config::settings& s) {
  findings out{fine("kafka.server",
                    std::to_string(topic.brokers)
                        + (topic.brokers == 1 ? " broker" : " brokers")
                        + (topic.version.empty() ? "" : ", protocol " + topic.version))};
  append(out, judge_topic(topic, s.kafka));
  if (!topic.there)
    return out;
  append(out, judge_copies(topic));
  append(out, judge_retention(topic));
  return out;
}

} // namespace tinybook::http::doctor
