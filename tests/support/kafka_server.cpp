#include "tests/support/kafka_server.hpp"

#include "tests/support/file_content.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/waiting.hpp"

#include <librdkafka/rdkafka.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <spawn.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace tinybook::test {

namespace {

struct closer {
  void operator()(rd_kafka_t* p) const { rd_kafka_destroy(p); }
  void operator()(rd_kafka_queue_t* p) const { rd_kafka_queue_destroy(p); }
  void operator()(rd_kafka_event_t* p) const { rd_kafka_event_destroy(p); }
  void operator()(rd_kafka_topic_partition_list_t* p) const {
    rd_kafka_topic_partition_list_destroy(p);
  }
  void operator()(rd_kafka_DeleteTopic_t* p) const { rd_kafka_DeleteTopic_destroy(p); }
  void operator()(rd_kafka_DeleteRecords_t* p) const {
    rd_kafka_DeleteRecords_destroy(p);
  }
  void operator()(rd_kafka_AdminOptions_t* p) const { rd_kafka_AdminOptions_destroy(p); }
  void operator()(rd_kafka_NewTopic_t* p) const { rd_kafka_NewTopic_destroy(p); }
  void operator()(rd_kafka_AclBinding_t* p) const { rd_kafka_AclBinding_destroy(p); }
};
template <class T>
using owned = std::unique_ptr<T, closer>;

/// A client of one operation.
class admin {
 public:
  explicit admin(const std::string& broker) {
    std::array<char, 256> error{};
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", broker.c_str(), error.data(),
                      error.size());
    client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size()));
    queue_.reset(rd_kafka_queue_new(client_.get()));
  }

  [[nodiscard]] rd_kafka_t* client() const { return client_.get(); }
  [[nodiscard]] rd_kafka_queue_t* queue() const { return queue_.get(); }

  /// Waits for the result of the operation.
  owned<rd_kafka_event_t> finish(const char* what) {
    owned<rd_kafka_event_t> event{rd_kafka_queue_poll(queue_.get(), 10'000)};
    if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error(
          std::string{what} + " failed: "
          + (event ? rd_kafka_event_error_string(event.get()) : "no answer"));
    return event;
  }

 private:
  owned<rd_kafka_t> client_;
  owned<rd_kafka_queue_t> queue_;
};

} // namespace

using namespace std::chrono_literals;

kafka_server::kafka_server(options o)
    : options_(std::move(o)), port_(free_port()), controller_port_(free_port()) {
  if (!options_.started)
    return;
  start_on_free_port([this] {
    port_ = free_port();
    controller_port_ = free_port();
    start();
  });
}

kafka_server::~kafka_server() {
  kill_hard();
}

std::filesystem::path kafka_server::home() {
  const char* cache = std::getenv("XDG_CACHE_HOME"); // NOLINT(concurrency-mt-unsafe)
  const char* user = std::getenv("HOME");            // NOLINT(concurrency-mt-unsafe)
  auto base = cache != nullptr && *cache != '\0'
                  ? std::filesystem::path{cache}
                  : std::filesystem::path{user == nullptr ? "/" : user} / ".cache";
  return base / "tinybook" / "kafka";
}

void kafka_server::start() {
  auto program = home() / "run.sh";
  if (!std::filesystem::exists(program))
    throw std::runtime_error("no Kafka to start: run scripts/prepare-kafka.sh first");
  ++starts_;
  std::vector<std::string> words{program.string(), folder_.path().string(),
                                 std::to_string(port_), std::to_string(controller_port_)};
  words.insert(words.end(), options_.settings.begin(), options_.settings.end());
  std::vector<char*> argv;
  for (auto& w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  auto advertised = options_.advertised_port == 0 ? port_ : options_.advertised_port;
  std::vector<std::string> variables{"ADVERTISED_PORT=" + std::to_string(advertised)};
  for (char** one = environ; *one != nullptr; ++one)
    variables.emplace_back(*one);
  std::vector<char*> envp;
  for (auto& v : variables)
    envp.push_back(v.data());
  envp.push_back(nullptr);

  auto log_file = folder_.path() / ("out-" + std::to_string(starts_) + ".log");
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log_file.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  auto failed =
      ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0)
    throw std::runtime_error("cannot start " + program.string());

  const auto started = wait_until(60s, [this] {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw server_ended("the broker ended at once: " + log());
    }
    return log().find("Kafka Server started") != std::string::npos;
  });
  if (!started)
    throw std::runtime_error("the broker did not start: " + log());
}

std::string kafka_server::log() const {
  return content_of(folder_.path() / ("out-" + std::to_string(starts_) + ".log"));
}

namespace {

/// Asks whether a topic may be made, without making it.
bool may_make_topics(const std::string& broker) {
  admin a{broker};
  std::array<char, 256> error{};
  owned<rd_kafka_AdminOptions_t> options{
      rd_kafka_AdminOptions_new(a.client(), RD_KAFKA_ADMIN_OP_CREATETOPICS)};
  rd_kafka_AdminOptions_set_validate_only(options.get(), 1, error.data(), error.size());
  owned<rd_kafka_NewTopic_t> topic{
      rd_kafka_NewTopic_new("forbidden", 1, 1, error.data(), error.size())};
  std::array<rd_kafka_NewTopic_t*, 1> topics{topic.get()};
  rd_kafka_CreateTopics(a.client(), topics.data(), topics.size(), options.get(),
                        a.queue());
  auto event = a.finish("asking for a topic");
  std::size_t count = 0;
  const auto* results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event.get()), &count);
  return rd_kafka_topic_result_error(results[0]) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

} // namespace

void kafka_server::delete_topic(const std::string& name) {
  admin a{address()};
  owned<rd_kafka_DeleteTopic_t> topic{rd_kafka_DeleteTopic_new(name.c_str())};
  std::array<rd_kafka_DeleteTopic_t*, 1> topics{topic.get()};
  rd_kafka_DeleteTopics(a.client(), topics.data(), topics.size(), nullptr, a.queue());
  a.finish("deleting a topic");
}

void kafka_server::drop_records(const std::string& topic, std::int32_t partition,
                                std::int64_t offset) {
  admin a{address()};
  owned<rd_kafka_topic_partition_list_t> list{rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset =
      offset;
  owned<rd_kafka_DeleteRecords_t> records{rd_kafka_DeleteRecords_new(list.get())};
  std::array<rd_kafka_DeleteRecords_t*, 1> all{records.get()};
  rd_kafka_DeleteRecords(a.client(), all.data(), all.size(), nullptr, a.queue());
  a.finish("deleting records");
}

std::vector<std::string> kafka_server::with_access_control() {
  return {"authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
          "allow.everyone.if.no.acl.found=true"};
}

void kafka_server::forbid_new_topics() {
  admin a{address()};
  std::array<owned<rd_kafka_AclBinding_t>, 4> rules;
  auto rule = [&](std::size_t i, rd_kafka_ResourceType_t on, const char* name,
                  rd_kafka_AclOperation_t what, rd_kafka_AclPermissionType_t how) {
    std::array<char, 256> error{};
    rules.at(i).reset(rd_kafka_AclBinding_new(on, name, RD_KAFKA_RESOURCE_PATTERN_LITERAL,
                                              "User:ANONYMOUS", "*", what, how,
                                              error.data(), error.size()));
    if (!rules.at(i))
      throw std::runtime_error(error.data());
  };
  // Allow everything else first: with any rule at all the rest is forbidden.
  rule(0, RD_KAFKA_RESOURCE_BROKER, "kafka-cluster", RD_KAFKA_ACL_OPERATION_ALL,
       RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW);
  rule(1, RD_KAFKA_RESOURCE_TOPIC, "*", RD_KAFKA_ACL_OPERATION_ALL,
       RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW);
  rule(2, RD_KAFKA_RESOURCE_BROKER, "kafka-cluster", RD_KAFKA_ACL_OPERATION_CREATE,
       RD_KAFKA_ACL_PERMISSION_TYPE_DENY);
  rule(3, RD_KAFKA_RESOURCE_TOPIC, "*", RD_KAFKA_ACL_OPERATION_CREATE,
       RD_KAFKA_ACL_PERMISSION_TYPE_DENY);
  std::array<rd_kafka_AclBinding_t*, 4> all{};
  for (std::size_t i = 0; i < all.size(); ++i)
    all.at(i) = rules.at(i).get();
  rd_kafka_CreateAcls(a.client(), all.data(), all.size(), nullptr, a.queue());
  auto event = a.finish("making rules of access");
  std::size_t count = 0;
  const auto* results = rd_kafka_CreateAcls_result_acls(
      rd_kafka_event_CreateAcls_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i)
    if (const auto* error = rd_kafka_acl_result_error(results[i]))
      throw std::runtime_error(rd_kafka_error_string(error));
  // The broker needs a moment to apply the rules.
  for (int i = 0; may_make_topics(address()); ++i)
    if (i > 1000)
      throw std::runtime_error("topics may still be made");
}
} // namespace tinybook::test
