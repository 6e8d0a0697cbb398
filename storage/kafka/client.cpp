#include "storage/kafka/client.hpp"

#include "config/key.hpp"

#include <librdkafka/rdkafka.h>

#include <future>
#include <thread>
#include <utility>

namespace tinybook::storage::kafka {

client_settings base_settings(const config::kafka_settings& settings) {
  std::string list;
  for (const auto& b : settings.brokers)
    list += (list.empty() ? "" : ",") + b;
  client_settings out{
      {"bootstrap.servers", list},
      {"client.id", "tinybook"},
      // The default of a minute leaves a frozen broker unnoticed that long.
      {"socket.timeout.ms", "3000"},
      {"api.version.request.timeout.ms", "2000"},
      {"socket.connection.setup.timeout.ms", "2000"},
      {"socket.nagle.disable", "true"},
      {"socket.keepalive.enable", "true"},
      {"reconnect.backoff.ms", "100"},
      {"reconnect.backoff.max.ms", "500"},
      {"topic.metadata.refresh.interval.ms", "500"},
      {"allow.auto.create.topics", "false"},
      // Failures are reported anyway; the library's own log lines would repeat themselves
      // during an outage.
      {"log_level", "0"},
      // Certificates name hosts, whose names are checked.
      {"security.protocol", std::string{config::word_of(settings.security)}},
  };
  if (!settings.ca_file.empty())
    out.emplace_back("ssl.ca.location", settings.ca_file);
  if (settings.security == config::kafka_security::sasl_plaintext
      || settings.security == config::kafka_security::sasl_ssl) {
    out.emplace_back("sasl.mechanisms", config::word_of(settings.sasl));
    out.emplace_back("sasl.username", settings.username);
    out.emplace_back("sasl.password", settings.password);
  }
  return out;
}

void client_closer::operator()(rd_kafka_s* client) const {
  std::promise<void> closed;
  auto soon = closed.get_future();
  std::thread{[client, callbacks_use = kept, told = std::move(closed)]() mutable {
    if (rd_kafka_type(client) == RD_KAFKA_PRODUCER)
      rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT
                                 | RD_KAFKA_PURGE_F_NON_BLOCKING);
    else
      rd_kafka_consumer_close(client);
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    told.set_value();
  }}.detach();
  soon.wait_for(std::chrono::seconds{1});
}

result<done> probe(rd_kafka_s* client, std::chrono::milliseconds bound) {
  const rd_kafka_metadata_t* seen = nullptr;
  auto code =
      rd_kafka_metadata(client, 0, nullptr, &seen, static_cast<int>(bound.count()));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return failure_from(code, "no broker answers");
  rd_kafka_metadata_destroy(seen);
  return done{};
}

failure failure_from(int code, const std::string& what) {
  auto reason = rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code));
  return {errc::unavailable, "kafka: " + what + ": " + reason};
}

} // namespace tinybook::storage::kafka
