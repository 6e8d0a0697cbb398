#include "http/app/application.hpp"

#include "actors/system/ask.hpp"
#include "actors/system/event_log.hpp"
#include "actors/wiring/actor_system_config.hpp"
#include "actors/wiring/configs.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "actors/wiring/system_tree.hpp"
#include "config/exit_code.hpp"
#include "config/local_parts.hpp"
#include "config/version.hpp"
#include "http/admin/metrics_page.hpp"
#include "http/app/start_checks.hpp"
#include "http/app/watchdog.hpp"
#include "http/ingress_actor.hpp"
#include "http/listeners.hpp"
#include "http/log/actor_log.hpp"
#include "http/log/audit_log.hpp"
#include "http/providers/make_provider.hpp"
#include "http/providers/verdict_webhook.hpp"
#include "http/server/listener.hpp"
#include "storage/postgres/database.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/support/key_file.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <set>
#include <unistd.h>
#include <utility>
#include <vector>

namespace tinybook::http {

using config::log_level;

namespace {

bool prints_codes(const config::sms_provider& provider) {
  return provider.enabled && provider.kind == config::provider_kind::console;
}

/// For the body of /readyz: the actors that are down now and the troubles of the others,
/// such as a back end that cannot be reached, each once.
std::vector<std::string> degraded_parts(const actor_directory& directory) {
  std::set<std::string> troubles;
  std::vector<std::string> parts;
  for (const auto& entry : directory.list()) {
    auto phase = entry.meter->phase.load();
    if (phase == actor_phase::restarting || phase == actor_phase::failed)
      parts.push_back(entry.meter->name());
    for (auto& one : entry.meter->health.troubles())
      troubles.insert(std::move(one.name));
  }
  parts.insert(parts.end(), troubles.begin(), troubles.end());
  return parts;
}

enum class sign_of_life : std::uint8_t { none, asked, given };

} // namespace

/// Destroyed in reverse order, so that the actors end before the database that they use.
struct application::parts {
  parts(const config::scheduler_settings& s, directory_ptr directory)
      : ready(std::make_shared<readiness>(
          [directory = std::move(directory)] { return degraded_parts(*directory); })),
        actor_config(s) {}

  std::unique_ptr<audit_log> audit; ///< Null = the trail is in the database alone.
  std::shared_ptr<storage::database> database;
  std::shared_ptr<storage::postgres_database> shared_database; ///< The same, if shared.
  std::shared_ptr<synced_clock> shared_clock;                  ///< That follows it.
  wall_clock clock = system_now;
  std::shared_ptr<const keyring> keys;
  std::shared_ptr<const token_codec> tokens;
  std::string admin_token;
  std::shared_ptr<live_state> live = std::make_shared<live_state>();
  std::shared_ptr<readiness> ready;
  std::shared_ptr<ingress_state::listener_probe> probe =
      std::make_shared<ingress_state::listener_probe>();
  std::shared_ptr<std::atomic<sign_of_life>> sign =
      std::make_shared<std::atomic<sign_of_life>>(sign_of_life::none);
  tuned_actor_system_config actor_config;
  caf::actor_system system{actor_config};
  std::optional<system_addresses> addresses;
  address<root_supervisor_actor> root{
      std::make_shared<actor_meter>("root", "root supervisor", "")};
  std::unique_ptr<public_listener> api;
  std::unique_ptr<admin_listener> admin;
};

application::application(config::settings settings, log_ptr log)
    : settings_(std::move(settings)), log_(std::move(log)) {
  // Absolute, so that a path in a message can be found from any folder.
  for (auto* path : {&settings_.storage.path, &settings_.keys.file,
                     &settings_.admin.token_file, &settings_.audit.log})
    if (!path->empty() && *path != "stderr")
      *path = std::filesystem::absolute(*path).lexically_normal().string();
}

application::~application() {
  set_log_target(nullptr);
}

/// Before anything is created: a start that is refused leaves no folder behind.
result<done> application::check_ports() const {
  for (const auto& [name, address, port] :
       {std::tuple<std::string_view, std::string, std::uint16_t>{
            "admin", settings_.admin.address, settings_.admin.port},
        {"public", settings_.http.address, settings_.http.port}})
    if (auto free = open_listener(address, port, 1); !free)
      return with_keys_of(name, std::move(free.error()));
  return done{};
}

result<done> application::start() {
  parts_ = std::make_unique<parts>(settings_.scheduler, directory_);
  if (auto free = check_ports(); !free)
    return free;
  if (auto fit = check_certificates(settings_); !fit)
    return fit;
  write_events_of_actors(log_);
  if (auto opened = open_storage(); !opened)
    return opened;
  if (const auto& to = settings_.audit.log; !to.empty()) {
    auto opened = audit_log::open(to, log_);
    if (!opened)
      return opened.error();
    parts_->audit = std::move(*opened);
  }
  start_actors();
  return listen();
}

result<done> application::open_storage() {
  const std::filesystem::path folder{settings_.storage.path};
  const bool own_keys = settings_.keys.file.empty();
  const bool own_token = settings_.admin.token_file.empty();
  if (auto fit = check_own_files(settings_); !fit)
    return fit;
  if (own_keys)
    if (auto kept = refuse_lost_keys(folder, settings_.keys.new_for_old_data); !kept)
      return kept;
  // Keys that the replicas share come first: without them no folder is created.
  auto keys = own_keys ? result<keyring>{errc::none} : load_keyring(settings_.keys.file);
  if (!own_keys && !keys)
    return std::move(keys.error());
  auto opened = settings_.storage.database == config::database_kind::postgres
                    ? open_shared_database()
                    : open_own_database();
  if (!opened)
    return opened;
  system_random random;
  if (own_keys)
    keys = load_or_create_keyring(folder / own_keys_file, random);
  if (!keys)
    return std::move(keys.error());
  parts_->keys = std::make_shared<const keyring>(std::move(*keys));
  auto token = own_token ? load_or_create_secret(folder / "admin.token", random)
                         : load_secret(settings_.admin.token_file);
  if (!token)
    return std::move(token.error());
  parts_->admin_token = std::move(*token);
  token_options options;
  options.issuer = settings_.sessions.issuer;
  parts_->tokens = std::make_shared<const token_codec>(parts_->keys, options);
  return done{};
}

result<done> application::open_own_database() {
  auto database =
      storage::sqlite_database::open({.folder = settings_.storage.path,
                                      .busy_timeout = settings_.storage.busy_timeout,
                                      .rewrites = rewrites_to_log()});
  if (!database)
    return std::move(database.error());
  parts_->database = std::move(*database);
  return done{};
}

/// Needs no server yet: a connection is made when it is first used, and again when lost.
result<done> application::open_shared_database() {
  if (config::uses_data_folder(settings_)) // Else it would hold nothing.
    if (auto made = storage::sqlite::make_folder(settings_.storage.path); !made)
      return made;
  auto database = storage::postgres_database::open(postgres_from(settings_));
  if (!database)
    return std::move(database.error());
  parts_->shared_database = std::move(*database);
  parts_->database = parts_->shared_database;
  parts_->shared_clock = std::make_shared<synced_clock>();
  parts_->clock = [clock = parts_->shared_clock] {
    return clock->now();
  };
  return done{};
}

void application::start_actors() {
  auto& p = *parts_;
  directory_->add({p.root.meter(), [at = p.root] {
                     return caf::actor_cast<caf::actor>(at.get());
                   }});
  actor_tree tree{directory_};
  outside_world outside;
  outside.database = p.database;
  outside.shared_database = p.shared_database;
  outside.shared_clock = p.shared_clock;
  if (auto* audit = parts_->audit.get())
    outside.audited = [audit](const storage::audit_event& event) {
      audit->write(event);
    };
  outside.fatal = [this](const std::string& why) {
    fail(why);
  };
  outside.keys = p.keys;
  outside.codec = p.tokens;
  outside.clock = p.clock;
  outside.random = std::make_shared<system_random>();
  outside.make_provider = [url = settings_.sms.public_url, log = log_, clock = p.clock,
                           random =
                               outside.random](const config::sms_provider& provider) {
    return make_provider(provider, url, clock, random, log);
  };
  outside.make_verdict_client =
      [clock = p.clock, random = outside.random](const config::abuse_settings& from) {
        return verdict_webhook({.url = from.webhook,
                                .secret = from.webhook_key,
                                .ca_file = from.webhook_ca_file},
                               clock, random);
      };
  outside.define_ingress = [&p](actor_tree& t, const address<ingress_actor>& at) {
    const auto probe = [listener = p.probe, audit = p.audit.get()] {
      auto status = *listener ? (*listener)() : actor_status{};
      if (audit != nullptr)
        status.gauges.push_back({"audit_lines_lost", static_cast<double>(audit->lost())});
      return status;
    };
    t.define<ingress_state>(at, p.live, ingress_state::listener_probe{probe}, p.clock);
  };
  p.addresses = wire_system(tree, settings_, outside);
  supervisor_config supervision;
  supervision.limits = settings_.actors;
  supervision.stop_grace = stop_grace_from(settings_);
  p.system.spawn<managed_actor<root_supervisor_actor, root_supervisor_state>>(
      p.root, supervision, tree.take_children(),
      root_supervisor_state::escalation{[this](const std::string& why) {
        fail(why);
      }});
}

void application::fail(const std::string& why) {
  std::lock_guard guard{failure_mutex_};
  failure_ = why;
}

result<done> application::listen() {
  auto& p = *parts_;
  listener_dependencies with{.system = p.system,
                             .settings = settings_,
                             .actors = *p.addresses,
                             .live = p.live,
                             .ready = p.ready,
                             .keys = p.keys,
                             .tokens = p.tokens,
                             .log = log_,
                             .clock = p.clock};
  auto metrics = std::make_shared<metrics_page>();
  p.admin = std::make_unique<admin_listener>(with, p.admin_token, metrics);
  p.api = std::make_unique<public_listener>(with);
  *p.probe = p.api->probe();
  p.api->export_to(*metrics);
  p.admin->export_to(*metrics);
  for (auto [name, listener, address] :
       {std::tuple<std::string_view, http_listener*, std::string_view>{
            "admin", p.admin.get(), settings_.admin.address},
        {"public", p.api.get(), settings_.http.address}}) {
    auto port = listener->start();
    if (!port)
      return with_keys_of(name, std::move(port.error()));
    (listener == p.api.get() ? api_port_ : admin_port_) = *port;
    log_->write(log_level::info, "listening",
                {{"listener", name},
                 {"address", address},
                 {"port", static_cast<std::int64_t>(*port)},
                 {"url", url_of(address, *port)}});
  }
  for (const auto& provider : settings_.sms.providers)
    if (prints_codes(provider))
      log_->write(log_level::warn, "console_provider",
                  {{"provider", provider.name},
                   {"note", "prints SMS with their codes on standard output"}});
  return done{};
}

bool application::check_ready() {
  auto& p = *parts_;
  caf::scoped_actor self{p.system};
  bool all = false;
  self->request(p.addresses->inspector.get(), std::chrono::seconds{2}, list_actors{})
      .receive(
          [&](const actor_reports& reports) {
            all = std::ranges::all_of(reports.actors, &actor_report::ready);
          },
          [](const caf::error&) {});
  if (!all)
    return false;
  p.ready->now_ready();
  log_->write(log_level::info, "ready",
              {{"version", tinybook::version},
               {"folder", settings_.storage.path},
               {"degraded", degraded()}});
  log_first_steps();
  return true;
}

std::string application::degraded() const {
  std::string names;
  for (const auto& part : parts_->ready->degraded())
    names += (names.empty() ? "" : " ") + part;
  return names;
}

bool application::shows_life() {
  auto& p = *parts_;
  auto was = sign_of_life::given;
  if (p.sign->compare_exchange_strong(was, sign_of_life::none))
    return true;
  if (was == sign_of_life::asked)
    return false;
  *p.sign = sign_of_life::asked;
  p.system.spawn([root = p.root.get(), bound = settings_.actors.request_timeout,
                  sign = p.sign](caf::event_based_actor* self) {
    self->request(root, bound, get_status{})
        .then([sign](const actor_status&) { *sign = sign_of_life::given; },
              [sign](const caf::error&) { *sign = sign_of_life::none; });
  });
  return false;
}

/// For somebody who tries it out: where it is served and what to do next.
void application::log_first_steps() const {
  if (!config::embedded(settings_))
    return;
  const auto api = url_of(settings_.http.address, api_port_);
  const auto inside = url_of(settings_.admin.address, admin_port_);
  const bool printed = std::ranges::any_of(settings_.sms.providers, prints_codes);
  log_->write(log_level::info, "next",
              {{"api", api},
               {"inside", inside + "/admin/actors?view=summary"},
               {"codes", printed ? "of SMS appear on standard output"
                                 : "of SMS go to the providers"},
               {"demo", "scripts/demo.sh " + api + " " + inside}});
}

void application::log_left_out() const {
  parts_->api->log_left_out();
  parts_->admin->log_left_out();
}

std::optional<std::string> application::failed() const {
  std::lock_guard guard{failure_mutex_};
  return failure_;
}

void application::begin_draining() {
  stop_watchdog_.emplace(settings_.actors.watchdog, [this] { report_hang(); });
  parts_->ready->now_draining();
  if (parts_->api)
    parts_->api->announce_end();
  if (parts_->admin)
    parts_->admin->announce_end();
  log_->write(log_level::info, "draining", {});
}

void application::stop() {
  if (!stop_watchdog_)
    stop_watchdog_.emplace(settings_.actors.watchdog, [this] { report_hang(); });
  auto& p = *parts_;
  if (p.api) {
    p.api->stop_accepting();
    auto cut_off = p.api->drain(settings_.http.drain_bound);
    log_->write(log_level::info, "requests_finished",
                {{"cut_off", static_cast<std::int64_t>(cut_off)}});
  }
  stop_actors();
  if (p.admin) {
    p.admin->stop_accepting();
    p.admin->drain(std::chrono::seconds{1});
  }
  directory_->clear();
  parts_.reset();
  stop_watchdog_.reset();
  log_->write(log_level::info, "stopped", {});
}

void application::stop_actors() {
  auto& p = *parts_;
  auto root = p.root.get();
  if (!root)
    return;
  {
    caf::scoped_actor self{p.system};
    self->request(root, settings_.actors.watchdog, stop_children{})
        .receive(
            [&](const stop_report& report) {
              for (const auto& name : report.killed)
                log_->write(log_level::error, "actor_killed",
                            {{"actor", name}, {"why", "did not stop in time"}});
            },
            [](const caf::error&) {});
  }
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  p.root.clear();
}

void application::report_hang() const {
  auto actors = directory_->list();
  if (actors.empty())
    log_->write(log_level::error, "stop_hangs", {{"where", "after the actors"}});
  for (const auto& entry : actors) {
    auto phase = entry.meter->phase.load();
    if (phase == actor_phase::stopping || phase == actor_phase::running)
      log_->write(log_level::error, "stop_hangs",
                  {{"actor", entry.meter->name()}, {"state", to_string(phase)}});
  }
  log_->flush();
  _exit(static_cast<int>(config::exit_code::stop_failed));
}

} // namespace tinybook::http
