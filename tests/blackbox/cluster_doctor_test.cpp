#include "tests/blackbox/cluster_test.hpp"
#include "tests/blackbox/doctor_report.hpp"

namespace tinybook::test {

TEST_CASE("the doctor sees a cluster at work, and changes nothing in it") {
  auto& w = shared_cluster();
  const auto replicas = w.sql("SELECT name, since FROM replicas ORDER BY name");
  const doctor_report report{w.launch(2, {"doctor", "--json"})};
  w.kill(2);
  CHECK(report.about("configuration.mode")
        == "ok: every back end is shared: any number of "
           "replicas");
  CHECK(report.about("postgres.replicas") == "ok: replica-0, replica-1");
  CHECK(report.about("postgres.schema").starts_with("ok: "));
  CHECK(report.about("postgres.rights").starts_with("ok: "));
  // As the tests' server is set.
  CHECK(report.about("postgres.fsync").starts_with("error: "));
  CHECK(report.about("redis.server").starts_with("ok: "));
  CHECK(report.about("redis.rights").starts_with("ok: "));
  CHECK(report.about("kafka.topic").starts_with("ok: "));
  CHECK(report.about("kafka.cleanup").starts_with("ok: delete"));
  CHECK(report.about("clock.database").starts_with("ok: "));
  CHECK(report.about("keys.file").starts_with("ok: "));
  CHECK(report.about("providers.first").starts_with("ok: "));
  CHECK(report.json.dump().find(postgres_server::password()) == std::string::npos);
  CHECK(w.sql("SELECT name, since FROM replicas ORDER BY name") == replicas);
}

} // namespace tinybook::test
