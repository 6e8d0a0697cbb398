#include "http/listeners.hpp"

#include "actors/sessions/messages.hpp"
#include "actors/system/ask.hpp"
#include "http/admin/admin_guard.hpp"
#include "http/admin/admin_routes.hpp"
#include "http/api/dispatcher.hpp"
#include "http/api/public_routes.hpp"
#include "http/openapi/document.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/page_site.hpp"
#include "http/server/server.hpp"
#include "storage/support/random.hpp"

#include <caf/actor_system.hpp>

namespace tinybook::http {

namespace {

/// Few people and a scraper use it: far lower limits.
server_options admin_options(const config::settings& from) {
  server_options to{from.http};
  to.address = from.admin.address;
  to.port = from.admin.port;
  to.fast_workers = 1;
  to.max_connections = 256;
  to.max_buffered_bytes = std::size_t{16} * 1024 * 1024;
  return to;
}

} // namespace

class http_listener::core {
 public:
  struct plan {
    std::string name;
    server_options options;
    std::vector<route> routes;
    dispatcher::guard guard;
    std::shared_ptr<metrics_page> metrics;
    std::shared_ptr<page_site> pages{};
    zipped_text openapi{};
  };

  core(listener_dependencies with, plan how)
      : name(how.name),
        max_connections(how.options.max_connections),
        max_buffered(how.options.max_buffered_bytes),
        dispatch(std::move(how.routes),
                 make_environment(with, std::move(how.metrics), std::move(how.pages),
                                  std::move(how.openapi)),
                 with.log, std::move(how.guard)),
        listener(std::move(how.options), dispatch.hooks(), &with.system) {}

  [[nodiscard]] actor_status status() const;

  const std::string name;
  const std::size_t max_connections;
  const std::size_t max_buffered;
  dispatcher dispatch;
  server listener; // Last: its threads use all of the above.

 private:
  std::shared_ptr<const api_environment>
  make_environment(const listener_dependencies& with,
                   std::shared_ptr<metrics_page> metrics,
                   std::shared_ptr<page_site> pages, zipped_text openapi) {
    system_random random;
    auto made = std::make_shared<const api_environment>(
        api_environment{.settings = with.settings,
                        .actors = with.actors,
                        .live = with.live,
                        .ready = with.ready,
                        .sessions = std::make_shared<const session_checker>(
                            with.tokens, with.live->revoked(), random,
                            [sessions = with.actors.sessions](const token_claims& c) {
                              tell(sessions, token_shown{c.family, c.generation});
                            }),
                        .tokens = with.tokens,
                        .cookies = cookie_signer(with.keys),
                        .locator = client_locator(with.settings.http.trusted_proxies),
                        .clock = with.clock,
                        .metrics = std::move(metrics),
                        .pages = std::move(pages),
                        .openapi = std::move(openapi)});
    if (made->pages)
      prepare_reference(*made);
    return made;
  }
};

actor_status http_listener::core::status() const {
  auto now = listener.stats();
  actor_status out;
  auto gauge = [&out](std::string gauge_name, auto value, double limit = -1) {
    out.gauges.push_back({std::move(gauge_name), static_cast<double>(value), limit});
  };
  gauge("connections", now.open_connections, static_cast<double>(max_connections));
  gauge("buffered_bytes", now.buffered_bytes, static_cast<double>(max_buffered));
  gauge("threads", now.threads);
  gauge("serving", now.serving);
  const auto& gates = dispatch.gates();
  gauge("in_flight", gates.in_flight(), static_cast<double>(gates.max_all()));
  for (std::size_t i = 1; i < asked_actors; ++i) {
    auto actor = static_cast<asked_actor>(i);
    gauge("in_flight." + std::string{name_of(actor)}, gates.in_flight(actor),
          static_cast<double>(gates.max_each()));
  }
  for (std::size_t first = 2; first <= 5; ++first)
    gauge("answers." + std::to_string(first) + "xx", dispatch.meters().total(first));
  return out;
}

http_listener::http_listener(std::shared_ptr<core> parts) : core_(std::move(parts)) {}

http_listener::~http_listener() {
  // A probe may hold `core_` a moment longer, but no thread is left running.
  (void)core_->listener.drain(std::chrono::milliseconds::zero());
}

result<std::uint16_t> http_listener::start() {
  return core_->listener.start();
}

void http_listener::announce_end() {
  core_->listener.announce_end();
}

void http_listener::stop_accepting() {
  core_->listener.stop_accepting();
}

std::size_t http_listener::drain(std::chrono::milliseconds bound) {
  const auto cut_off = core_->listener.drain(bound);
  core_->dispatch.log_left_out(tick::max());
  return cut_off;
}

void http_listener::log_left_out() const {
  core_->dispatch.log_left_out(std::chrono::steady_clock::now());
}

std::function<actor_status()> http_listener::probe() const {
  return [weak = std::weak_ptr<core>(core_)] {
    auto held = weak.lock();
    return held ? held->status() : actor_status{};
  };
}

void http_listener::export_to(metrics_page& page) const {
  const auto* parts = core_.get();
  page.add({parts->name, &parts->dispatch.meters(), [parts] {
              auto stats = parts->listener.stats();
              stats.refused_in_flight = parts->dispatch.gates().refused();
              stats.refused_per_address += parts->dispatch.gates().refused_by_address();
              return stats;
            }});
}

public_listener::public_listener(listener_dependencies with)
    : http_listener(std::make_shared<core>(
        with, core::plan{"public",
                         {with.settings.http},
                         public_routes(),
                         {},
                         {},
                         std::make_shared<page_site>(with.settings.abuse),
                         {openapi_document(api_routes(), with.settings), 9}})) {}

admin_listener::admin_listener(listener_dependencies with, std::string token,
                               std::shared_ptr<metrics_page> metrics)
    : http_listener([&] {
        // No page of another origin may use it.
        with.settings.http.cors_origins.clear();
        with.settings.http.max_in_flight = 64; // Few people and a scraper use it.
        admin_guard guard(with.settings.admin, token);
        return std::make_shared<core>(
            with, core::plan{"admin", admin_options(with.settings), admin_routes(),
                             std::move(guard), std::move(metrics)});
      }()) {}

} // namespace tinybook::http
