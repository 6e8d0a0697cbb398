#include "actors/wiring/shared_configs.hpp"
#include "config/local_parts.hpp"
#include "http/commands/commands.hpp"
#include "http/commands/doctor/back_ends.hpp"
#include "http/commands/doctor/configuration.hpp"
#include "http/commands/doctor/folder.hpp"
#include "http/commands/doctor/keys.hpp"
#include "http/commands/doctor/machine.hpp"
#include "http/commands/doctor/ports.hpp"
#include "http/commands/doctor/providers.hpp"
#include "http/commands/doctor/report.hpp"
#include "http/providers/make_provider.hpp"

#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tinybook::http {

namespace {

using namespace doctor;
using namespace std::chrono_literals;
using shared_settings = std::shared_ptr<const config::settings>;

/// All looks together; each has bounds of its own below that, but a name server or a
/// network's file system may hold one for longer.
constexpr auto patience_of_all = 10s;
constexpr auto patience_of_a_step = 3s;

/// Looks that go on at once, each in a thread that is left behind where it takes too
/// long.
class looks {
 public:
  /// What `look` finds stands in `group`; `whose` is in front of what is said where it
  /// does not end.
  void start(std::string group, std::function<findings()> look, std::string whose = {}) {
    std::packaged_task<findings()> task{std::move(look)};
    under_way_.push_back({std::move(group), std::move(whose), task.get_future()});
    std::thread{std::move(task)}.detach();
  }

  [[nodiscard]] findings collect() {
    const auto until = std::chrono::steady_clock::now() + patience_of_all;
    findings out;
    for (auto& one : under_way_)
      append(out, found(one, until));
    return out;
  }

 private:
  struct running {
    std::string group;
    std::string whose;
    std::future<findings> result;
  };

  static findings found(running& one, std::chrono::steady_clock::time_point until) {
    if (one.result.wait_until(until) != std::future_status::ready)
      return {error(one.group + ".answer", one.whose + "none within 10 s",
                    "Look at the name servers, the firewall and the disks.")};
    try {
      return one.result.get();
    } catch (const std::exception& e) {
      return {error(one.group + ".answer", one.whose + e.what(),
                    "Report this: it is a defect.")};
    }
  }

  std::vector<running> under_way_;
};

findings look_into_sqlite(const config::settings& s) {
  const auto folder = look_at_folder(s);
  if (folder.closed)
    return judge_folder(folder, true);
  const auto looked = storage::sqlite::look_at_database(s.storage.path);
  auto keys = look_at_keys(s);
  if (looked && *looked)
    keys.used = (*looked)->keys;
  auto out = judge_folder(folder, true);
  append(out, judge_database(looked));
  append(out, judge_keys(keys));
  return out;
}

findings look_into_postgres(const config::settings& s) {
  auto looked = storage::postgres::look_at_server(s.postgres);
  if (!looked && storage::postgres::is_shared_session(looked.error())) {
    looked = storage::postgres::server_facts{};
    looked->pooled_by_transaction = true;
  }
  auto keys = look_at_keys(s);
  if (!looked) {
    findings out{error("postgres.connection", looked.error().detail,
                       "Look at postgres.url and postgres.password, and whether the "
                       "server runs and lets this machine in.")};
    append(out, judge_keys(keys));
    return out;
  }
  keys.used = looked->keys;
  auto out = judge_postgres(*looked, s, replica_name_from(s));
  if (!looked->pooled_by_transaction)
    append(out, judge_clocks(looked->clock_ahead, looked->clock_doubt));
  append(out, judge_keys(keys));
  return out;
}

findings look_into_redis(const config::settings& s) {
  if (auto looked = storage::redis::look_at_server(s.redis))
    return judge_redis(*looked, s);
  else
    return {error("redis.connection", looked.error().detail,
                  "Look at redis.host, redis.port and redis.password, and whether the "
                  "server runs.")};
}

findings look_into_kafka(const config::settings& s) {
  if (auto looked = storage::kafka::look_at_topic(s.kafka, patience_of_a_step))
    return judge_kafka(*looked, s);
  else
    return {error("kafka.connection", looked.error().detail,
                  "Look at kafka.brokers, and whether the brokers run and advertise "
                  "addresses that this machine reaches.")};
}

findings look_at_ports(const config::settings& s) {
  auto out = judge_port(look_at_port("http", s.http.address, s.http.port));
  append(out, judge_port(look_at_port("admin", s.admin.address, s.admin.port)));
  return out;
}

void start_back_ends(looks& all, const shared_settings& s) {
  if (s->storage.database == config::database_kind::sqlite) {
    all.start("files", [s] { return look_into_sqlite(*s); });
  } else {
    all.start("files", [s] { return judge_folder(look_at_folder(*s), false); });
    all.start("postgres", [s] { return look_into_postgres(*s); });
  }
  if (config::uses_redis(*s))
    all.start("redis", [s] { return look_into_redis(*s); });
  if (s->events.bus == config::bus_kind::kafka)
    all.start("kafka", [s] { return look_into_kafka(*s); });
}

void start_endpoint(looks& all, const endpoint_owner& owner, const std::string& url,
                    const std::string& ca_file = {}) {
  const auto dot = owner.what.find('.');
  all.start(
      owner.what.substr(0, dot),
      [owner, url, ca_file] {
        return judge_endpoint(
            owner, look_at_endpoint(url, patience_of_a_step, ca_file),
            std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
      },
      owner.what.substr(dot + 1) + ": ");
}

void start_endpoints(looks& all, const config::settings& s) {
  if (!s.abuse.webhook.empty())
    start_endpoint(all,
                   {.what = "abuse.webhook",
                    .sent = "addresses of people",
                    .trusted_by = "abuse.webhook_ca_file"},
                   s.abuse.webhook, s.abuse.webhook_ca_file);
  for (const auto& provider : s.sms.providers)
    if (const auto url = provider_url(provider); provider.enabled && !url.empty())
      start_endpoint(all, {.what = "providers." + provider.name, .sent = "codes"}, url);
}

} // namespace

config::exit_request do_task(const config::doctor_task& task) {
  // A peer that closes its connection early is no reason to end.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN)); // NOLINT(cert-err33-c)
  const auto s = std::make_shared<const config::settings>(task.of);
  auto all = judge_configuration(*s);
  looks started;
  start_back_ends(started, s);
  started.start("limits", [s] { return judge_machine(look_at_machine(), *s); });
  started.start("ports", [s] { return look_at_ports(*s); });
  start_endpoints(started, *s);
  append(all, started.collect());
  all = arranged(std::move(all));
  hide_secrets(*s, all);
  return {exit_code_of(all), task.json ? json_of(all) : text_of(all), {}};
}

} // namespace tinybook::http
