#include "bench/delivery/ours.hpp"

#include "tests/simulation/replica.hpp"
#include "tests/simulation/world.hpp"
#include "tests/support/default_configs.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <memory>
#include <string>

namespace tinybook::bench {

using namespace std::chrono_literals;

namespace {

constexpr wall_time start_of_time{std::chrono::hours{24 * 365 * 55}};
constexpr ms fine{10};

struct testing_config : caf::actor_system_config {
  testing_config() { set("scheduler.policy", caf::atom("testing")); }
};

/// The real actors over a database that never fails.
class delivery {
 public:
  delivery(const scenario& s, std::uint64_t seed)
      : scenario_(s),
        chance_(seed),
        world_(seed, false),
        system_(config_),
        jobs_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {
    world_.providers.assign(providers, sim::mood::well);
    world_.open_cap = test::default_circuit().open_cap;
    world_.truth.max_in_flight = 64;
    world_.truth.leases_count = false;
    world_.answers = [this](std::size_t provider, message_id row) {
      return answer_for(provider, row);
    };
    seeded_random for_keys{seed};
    keys_ = std::make_shared<const keyring>(keyring::generate(for_keys));
    process_ = std::make_unique<sim::replica>(
        system_, world_, keys_, [this] { return start_of_time + world_.truth.now_ms; });
    process_->start();
    jobs_.run();
  }
  ~delivery() {
    process_.reset();
    jobs_.run();
  }
  delivery(const delivery&) = delete;
  delivery& operator=(const delivery&) = delete;

  score run(const std::vector<ms>& asked) {
    std::size_t next = 0;
    while (now() < load_ends + 30s) {
      for (; next < asked.size() && asked[next] <= now(); ++next)
        submit(asked[next]);
      pass(fine);
    }
    while (now() < load_ends + code_lifetime)
      pass(500ms);
    return trace_.result();
  }

 private:
  [[nodiscard]] ms now() const { return world_.truth.now_ms; }

  void submit(ms at) {
    new_message command;
    auto& row = command.row;
    const bool abroad = is_abroad(++messages_);
    row.phone = (abroad ? "+4915" : "+86138") + std::to_string(10'000'000 + messages_);
    row.purpose = "login";
    row.country_prefix = abroad ? "+49" : "+86";
    row.region = abroad ? "DE" : "CN";
    row.template_name = "login_code";
    command.content.parameters = {{"code", "000000"}, {"minutes", "10"}};
    row.code = messages_;
    row.expires_at = start_of_time + at + code_lifetime;
    // Rows are numbered in the order of their submission, as these are.
    trace_.asked(messages_, at);
    process_->submit(std::move(command));
    jobs_.run();
  }

  std::pair<send_outcome, ms> answer_for(std::size_t provider, message_id row) {
    const auto a = ask_provider(scenario_, provider, row, now(), chance_);
    trace_.called(row, provider, now(), a);
    send_outcome out;
    out.kind = a.kind;
    out.took = a.took;
    out.retry_after = a.retry_after;
    out.whole_region = a.kind == outcome_class::not_here;
    return {out, a.took};
  }

  void pass(ms d) {
    world_.truth.now_ms += d;
    jobs_.advance_time(d);
    jobs_.run();
  }

  const scenario& scenario_;
  seeded_random chance_;
  recorder trace_;
  sim::world world_;
  testing_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& jobs_;
  std::shared_ptr<const keyring> keys_;
  std::unique_ptr<sim::replica> process_;
  std::int64_t messages_ = 0;
};

} // namespace

score run_ours(const scenario& s, std::uint64_t seed) {
  return delivery{s, seed}.run(arrivals(seed));
}

} // namespace tinybook::bench
