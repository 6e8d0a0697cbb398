#include "tests/storage/kafka/broker_fixture.hpp"
#include "tests/support/own_certificate.hpp"

#include <filesystem>
#include <fstream>

namespace tinybook::test {

namespace {

constexpr auto who_logs_in =
    R"(listener.name.plaintext.plain.sasl.jaas.config=)"
    R"(org.apache.kafka.common.security.plain.PlainLoginModule required )"
    R"(username="tinybook" password="word" user_tinybook="word";)";

/// A broker that speaks TLS alone and asks for a password.
struct guarded_broker {
  own_certificate certificate{"IP:127.0.0.1"};
  temporary_folder folder;
  kafka_server broker;

  guarded_broker() : broker({.settings = settings()}) {}

  std::vector<std::string> settings() {
    const auto store = (folder.path() / "keystore.pem").string();
    std::ofstream(store) << std::ifstream(certificate.key_file()).rdbuf()
                         << std::ifstream(certificate.file()).rdbuf();
    return {"listener.security.protocol.map=PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
            "ssl.keystore.type=PEM", "ssl.keystore.location=" + store,
            // It talks to itself, too.
            "ssl.truststore.type=PEM", "ssl.truststore.location=" + certificate.file(),
            "sasl.enabled.mechanisms=PLAIN", "sasl.mechanism.inter.broker.protocol=PLAIN",
            who_logs_in};
  }

  [[nodiscard]] config::kafka_settings client() const {
    auto out = topic_on(broker, "guarded", 1);
    out.security = config::kafka_security::sasl_ssl;
    out.ca_file = certificate.file();
    out.username = "tinybook";
    out.password = "word";
    return out;
  }
};

} // namespace

TEST_CASE("a broker that speaks TLS and asks for a password is spoken to, and no other") {
  const guarded_broker g;
  auto to = storage::kafka::producer::make(g.client());
  REQUIRE_MESSAGE(to.ok(), to.error().detail);
  const auto prepared = (*to)->prepare(20s);
  REQUIRE_MESSAGE(prepared.ok(), prepared.error().detail);
  CHECK(send_and_await(**to, 0, "k", "v").ok());
  auto from = storage::kafka::consumer::make(g.client(), "one");
  REQUIRE_MESSAGE(from.ok(), from.error().detail);
  REQUIRE((*from)->join(20s).ok());
  CHECK(read_records(**from, 1).size() == 1);

  const auto refused = [](config::kafka_settings settings) {
    auto client = storage::kafka::producer::make(std::move(settings));
    return !client || !(*client)->prepare(1s).ok();
  };
  auto wrong_word = g.client();
  wrong_word.password = "other";
  CHECK(refused(wrong_word));
  auto stranger = g.client();
  const own_certificate of_another{"IP:127.0.0.1"};
  stranger.ca_file = of_another.file();
  CHECK(refused(stranger));
  auto in_the_clear = g.client();
  in_the_clear.security = config::kafka_security::plaintext;
  CHECK(refused(in_the_clear));
}

} // namespace tinybook::test
