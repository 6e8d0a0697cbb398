#include "actors/codes/code_purposes.hpp"
#include "http/api/audit_json.hpp"
#include "http/api/error_texts.hpp"
#include "http/api/own_account.hpp"
#include "http/api/own_export.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"

/// What opens an account to others or ends it, the proof that this needs, and what has
/// happened to it.
namespace tinybook::http {

namespace {

constexpr sentence lifted_since{"The ban of this account is lifted; please log in.",
                                "该账号已解除封禁，请登录。"};

task<result<answer>> prove(call c) {
  const auto& in = c.request.fields;
  if (in.text("password").empty() == in.text("code").empty()) {
    failure refused{errc::invalid_field};
    for (const auto* name : {"password", "code"})
      refused.fields.push_back({name, field_rule::exactly_one, 0, "password, code"});
    co_return refused;
  }
  auto proved =
      co_await c.ask(c.env.actors.accounts, step_up_by(c, client_of(c.env, c.request)));
  if (!proved)
    co_return about_own_password(std::move(proved.error()), c.request.lang());
  co_return success(c.request);
}

task<result<answer>> send_own(call c, std::string_view purpose) {
  auto sent = co_await c.ask(c.env.actors.accounts,
                             own_code(c, purpose, c.request.fields.text("phone")));
  if (!sent)
    co_return std::move(sent.error());
  auto out = success(c.request);
  give_asker(c.env, c.request, sent->asker, out);
  co_return out;
}

task<result<answer>> send_bind_code(call c) {
  return send_own(c, purpose_bind_phone);
}

task<result<answer>> send_step_up_code(call c) {
  return send_own(c, purpose_step_up);
}

task<result<answer>> end_others(call c) {
  auto ended = co_await c.ask(c.env.actors.sessions, end_others_of(c));
  if (!ended)
    co_return std::move(ended.error());
  co_return success(c.request);
}

/// A session of who is banned is good for nothing that a log-in would not give, once the
/// ban is lifted.
task<result<done>> check_ban(call c) {
  if (!c.request.is_banned())
    co_return done{};
  const auto lifted = co_await is_ban_lifted(c, c.request.user());
  if (!lifted)
    co_return lifted.error();
  if (!*lifted)
    co_return done{};
  failure why{errc::token_revoked};
  why.text = lifted_since.text(c.request.lang());
  co_return why;
}

task<result<answer>> export_own(call c) {
  if (auto checked = co_await check_ban(c); !checked)
    co_return std::move(checked.error());
  auto allowed = co_await c.ask(c.env.actors.accounts, in_own_name<begin_export>(c));
  if (!allowed)
    co_return std::move(allowed.error());
  co_return exported(c.env, c.request.user(), c.held);
}

constexpr sentence erased_at_once{"Your account is being erased. Nothing brings it back.",
                                  "您的账号正在删除，无法恢复。"};

task<result<answer>> delete_own_account(call c) {
  if (auto checked = co_await check_ban(c); !checked)
    co_return std::move(checked.error());
  auto asked = co_await c.ask(c.env.actors.accounts, in_own_name<delete_account>(c));
  if (!asked)
    co_return std::move(asked.error());
  auto out = success(c.request);
  if (c.env.settings.accounts.delete_grace.count() == 0)
    out.body = success_body("null", erased_at_once.text(c.request.lang()));
  co_return out;
}

task<result<answer>> list_events(call c) {
  auto before = place_before(c.request.fields);
  if (!before)
    co_return std::move(before.error());
  auto limit = page_limit(c.env, c.request);
  if (!limit)
    co_return std::move(limit.error());
  auto page = co_await c.read(
      storage::list_audit{.user = c.request.user(), .before = *before, .limit = *limit});
  if (!page)
    co_return std::move(page.error());
  co_return success_object(
      c.request, [&](json_writer& w) { write_audit_page(w, *page, write_own_event); });
}

constexpr schema_member event_page_members[] = {
    {"items", own_events_schema},
    {"next", schema::text("1764489600000-7")
                 .says("The `before` of the next page; null on the last one.")
                 .or_null()}};
constexpr schema event_page_schema =
    schema::object(event_page_members).named("SecurityEvents");

/// One that needs a step-up.
route stepped_up(route of) {
  of.auth = auth_need::required;
  of.promised.errors.push_back(errc::step_up_required);
  return of;
}

} // namespace

std::vector<route> security_routes() {
  const std::vector<errc> refused_sends{
      errc::no_sms_route, errc::send_cooldown,  errc::sms_pending,   errc::send_held,
      errc::codes_full,   errc::user_not_found, errc::verdict_denied};
  auto no_phone = refused_sends;
  no_phone.push_back(errc::no_phone);
  return {
      {.method = "POST",
       .path = "/users/step_up",
       .auth = auth_need::required,
       .asks = asked_actor::accounts,
       .handle = prove,
       .summary = "Proves again who asks, by the password or a code; for "
                  "`accounts.step_up` from then on this session may do what answers "
                  "`step_up_required`.",
       .done = {"Thank you.", "验证成功。"},
       .body = {{.name = "password",
                 .needed = presence::optional,
                 .secret = true,
                 .means = field_meaning::known_password},
                {.name = "code",
                 .type = field_type::text,
                 .needed = presence::optional,
                 .secret = true,
                 .means = field_meaning::code}},
       .deadline = deadline_kind::login,
       .promised = {.id = "stepUp",
                    .one_of_body = true,
                    .errors = {errc::wrong_credentials, errc::wrong_code,
                               errc::too_many_tries, errc::user_not_found,
                               errc::no_phone}}},
      {.method = "POST",
       .path = "/users/step_up/code/send",
       .auth = auth_need::required,
       .asks = asked_actor::accounts,
       .handle = send_step_up_code,
       .summary = "Sends a code for `/users/step_up` to the phone of the account.",
       .done = {"The code has been sent.", "验证码已发送。"},
       .takes_verdict_token = true,
       .promised = {.id = "sendStepUpCode",
                    .gives = answer_headers::asker,
                    .errors = no_phone}},
      stepped_up({.method = "POST",
                  .path = "/users/phone/code/send",
                  .asks = asked_actor::accounts,
                  .handle = send_bind_code,
                  .summary = "Sends a code that binds the phone to the own account.",
                  .done = {"The code has been sent.", "验证码已发送。"},
                  .body = {typed_phone_field},
                  .takes_verdict_token = true,
                  .promised = {.id = "sendBindCode",
                               .gives = answer_headers::asker,
                               .errors = refused_sends}}),
      stepped_up(
          {.method = "POST",
           .path = "/users/sessions/end_others",
           .asks = asked_actor::sessions,
           .handle = end_others,
           .summary = "Ends all sessions of the account but this one.",
           .done = {"All other sessions have ended.", "其他会话均已结束。"},
           .promised = {.id = "endOtherSessions", .errors = {errc::user_not_found}}}),
      stepped_up({.method = "POST",
                  .path = "/users/export",
                  .asks = asked_actor::accounts,
                  .handle = export_own,
                  .summary =
                      "Everything that is held of the account and its owner, as one "
                      "JSON object in chunks; it is whole where it can be parsed.",
                  .for_banned = true,
                  .promised = {.id = "exportAccount",
                               .data = &export_schema,
                               .bare = true,
                               .errors = {errc::user_not_found}}}),
      stepped_up({.method = "POST",
                  .path = "/users/delete",
                  .asks = asked_actor::accounts,
                  .handle = delete_own_account,
                  .summary = "Deletes the account: all sessions end and its articles are "
                             "hidden at once; after `accounts.delete_grace`, in which a "
                             "log-in takes it back, it is erased.",
                  .done = {"Your account will be erased. Until then, a log-in takes this "
                           "back.",
                           "您的账号将被删除；在此之前，登录即可撤销。"},
                  .for_banned = true,
                  .promised = {.id = "deleteAccount", .errors = {errc::user_not_found}}}),
      {.method = "GET",
       .path = "/users/events",
       .auth = auth_need::required,
       .asks = asked_actor::store,
       .handle = list_events,
       .summary =
           "What has happened to the account: log-ins, proofs, changes; the newest "
           "first.",
       .query = {list_place_field(), page_limit_field()},
       .promised = {.id = "listEvents", .data = &event_page_schema}},
  };
}

} // namespace tinybook::http
