#pragma once

#include "tests/support/spawned_server.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tinybook::test {

/// A real Kafka broker on free ports of 127.0.0.1, in a temporary folder of its own;
/// killed with this object. Every function returns when it is done (a broker that is
/// started answers) and throws `std::runtime_error` where it cannot be.
class kafka_server : public spawned_server {
 public:
  struct options {
    /// More of its configuration: `{"num.partitions=2"}`.
    std::vector<std::string> settings{};
    /// Where clients are told to connect, for a proxy in between; 0 = to itself.
    std::uint16_t advertised_port = 0;
    bool started = true;
  };

  kafka_server() : kafka_server(options{}) {}
  explicit kafka_server(options o);
  ~kafka_server();

  /// Where scripts/prepare-kafka.sh puts what is started here.
  [[nodiscard]] static std::filesystem::path home();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(port_);
  }
  /// For the configuration of a client.
  [[nodiscard]] std::vector<std::string> brokers() const { return {address()}; }

  /// Again on the same port, with its data.
  void start();
  void restart() {
    stop();
    start();
  }

  void delete_topic(const std::string& name);
  /// Deletes the records in front of `offset`, as retention does.
  void drop_records(const std::string& topic, std::int32_t partition,
                    std::int64_t offset);

  /// Settings under which `forbid_new_topics` works.
  [[nodiscard]] static std::vector<std::string> with_access_control();
  /// From now on nobody may make topics.
  void forbid_new_topics();

 private:
  [[nodiscard]] std::string log() const;

  options options_;
  temporary_folder folder_;
  std::uint16_t port_ = 0;
  std::uint16_t controller_port_ = 0;
  int starts_ = 0;
};

} // namespace tinybook::test
