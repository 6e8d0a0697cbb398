// Asking for a code at the actor boundary, accepted = committed, against raw SQLite
// inserts of the same rows in groups of the same mean size. Medians of BENCH_PAIRS pairs
// (3).
//   bench_send_code [SECONDS] [IN-FLIGHT]
#include "actors/codes/messages.hpp"
#include "actors/sms/messages.hpp"
#include "actors/system/actor_tree.hpp"
#include "actors/wiring/actor_system_config.hpp"
#include "actors/wiring/system_tree.hpp"
#include "bench/support/pairs.hpp"
#include "bench/support/raw_outbox.hpp"
#include "config/loader.hpp"
#include "http/ingress_actor.hpp"
#include "storage/sqlite/database.hpp"
#include "tests/support/temporary_folder.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

namespace {

using namespace tinybook;
using clock_type = std::chrono::steady_clock;

/// Accepts every message at once: only the submission is measured.
class instant_provider final : public sms_provider {
 public:
  send_outcome send(const outgoing_sms&, std::chrono::milliseconds) override {
    send_outcome accepted;
    accepted.kind = outcome_class::delivered;
    return accepted;
  }
};

/// Keeps `in_flight` requests under way until told to stop.
struct load {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<bool> over{false};
  std::atomic<std::int64_t> serial{0};
};

void ask_next(caf::event_based_actor* self, handle_of<verification_actor> target,
              const std::shared_ptr<load>& l) {
  if (l->over)
    return;
  auto phone = "+86138" + std::to_string(10'000'000 + ++l->serial);
  send_code command;
  command.phone = phone;
  command.purpose = "login";
  command.client.address = "10.0." + std::to_string(l->serial / 250 % 250) + "."
                           + std::to_string(l->serial % 250);
  self->request(target, std::chrono::seconds{10}, command)
      .then(
          [=](const code_sent&) {
            ++l->accepted;
            ask_next(self, target, l);
          },
          [=](const caf::error&) {
            ++l->refused;
            ask_next(self, target, l);
          });
}

config::settings bench_settings() {
  auto s = config::defaults();
  s.codes.sends_per_address_hour = 0;
  s.codes.sends_per_address_day = 0;
  s.codes.sends_per_hour = 0;
  s.codes.sends_per_day = 0;
  s.codes.capacity = 10'000'000;
  s.limits.capacity = 10'000'000;
  // The provider takes nothing, so messages stay in the outbox and nothing is sent.
  s.sms.providers.front().rate_per_second = 1;
  return s;
}

struct measured {
  double rate = 0;
  double group = 1;
};

measured measure_actors(double seconds, int in_flight) {
  test::temporary_folder folder;
  auto settings = bench_settings();
  auto opened = storage::sqlite_database::open({.folder = folder.path()});
  if (!opened)
    std::abort();
  auto directory = std::make_shared<actor_directory>();
  tuned_actor_system_config config{settings.scheduler};
  caf::actor_system system{config};
  measured m;
  {
    actor_tree tree{directory};
    auto random = std::make_shared<system_random>();
    outside_world world;
    world.database = std::move(*opened);
    world.keys = std::make_shared<const keyring>(keyring::generate(*random));
    world.codec = std::make_shared<const token_codec>(
        world.keys, token_options{.issuer = "tinybook"});
    world.clock = system_now;
    world.random = random;
    world.make_provider = [](const config::sms_provider&) -> sms_provider_factory {
      return [] {
        return std::make_unique<instant_provider>();
      };
    };
    world.define_ingress = [](actor_tree& t, const address<ingress_actor>& at) {
      t.define<http::ingress_state>(at, std::make_shared<http::live_state>(),
                                    http::ingress_state::listener_probe{[] {
                                      return actor_status{};
                                    }},
                                    wall_clock{system_now});
    };
    auto addresses = wire_system(tree, settings, world);
    auto root = system.spawn<managed_actor<root_supervisor_actor, root_supervisor_state>>(
        std::make_shared<actor_meter>("root", "root", ""),
        supervisor_config{.limits = config::defaults().actors}, tree.take_children(),
        [](const std::string& why) {
          std::fprintf(stderr, "%s\n", why.c_str());
          std::abort();
        });
    auto l = std::make_shared<load>();
    auto driver = system.spawn([=](caf::event_based_actor* self) -> caf::behavior {
      return {[=](int n) {
        for (int i = 0; i < n; ++i)
          ask_next(self, addresses.verification.get(), l);
      }};
    });
    // Refusals while the actors still load their state are not counted.
    std::this_thread::sleep_for(std::chrono::seconds{1});
    caf::anon_send(driver, in_flight);
    std::this_thread::sleep_for(std::chrono::seconds{1});
    auto before = l->accepted.load();
    auto began = clock_type::now();
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    m.rate = static_cast<double>(l->accepted - before)
             / std::chrono::duration<double>(clock_type::now() - began).count();
    l->over = true;
    caf::scoped_actor self{system};
    self->request(directory->find("store-writer")->handle(), std::chrono::seconds{5},
                  get_status{})
        .receive(
            [&](const actor_status& status) {
              for (const auto& g : status.gauges)
                if (g.name == "mean_group")
                  m.group = g.value;
            },
            [](const caf::error&) {});
    std::fprintf(stderr, "refused: %llu\n",
                 static_cast<unsigned long long>(l->refused.load()));
    self->request(root, std::chrono::seconds{60}, stop_children{})
        .receive([](const stop_report&) {}, [](const caf::error&) {});
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(driver, caf::exit_reason::user_shutdown);
    directory->clear();
  }
  return m;
}

double measure_raw(double seconds, int group) {
  test::temporary_folder folder;
  bench::raw_outbox outbox{folder.path()};
  std::uint64_t rows = 0;
  auto began = clock_type::now();
  auto until = began + std::chrono::duration<double>(seconds);
  while (clock_type::now() < until) {
    outbox.insert_group(group);
    rows += static_cast<std::uint64_t>(group);
  }
  return static_cast<double>(rows)
         / std::chrono::duration<double>(clock_type::now() - began).count();
}

} // namespace

int main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 5;
  int in_flight = argc > 2 ? std::atoi(argv[2]) : 256;
  bench::pairs both;
  for (int i = 0; i < bench::pairs_wanted(); ++i) {
    const auto ours = measure_actors(seconds, in_flight);
    const auto group = std::max(1, static_cast<int>(std::lround(ours.group)));
    const auto raw = measure_raw(seconds, group);
    both.add(ours.rate, raw);
    std::fprintf(stderr,
                 "ask for a code, %d in flight: %.0f/s (%.1f a commit), raw in groups of"
                 " %d: %.0f/s\n",
                 in_flight, ours.rate, ours.group, group, raw);
  }
  both.print("ask");
  return 0;
}
