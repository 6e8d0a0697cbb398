#include "storage/kafka/consumer.hpp"

#include "storage/kafka/configuration.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace tinybook::storage::kafka {

namespace {

using std::chrono::milliseconds;

struct list_closer {
  void operator()(rd_kafka_topic_partition_list_t* l) const {
    rd_kafka_topic_partition_list_destroy(l);
  }
};
using list_ptr = std::unique_ptr<rd_kafka_topic_partition_list_t, list_closer>;

list_ptr list_for(std::size_t size) {
  return list_ptr{rd_kafka_topic_partition_list_new(static_cast<int>(size))};
}

struct message_closer {
  void operator()(rd_kafka_message_t* m) const { rd_kafka_message_destroy(m); }
};

std::string text_of(const void* bytes, std::size_t length) {
  return length == 0 ? std::string{}
                     : std::string{static_cast<const char*>(bytes), length};
}

client_settings options_of(const config::kafka_settings& settings,
                           const std::string& instance) {
  auto options = base_settings(settings);
  auto session = settings.session_timeout.count();
  options.insert(options.end(),
                 {
                     {"group.id", settings.group},
                     {"group.instance.id", instance},
                     {"partition.assignment.strategy", "range"},
                     {"session.timeout.ms", std::to_string(session)},
                     // Short, so that a rebalance is noticed soon.
                     {"heartbeat.interval.ms", std::to_string(session / 12)},
                     {"enable.auto.offset.store", "false"},
                     {"enable.auto.commit", "true"},
                     {"auto.commit.interval.ms", "500"},
                     // We go back to the earliest ourselves, since we must know of it:
                     // `earliest` would do so silently.
                     {"auto.offset.reset", "error"},
                     {"fetch.wait.max.ms", "500"},
                     {"fetch.error.backoff.ms", "100"},
                     {"queued.max.messages.kbytes", "16384"},
                 });
  return options;
}

} // namespace

/// How a callback finds its consumer, or that it is gone: closing a client may take the
/// library longer than the consumer lives.
struct consumer_link {
  explicit consumer_link(consumer* c) : self(c) {}
  std::atomic<consumer*> self;
};

std::int64_t assigned_partition::lag() const {
  auto from = applied >= 0 ? applied : next;
  return from < 0 || end < 0 ? -1 : std::max<std::int64_t>(end - from, 0);
}

/// What the library calls from within `poll`.
struct consumer_callbacks {
  static void rebalance(rd_kafka_t* client, rd_kafka_resp_err_t what,
                        rd_kafka_topic_partition_list_t* partitions, void* opaque) {
    auto* self = static_cast<consumer_link*>(opaque)->self.load();
    bool assigns = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && self != nullptr;
    rd_kafka_assign(client, assigns ? partitions : nullptr);
    if (assigns)
      self->assigned(partitions);
    else if (self != nullptr)
      self->revoked();
  }
};

consumer::consumer(config::kafka_settings settings, std::string instance)
    : settings_(std::move(settings)),
      instance_(std::move(instance)),
      link_(std::make_shared<consumer_link>(this)) {}

consumer::~consumer() {
  link_->self = nullptr;
  client_.reset();
}

result<std::unique_ptr<consumer>> consumer::make(config::kafka_settings settings,
                                                 std::string instance) {
  auto configuration = configuration_from(options_of(settings, instance));
  if (!configuration)
    return configuration.error();
  std::unique_ptr<consumer> made{new consumer{std::move(settings), std::move(instance)}};
  rd_kafka_conf_set_opaque(configuration->get(), made->link_.get());
  rd_kafka_conf_set_rebalance_cb(configuration->get(), consumer_callbacks::rebalance);
  auto client = client_from(RD_KAFKA_CONSUMER, std::move(*configuration), made->link_);
  if (!client)
    return client.error();
  made->client_ = std::move(*client);
  rd_kafka_poll_set_consumer(made->client_.get());
  return made;
}

result<done> consumer::reachable(milliseconds bound) {
  return probe(client_.get(), bound);
}

result<std::int32_t> consumer::join(milliseconds bound) {
  // Subscribing before the topic exists would cost a wait of two seconds.
  auto count = prepare_topic(client_.get(), settings_, bound);
  if (!count)
    return count;
  auto topics = list_for(1);
  rd_kafka_topic_partition_list_add(topics.get(), settings_.topic.c_str(),
                                    RD_KAFKA_PARTITION_UA);
  auto code = rd_kafka_subscribe(client_.get(), topics.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return failure_from(code, "the group cannot be joined");
  return count;
}

result<std::int32_t> consumer::count(milliseconds bound) {
  return count_partitions(client_.get(), settings_.topic, bound);
}

std::optional<record> consumer::poll(milliseconds wait) {
  if (must_reassign_)
    wait = std::min(wait, milliseconds{20}); // Other partitions may report the same loss.
  std::unique_ptr<rd_kafka_message_t, message_closer> message{
      rd_kafka_consumer_poll(client_.get(), static_cast<int>(wait.count()))};
  if (!message) {
    if (must_reassign_)
      reassign();
    return std::nullopt;
  }
  if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
    lost_offset(message->partition, message->offset >= 0);
  else if (message->err > 0) // From the cluster; the library's own (negative) ones pass.
    trouble_ = failure_from(message->err, "the cluster refuses");
  auto held = assignment_.find(message->partition);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR || held == assignment_.end())
    return std::nullopt;
  held->second.next = message->offset + 1;
  return record{message->partition, message->offset,
                text_of(message->key, message->key_len),
                text_of(message->payload, message->len)};
}

void consumer::acknowledge(std::uint64_t generation, const offsets& behind) {
  if (generation != generation_ || behind.empty())
    return;
  auto list = list_for(behind.size());
  for (const auto& [partition, offset] : behind) {
    auto held = assignment_.find(partition);
    if (held == assignment_.end())
      continue;
    held->second.applied = offset;
    applied_before_[partition] = offset;
    rd_kafka_topic_partition_list_add(list.get(), settings_.topic.c_str(), partition)
        ->offset = offset;
  }
  // Rejected for a partition that was revoked meanwhile, as it should be.
  rd_kafka_offsets_store(client_.get(), list.get());
}

void consumer::pause() {
  paused_ = true;
  for_all([](rd_kafka_s* client, partition_list* all) {
    return static_cast<int>(rd_kafka_pause_partitions(client, all));
  });
}

void consumer::resume() {
  paused_ = false;
  for_all([](rd_kafka_s* client, partition_list* all) {
    return static_cast<int>(rd_kafka_resume_partitions(client, all));
  });
}

std::optional<failure> consumer::trouble() {
  return std::exchange(trouble_, std::nullopt);
}

bool consumer::take_offset_reset() {
  return std::exchange(offset_reset_, false);
}

const std::map<std::int32_t, assigned_partition>& consumer::assignment() {
  for (auto& [partition, held] : assignment_) {
    std::int64_t begin = -1;
    std::int64_t end = -1;
    if (rd_kafka_get_watermark_offsets(client_.get(), settings_.topic.c_str(), partition,
                                       &begin, &end)
            == RD_KAFKA_RESP_ERR_NO_ERROR
        && end >= 0)
      held.end = end;
  }
  return assignment_;
}

std::optional<failure> consumer::fatal() const {
  std::array<char, 256> text{};
  auto code = rd_kafka_fatal_error(client_.get(), text.data(), text.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  auto why = failure_from(code, text.data());
  if (code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
    why.detail = "kafka: another process reads as \"" + instance_ + "\" in group \""
                 + settings_.group + "\": replica.name must differ";
  return why;
}

void consumer::assigned(const partition_list* partitions) {
  ++generation_;
  assignment_.clear();
  for (int i = 0; i < partitions->cnt; ++i)
    assignment_.emplace(partitions->elems[i].partition, assigned_partition{});
  must_reassign_ = false;
  if (paused_)
    pause();
}

void consumer::revoked() {
  ++generation_;
  assignment_.clear();
  must_reassign_ = false;
}

void consumer::lost_offset(std::int32_t partition, bool had_offset) {
  auto held = assignment_.find(partition);
  if (held == assignment_.end())
    return;
  held->second.from_beginning = true;
  held->second.next = -1;
  held->second.applied = -1;
  must_reassign_ = true;
  offset_reset_ = offset_reset_ || had_offset || was_recreated(partition);
}

/// Whether a partition without a committed offset is a new one. The offset may be missing
/// because nothing was applied, or because its commit was lost with a broker; but a
/// partition that is shorter than what was read of it was recreated.
bool consumer::was_recreated(std::int32_t partition) {
  auto applied = applied_before_.find(partition);
  if (applied == applied_before_.end())
    return false;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  auto code = rd_kafka_query_watermark_offsets(client_.get(), settings_.topic.c_str(),
                                               partition, &begin, &end, 1000);
  return code != RD_KAFKA_RESP_ERR_NO_ERROR || end < applied->second;
}

/// Assigns all partitions again, those without an offset from their beginning: the only
/// way to go on with a partition that has reported the loss.
void consumer::reassign() {
  must_reassign_ = false;
  ++generation_;
  auto list = list_for(assignment_.size());
  for (auto& [partition, held] : assignment_) {
    auto* added =
        rd_kafka_topic_partition_list_add(list.get(), settings_.topic.c_str(), partition);
    // What was read and not acknowledged is read again: its acknowledgement is now
    // ignored.
    if (held.applied >= 0)
      added->offset = held.applied;
    else if (held.from_beginning)
      added->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_assign(client_.get(), list.get());
  if (paused_)
    pause();
}

void consumer::for_all(int (*what)(rd_kafka_s*, partition_list*)) {
  auto list = list_for(assignment_.size());
  for (const auto& [partition, held] : assignment_)
    rd_kafka_topic_partition_list_add(list.get(), settings_.topic.c_str(), partition);
  what(client_.get(), list.get());
}

} // namespace tinybook::storage::kafka
