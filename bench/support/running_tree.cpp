#include "bench/support/running_tree.hpp"

#include "actors/wiring/system_tree.hpp"
#include "config/loader.hpp"
#include "http/ingress_actor.hpp"
#include "storage/sqlite/database.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace tinybook::bench {

using std::chrono::seconds;

namespace {

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1); // NOLINT(concurrency-mt-unsafe)
}

outside_world world_of(const std::filesystem::path& folder,
                       std::shared_ptr<const keyring> keys,
                       const sms_provider_factory& clients) {
  auto opened = storage::sqlite_database::open({.folder = folder});
  if (!opened)
    die(opened.error().detail);
  outside_world world;
  world.database = std::move(*opened);
  world.keys = std::move(keys);
  world.codec = std::make_shared<const token_codec>(world.keys,
                                                    token_options{.issuer = "tinybook"});
  world.clock = system_now;
  world.random = std::make_shared<system_random>();
  world.make_provider = [clients](const config::sms_provider&) {
    return clients;
  };
  world.define_ingress = [](actor_tree& t, const address<ingress_actor>& at) {
    t.define<http::ingress_state>(at, std::make_shared<http::live_state>(),
                                  http::ingress_state::listener_probe{[] {
                                    return actor_status{};
                                  }},
                                  wall_clock{system_now});
  };
  return world;
}

} // namespace

running_tree::running_tree(const config::settings& settings,
                           const std::filesystem::path& folder,
                           std::shared_ptr<const keyring> keys,
                           const sms_provider_factory& clients)
    : directory_(std::make_shared<actor_directory>()),
      config_(settings.scheduler),
      system_(config_),
      tree_(directory_) {
  (void)wire_system(tree_, settings, world_of(folder, std::move(keys), clients));
  root_ = system_.spawn<managed_actor<root_supervisor_actor, root_supervisor_state>>(
      std::make_shared<actor_meter>("root", "root", ""),
      supervisor_config{.limits = config::defaults().actors}, tree_.take_children(),
      [](const std::string& why) { die(why); });
}

running_tree::~running_tree() {
  {
    caf::scoped_actor self{system_};
    self->request(root_, seconds{60}, stop_children{})
        .receive([](const stop_report&) {}, [](const caf::error&) {});
  }
  caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
  root_ = nullptr;
  directory_->clear();
}

double running_tree::gauge(const std::string& actor, const std::string& name) {
  const auto found = directory_->find(actor);
  if (!found || !found->handle())
    return -1;
  double value = -1;
  caf::scoped_actor self{system_};
  self->request(found->handle(), seconds{5}, get_status{})
      .receive(
          [&](const actor_status& status) {
            for (const auto& g : status.gauges)
              if (g.name == name)
                value = g.value;
          },
          [](const caf::error&) {});
  return value;
}

void running_tree::wait_for(const std::string& actor, const std::string& name,
                            double least) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{2};
  while (gauge(actor, name) < least) {
    if (std::chrono::steady_clock::now() > deadline)
      die(actor + ": " + name + " does not get there");
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

} // namespace tinybook::bench
