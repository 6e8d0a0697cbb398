#include "tests/blackbox/cluster_world.hpp"

#include "tests/blackbox/simulated_providers.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace tinybook::test {

namespace {

using namespace std::chrono_literals;

simulator_options one_provider() {
  simulator_options o;
  o.kind = dialect_kind::webhook;
  return o;
}

kafka_server::options behind(const swallowing_proxy& proxy, bool started) {
  kafka_server::options o;
  o.advertised_port = proxy.port();
  o.started = started;
  return o;
}

/// Runs the binary to its end.
void run(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (auto& w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  int status = -1;
  if (::posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0
      || ::waitpid(pid, &status, 0) != pid || status != 0)
    throw std::runtime_error(words[1] + " failed");
}

} // namespace

cluster_world::~cluster_world() {
  for (std::size_t i = 0; i < most_replicas; ++i)
    kill(i);
}

cluster_world::cluster_world(options o)
    : kafka(behind(kafka_proxy, o.servers_first)),
      postgres({.fsync = o.fsync}),
      provider(one_provider()),
      options_(std::move(o)) {
  kafka_proxy.set_target(kafka.port());
  redis_proxy.set_target(redis.port());
  postgres_proxy.set_target(static_cast<std::uint16_t>(postgres.port()));
  postgres.create_database("tinybook");
  run({options_.binary, "--new-keys", (folder_.path() / "keys.json").string()});
  if (options_.servers_first)
    return;
  redis.stop();
  postgres.stop();
}

void cluster_world::start_servers() {
  postgres.start();
  redis.start();
  kafka.start();
}

std::vector<std::string> cluster_world::options_of(std::size_t i) const {
  auto at = [](const swallowing_proxy& proxy) {
    return std::to_string(proxy.port());
  };
  std::vector<std::string> out{
      "--config",
      write_config(folder_.path(), provider_table(provider, "first")
                                       + "rate_per_second = 0\n" + more_text_)};
  for (const auto& assignment : {
           "replica.name=replica-" + std::to_string(i),
           "keys.file=" + (folder_.path() / "keys.json").string(),
           std::string{"allow_insecure=true"},
           std::string{"storage.database=postgres"},
           "postgres.url=postgresql://" + postgres_server::user()
               + "@127.0.0.1:" + at(postgres_proxy) + "/tinybook",
           "redis.port=" + at(redis_proxy),
           "kafka.brokers=[\"127.0.0.1:" + at(kafka_proxy) + "\"]",
           std::string{"codes.cache=redis"},
           std::string{"limits.backend=redis"},
           std::string{"sessions.revocations=redis"},
           std::string{"ranking.board=redis"},
           std::string{"events.bus=kafka"},
           // Limits that the tests' own traffic would reach.
           std::string{"passwords.argon2_passes=1"},
           std::string{"passwords.argon2_memory=1MiB"},
           std::string{"login.signups_per_address=0"},
           std::string{"login.failures_per_address=0"},
           std::string{"codes.sends_per_address_hour=0"},
           std::string{"codes.sends_per_address_day=0"},
           // Most codes of these tests are not entered, and all are of one address.
           std::string{"codes.guard.enabled=false"},
           std::string{"kafka.session_timeout=2s"},
       }) {
    out.emplace_back("--set");
    out.push_back(assignment);
  }
  if (!options_.newest)
    return out;
  for (const auto* assignment :
       {"codes.sends_per_hour=0", "codes.sends_per_day=0", "login.attempts_per_address=0",
        "articles.saves_per_hour=0", "articles.saves_per_day=0",
        "articles.likes_per_minute=0"}) {
    out.emplace_back("--set");
    out.emplace_back(assignment);
  }
  return out;
}

server_process& cluster_world::launch(std::size_t i,
                                      const std::vector<std::string>& more) {
  auto options = options_of(i);
  options.insert(options.end(), more.begin(), more.end());
  auto folder = folder_.path() / ("replica-" + std::to_string(i));
  std::filesystem::create_directories(folder);
  replicas_.at(i) = std::make_unique<server_process>(
      options_.binary, folder, options,
      std::vector{"TINYBOOK_POSTGRES_PASSWORD=" + postgres_server::password()});
  return *replicas_.at(i);
}

void cluster_world::start(std::size_t i, const std::vector<std::string>& more) {
  auto& process = launch(i, more);
  if (!process.wait_ready())
    throw std::runtime_error("a replica does not start: " + process.standard_error());
}

void cluster_world::kill(std::size_t i) {
  auto& process = replicas_.at(i);
  if (process == nullptr)
    return;
  process->kill_hard();
  if (const char* folder = std::getenv("CLUSTER_LOGS")) // NOLINT(concurrency-mt-unsafe)
    std::ofstream{std::filesystem::path{folder} / ("replica-" + std::to_string(i)),
                  std::ios::app}
        << process->standard_error();
  process.reset();
}

void cluster_world::stop(std::size_t i) {
  replica(i).signal(SIGTERM);
  const auto status = replica(i).wait_exit();
  kill(i);
  if (status != 0)
    throw std::runtime_error(status ? "a replica stopped with exit code "
                                          + std::to_string(*status)
                                    : "a replica does not stop");
}

std::vector<std::string> cluster_world::missing(std::size_t i) {
  auto seen = browser(i).get("/readyz");
  std::vector<std::string> out;
  if (seen.status != 200)
    out.emplace_back("readiness");
  if (auto data = seen.data(); data.is_object())
    for (const auto& part : data.value("degraded", nlohmann::json::array()))
      out.push_back(part.get<std::string>());
  return out;
}

bool cluster_world::ready(std::chrono::seconds bound) {
  auto until = std::chrono::steady_clock::now() + bound;
  for (std::size_t i = 0; i < most_replicas;) {
    if (!runs(i) || missing(i).empty())
      ++i;
    else if (std::chrono::steady_clock::now() > until)
      return false;
    else
      ::poll(nullptr, 0, 20);
  }
  return true;
}

client cluster_world::person(const std::string& name, std::size_t i) {
  auto c = browser(i);
  auto email = name + "@example.org";
  if (c.sign_up(email, "correct horse").status != 200
      || c.log_in(email, "correct horse").status != 200)
    throw std::runtime_error(email + " cannot sign up and log in");
  return c;
}

client cluster_world::same_person(const client& from, std::size_t i) {
  auto c = browser(i);
  c.use_tokens(from.access(), from.refresh());
  return c;
}

std::int64_t cluster_world::article_of(client& author, const std::string& title) {
  auto a = author.post("/articles/publish", {{"title", title}, {"content", "c"}});
  if (a.status != 200)
    throw std::runtime_error("an article is not published: " + a.text);
  return a.data().get<std::int64_t>();
}

std::string cluster_world::new_phone() {
  auto number = std::to_string(++phones_);
  return "+86139" + std::string(8 - number.size(), '0') + number;
}

std::string cluster_world::code_for(const std::string& phone) {
  bool came = provider.wait_for(
      [&](const std::vector<request_seen>& seen) { return accepted_for(seen, phone); },
      15s);
  return came ? code_for_phone(provider.seen(), phone) : "";
}

} // namespace tinybook::test
