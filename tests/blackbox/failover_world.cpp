#include "tests/blackbox/failover_world.hpp"

#include <array>
#include <fstream>

namespace tinybook::test {

namespace {

using std::chrono::steady_clock;

constexpr std::array<const char*, 3> provider_names{"first", "second", "third"};

constexpr auto quick_circuits = R"([sms]
lease = "10s"
[sms.retry]
base = "100ms"
cap = "1s"
[sms.monitor]
window = "5s"
buckets = 20
min_samples = 5
[sms.circuit]
open_base = "1s"
open_cap = "2s"
verdict_within = "5s"
probes = 3
probes_at_once = 1
ramp = "1s"
[codes.guard]
enabled = false
)";

} // namespace

failover_world::failover_world(const std::vector<provider_plan>& plans)
    : server_(running_server::later{}) {
  std::string text = quick_circuits;
  for (const auto& plan : plans) {
    simulator_options options;
    options.kind = plan.kind;
    options.keys = default_credentials(plan.kind);
    const auto i = providers_.size();
    providers_.push_back(std::make_unique<provider_simulator>(options));
    text += provider_table(*providers_.back(), provider_names[i],
                           "rate_per_second = 0\nweight = "
                               + std::string{i == 0 ? "1000\n" : "1\n"} + plan.more);
  }
  server_.options.insert(server_.options.end(),
                         {"--config", write_config(config_.path(), text)});
  server_.start();
}

std::string failover_world::new_phone(const std::string& prefix) {
  const auto n = std::to_string(++serial_);
  const std::size_t length = prefix.starts_with("+86")   ? 14
                             : prefix.starts_with("+44") ? 13
                                                         : 12;
  return prefix + std::string(length - prefix.size() - n.size(), '0') + n;
}

int failover_world::deliver(const std::string& phone, milliseconds bound) {
  const auto end = steady_clock::now() + bound;
  if (server_.browser().send_code(phone).status != 200)
    return -1;
  const auto came = [&](const std::vector<request_seen>& seen) {
    return accepted_for(seen, phone);
  };
  do {
    for (std::size_t i = 0; i < providers_.size(); ++i)
      if (providers_[i]->wait_for(came, milliseconds{5}))
        return static_cast<int>(i);
  } while (steady_clock::now() < end);
  return -1;
}

std::string failover_world::circuit(const std::string& name) {
  const auto answer = server_.admin().get("/admin/actors/sms-sender-" + name).data();
  return answer.is_object()
             ? answer.value("facts", nlohmann::json::object()).value("circuit", "")
             : "";
}

bool failover_world::circuit_becomes(const std::string& name, const std::string& state,
                                     std::chrono::seconds bound) {
  for (const auto end = steady_clock::now() + bound; circuit(name) != state;)
    if (steady_clock::now() > end)
      return false;
  return true;
}

std::vector<std::string> failover_world::degraded(
    const std::function<bool(const std::vector<std::string>&)>& wanted,
    std::chrono::seconds bound) {
  std::vector<std::string> parts;
  const auto end = steady_clock::now() + bound;
  do {
    const auto data = server_.browser().get("/readyz").data();
    parts = data.value("degraded", std::vector<std::string>{});
  } while (!wanted(parts) && steady_clock::now() < end);
  return parts;
}

std::vector<std::string> failover_world::bad_actors() {
  std::vector<std::string> names;
  for (const auto& actor : server_.admin().get("/admin/actors?health=bad").data())
    names.push_back(actor["name"]);
  return names;
}

int failover_world::force(const std::string& name, const std::string& state) {
  std::string token;
  std::getline(std::ifstream{server_.folder.path() / "admin.token"}, token);
  auto admin = server_.admin();
  admin.use_tokens(token, "");
  return admin
      .post("/admin/providers/" + name + "/state",
            {{"state", state}, {"reason", "a test"}})
      .status;
}

steady_traffic::steady_traffic(failover_world& world, int people) : world_(world) {
  for (int i = 0; i < people; ++i)
    people_.emplace_back([this] { live(); });
}

steady_traffic::~steady_traffic() {
  stopping_ = true;
  for (auto& p : people_)
    p.join();
}

void steady_traffic::live() {
  while (!stopping_) {
    const auto begin = steady_clock::now();
    if (world_.deliver(world_.new_phone()) < 0) {
      ++missing_;
      continue;
    }
    ++delivered_;
    const auto took =
        std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin).count();
    for (auto known = slowest_ms_.load();
         known < took && !slowest_ms_.compare_exchange_weak(known, took);)
      continue;
  }
}

bool steady_traffic::wait_delivered(int more, std::chrono::seconds bound) const {
  const auto wanted = delivered_ + more;
  for (const auto end = steady_clock::now() + bound; delivered_ < wanted;) {
    if (steady_clock::now() > end)
      return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace tinybook::test
