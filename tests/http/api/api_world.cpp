#include "tests/http/api/api_world.hpp"

#include "actors/accounts/messages.hpp"
#include "actors/articles/messages.hpp"
#include "actors/codes/messages.hpp"
#include "actors/sms/messages.hpp"
#include "actors/sms/provider_table.hpp"
#include "actors/system/long_work.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <array>
#include <unistd.h>
#include <vector>

namespace tinybook::http::test {

namespace {

template <class Handle>
using stub_pointer =
    typename handle_of<Handle>::template stateful_pointer<stub_state<Handle>>;

constexpr auto no_status = [](const get_status&) {
  return actor_status{};
};
constexpr auto no_stop = [](const shut_down&) {
};
constexpr auto no_timer = [](const timer_fired&) {
};

token_pair sample_tokens() {
  return {7, "access.token.value", "refresh.token.value", "device.token.value"};
}

session_list sample_sessions() {
  const auto now = api_world::start_of_time;
  return {{{"family1", "Firefox, Windows", "198.51.100.0/24", {}, now},
           {"other", "", "", now, now}}};
}

storage::audit_page sample_audit() {
  storage::audit_event event;
  event.id = 3;
  event.at = api_world::start_of_time;
  event.user = 7;
  event.kind = storage::audit_kind::account_banned;
  event.from = {"198.51.100.0/24", "Firefox, Windows", "zoe", "spam"};
  event.detail = "detail";
  return {{event}, storage::audit_place{event.at, event.id}};
}

handle_of<accounts_actor>::behavior_type accounts_stub(stub_pointer<accounts_actor> self,
                                                       script* s) {
  return {
      no_status,
      no_stop,
      no_timer,
      canned<sign_up>(self, *s, signed_up{7}),
      canned<log_in>(self, *s, sample_tokens()),
      canned<log_in_by_code>(self, *s, sample_tokens()),
      canned<edit_profile>(self, *s, done{}),
      canned<bind_own_phone>(self, *s, done{}),
      canned<reset_password>(self, *s, {.has_email = true, .device = "of the browser"}),
      canned<change_password>(self, *s, sample_tokens()),
      canned<step_up>(self, *s, done{}),
      canned<send_own_code>(self, *s, {"asker-id"}),
      canned<delete_account>(self, *s, done{}),
      canned<moderate_account>(self, *s, done{}),
      canned<note_operator_act>(self, *s, done{}),
      canned<begin_export>(self, *s, done{})};
}

handle_of<sessions_actor>::behavior_type sessions_stub(stub_pointer<sessions_actor> self,
                                                       script* s) {
  return {no_status,
          no_stop,
          no_timer,
          canned<open_session>(self, *s, sample_tokens()),
          canned<find_opened_session>(self, *s, sample_tokens()),
          canned<know_browser>(self, *s, {}),
          canned<refresh_session>(self, *s, {7, "access2", "refresh2", ""}),
          [](const token_shown&) {},
          canned<close_session>(self, *s, done{}),
          canned<spread_revocations>(self, *s, done{}),
          canned<list_sessions>(self, *s, sample_sessions()),
          canned<end_own_session>(self, *s, done{}),
          canned<end_other_sessions>(self, *s, done{})};
}

handle_of<verification_actor>::behavior_type
verification_stub(stub_pointer<verification_actor> self, script* s) {
  return {no_status,
          no_stop,
          no_timer,
          canned<send_code>(self, *s, {"asker-id"}),
          canned<check_code>(self, *s, {"+8613800138000", {}}),
          canned<settle_code>(self, *s, done{}),
          canned<resend_code>(self, *s, {true}),
          [](const outbox_full&) {
          }};
}

handle_of<articles_actor>::behavior_type articles_stub(stub_pointer<articles_actor> self,
                                                       script* s) {
  return {no_status,
          no_stop,
          no_timer,
          canned<save_article>(self, *s, {42}),
          canned<withdraw_own_article>(self, *s, done{}),
          canned<delete_own_article>(self, *s, done{}),
          canned<set_like>(self, *s, {true, 5}),
          canned<add_to_collection>(self, *s, done{}),
          [s](const article_read& told) { s->note(told); },
          canned<moderate_article>(self, *s, done{})};
}

handle_of<reading_store::worker>::behavior_type
store_stub(stub_pointer<reading_store::worker> self, script* s) {
  return {no_status,
          no_stop,
          no_timer,
          canned<storage::find_profile>(self, *s,
                                        {"a@b.cn", "+8613800138000", "安", "2000-01-02",
                                         "line 1\nline 2", true,
                                         from_unix_ms(1'764'000'000'000)}),
          canned<storage::list_own_articles>(self, *s, {{sample_summary()}, 0}),
          canned<storage::find_own_article>(self, *s, sample_detail()),
          canned<storage::find_saved_article>(self, *s, sample_detail()),
          canned<storage::find_public_article>(self, *s, sample_detail()),
          canned<storage::list_newest_articles>(self, *s, {{sample_summary()}, 42}),
          [self, s](const storage::list_audit& asked) {
            auto page = sample_audit(); // And the second page is the last one.
            if (asked.before)
              page.next.reset();
            page.events.front().kind = asked.kind.value_or(page.events.front().kind);
            if (asked.kind == storage::audit_kind::account_restored)
              page.events.clear(); // No deletion was taken back.
            return canned<storage::list_audit>(self, *s, std::move(page))(asked);
          },
          canned<storage::list_user_families>(self, *s, {}),
          canned<storage::next_own_article>(self, *s, {}),
          canned<storage::list_own_likes>(self, *s, {{{41, 20'000}, {42, 20'001}}}),
          canned<storage::list_own_collected>(self, *s, {}),
          canned<storage::list_own_sessions>(self, *s, {}),
          canned<storage::list_own_messages>(self, *s, {}),
          canned<storage::list_own_traces>(self, *s, {}),
          canned<storage::find_proof>(self, *s, done{})};
}

actor_report sample_report() {
  actor_report r;
  r.name = "sms.console";
  r.kind = "sms_sender";
  r.state = "running";
  r.running = true;
  r.last_error = {"could not reach +8613800138000", from_unix_ms(1'700'000'000'000),
                  std::nullopt};
  r.own.gauges = {{"in_flight", 3, 8}};
  return r;
}

actor_report failing_report() {
  actor_report r;
  r.name = "sms-sender-hook";
  r.kind = "sms_sender";
  r.state = "running";
  r.running = true;
  r.how = {health_level::failing, "circuit open: +8613800138000 and others failed",
           api_world::start_of_time - std::chrono::minutes{5}};
  return r;
}

handle_of<inspector_actor>::behavior_type
inspector_stub(stub_pointer<inspector_actor> self, script* s) {
  return {no_status, no_stop, no_timer,
          canned<list_actors>(self, *s, {{sample_report(), failing_report()}}),
          [s](const inspect_actor& asked) -> caf::result<actor_report> {
            s->note(asked);
            if (asked.name != "sms.console")
              return to_error(errc::actor_not_found);
            return sample_report();
          }};
}

provider_row sample_provider() {
  provider_row r;
  r.name = "hook";
  r.answers = true;
  r.condition.circuit = circuit_state::open;
  r.condition.circuit_reason = "too many failures";
  r.condition.forced = forced_state::open;
  r.condition.forced_by = "admin";
  r.condition.force_reason = "they asked";
  r.condition.paused_until = from_unix_ms(1'700'000'000'000);
  r.in_flight = 2;
  r.outcomes[static_cast<std::size_t>(outcome_class::delivered)] = 7;
  r.regions = {{"JM", from_unix_ms(1'700'000'001'000)}};
  return r;
}

/// The part of the failover supervisor that operators and delivery reports use.
using failover_stub_actor =
    actor_for<take_receipts, redrive_sms, discard_sms, force_provider, list_providers,
              storage::list_messages, storage::find_message>;

handle_of<failover_stub_actor>::behavior_type
failover_stub(stub_pointer<failover_stub_actor> self, script* s) {
  return {no_status,
          no_stop,
          no_timer,
          canned<take_receipts>(self, *s, {1, 0, 0}),
          canned<redrive_sms>(self, *s, {43}),
          canned<discard_sms>(self, *s, done{}),
          canned<force_provider>(self, *s, done{}),
          canned<list_providers>(self, *s, {{sample_provider()}}),
          canned<storage::list_messages>(self, *s, {{sample_history()}, 42}),
          canned<storage::find_message>(self, *s, sample_history())};
}

/// The part of the ranking that requests use.
using ranking_stub_actor = actor_for<get_board, find_rank, rebuild_boards>;

handle_of<ranking_stub_actor>::behavior_type
ranking_stub(stub_pointer<ranking_stub_actor> self, script* s) {
  return {no_status,
          no_stop,
          no_timer,
          canned<get_board>(self, *s, sample_board(api_world::start_of_time, 3)),
          canned<find_rank>(self, *s, sample_board(api_world::start_of_time, 3)),
          canned<rebuild_boards>(self, *s, done{})};
}

} // namespace

storage::message_history sample_history() {
  storage::message_history h;
  auto& m = h.message;
  m.id = 42;
  m.phone = "+8613800138000";
  m.country_prefix = "+86";
  m.region = "CN";
  m.purpose = "login";
  m.template_name = "login_code";
  m.sealed_parameters = "sealed-parameters";
  m.created_at = from_unix_ms(1'700'000'000'123);
  m.expires_at = m.created_at + std::chrono::minutes{10};
  m.state = storage::message_state::dead;
  m.attempt = 1;
  m.provider = "hook";
  m.receipt = "failed";
  h.attempts = {{.message = 42,
                 .provider = "hook",
                 .outcome = "rejected",
                 .provider_code = "400",
                 .text = "no such number 13800138000",
                 .started_at = m.created_at,
                 .took = std::chrono::milliseconds{12}}};
  h.receipts = {{"hook", false, "E7", "for +8613800138000", m.created_at}};
  return h;
}

storage::article_summary sample_summary() {
  storage::article_summary s;
  s.id = 42;
  s.title = "题目";
  s.abstract = R"(short <b> & "it's")";
  s.status = storage::article_status::published;
  s.created_at = from_unix_ms(1'700'000'000'123);
  s.updated_at = from_unix_ms(1'700'000'001'000);
  s.author = 7;
  s.author_name = "Ann";
  return s;
}

storage::article_detail sample_detail() {
  return {sample_summary(), "<p>text</p>", 1, 2, 3, true, false};
}

served_board sample_board(wall_time as_of, std::size_t rows) {
  auto board = std::make_shared<board_snapshot>();
  board->version = 5;
  board->epoch = 1;
  board->as_of = as_of;
  for (std::size_t i = 1; i <= rows; ++i)
    board->rows.push_back({static_cast<std::int64_t>(i),
                           static_cast<std::int64_t>(i * 10), "title", 7, "Ann", 9, 1});
  return {board, false};
}

api_world::api_world(const std::function<void(config::settings&)>& adjust)
    : settings(config::defaults()),
      ready(std::make_shared<readiness>([this] { return degraded; })),
      system(std::make_unique<caf::actor_system>(caf_config_)) {
  settings.http.port = 0;
  settings.admin.port = 0;
  if (adjust)
    adjust(settings);
  seeded_random random{11};
  keys = std::make_shared<const keyring>(keyring::generate(random));
  codec = std::make_shared<const token_codec>(keys, token_options{.issuer = "tinybook"});
  auto log = std::make_shared<log_writer>(
      config::log_settings{config::log_level::trace, config::log_format::json},
      std::make_shared<spdlog::sinks::ostream_sink_mt>(log_, true));
  stubs_ = make_stubs();
  listener_dependencies with{
      *system, settings, *stubs_, live, ready, keys, codec, log, [this] {
        return now;
      }};
  public_api = std::make_unique<public_listener>(with);
  admin_api = std::make_unique<admin_listener>(with, admin_token, metrics_);
  public_api->export_to(*metrics_);
  admin_api->export_to(*metrics_);
  auto meter = std::make_shared<actor_meter>("ingress", "test", "");
  ingress = system->spawn<managed_actor<ingress_actor, ingress_state>>(
      meter, live, public_api->probe(), [this] { return now; });
  spawned_.push_back(caf::actor_cast<caf::actor>(ingress));
  port = *public_api->start();
  admin_port = *admin_api->start();
  ready->now_ready();
}

system_addresses api_world::make_stubs() {
  auto accounts = system->spawn(accounts_stub, &actors);
  auto sessions = system->spawn(sessions_stub, &actors);
  auto verification = system->spawn(verification_stub, &actors);
  auto articles = system->spawn(articles_stub, &actors);
  auto inspector = system->spawn(inspector_stub, &actors);
  auto failover = system->spawn(failover_stub, &actors);
  auto ranking = system->spawn(ranking_stub, &actors);
  auto reader = system->spawn(store_stub, &store);
  const address<long_work_actor> long_work(
      std::make_shared<actor_meter>("long-work", "", ""));
  system->spawn<managed_actor<long_work_actor, long_work_state>, caf::detached>(
      long_work);
  for (const auto& one :
       {caf::actor_cast<caf::actor>(accounts), caf::actor_cast<caf::actor>(sessions),
        caf::actor_cast<caf::actor>(verification), caf::actor_cast<caf::actor>(articles),
        caf::actor_cast<caf::actor>(inspector), caf::actor_cast<caf::actor>(failover),
        caf::actor_cast<caf::actor>(ranking), caf::actor_cast<caf::actor>(reader),
        long_work.untyped()})
    spawned_.push_back(one);
  return {address<accounts_actor>(accounts, "accounts"),
          address<sessions_actor>(sessions, "sessions"),
          address<verification_actor>(verification, "verification"),
          address<articles_actor>(articles, "articles"),
          address<inspector_actor>(inspector, "inspector"),
          address<failover_supervisor_actor>(
              caf::actor_cast<handle_of<failover_supervisor_actor>>(failover),
              "sms-failover"),
          address<ranking_actor>(caf::actor_cast<handle_of<ranking_actor>>(ranking),
                                 "ranking"),
          long_work,
          address<article_cleaner_actor>(
              std::make_shared<actor_meter>("article-cleaner", "", "")),
          store_address<reading_store>{
              std::vector{address<reading_store::worker>(reader, "store-reader-1")}}};
}

api_world::~api_world() {
  public_api.reset();
  admin_api.reset();
  ingress = handle_of<ingress_actor>{};
  for (auto& one : spawned_)
    caf::anon_send_exit(one, caf::exit_reason::kill);
  stubs().long_work.clear(); // Its thread ends with its last handle.
}

std::string api_world::access_token(std::string family, token_kind kind) {
  auto from = std::chrono::floor<std::chrono::seconds>(now);
  return *codec->sign(
      {7, std::move(family), "id1", kind, from, from, from + std::chrono::minutes{15}});
}

std::string api_world::device_token(user_id user, std::int64_t epoch,
                                    std::chrono::seconds age) {
  const auto from = std::chrono::floor<std::chrono::seconds>(now) - age;
  return *codec->sign({user, "id1", "id1", token_kind::device, from, from,
                       from + std::chrono::hours{1}, epoch});
}

std::string api_world::log_text() {
  return log_.str();
}

std::string raw_exchange(std::uint16_t port, const std::string& bytes) {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string got;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    (void)::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::shutdown(fd, SHUT_WR);
    std::array<char, 4096> chunk{};
    for (ssize_t n = 0; (n = ::recv(fd, chunk.data(), chunk.size(), 0)) > 0;)
      got.append(chunk.data(), static_cast<std::size_t>(n));
  }
  ::close(fd);
  return got;
}

} // namespace tinybook::http::test
