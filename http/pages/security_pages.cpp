#include "http/api/audit_json.hpp"
#include "http/api/error_texts.hpp"
#include "http/api/own_account.hpp"
#include "http/api/own_export.hpp"
#include "http/pages/browser_session.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/log_in_form.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/security_views.hpp"
#include "http/text_tools.hpp"
#include "storage/reading_commands.hpp"

#include <algorithm>
#include <array>

namespace tinybook::http {

namespace {

constexpr std::string_view security_path = "/security";
constexpr std::string_view deletion_path = "/security/delete";

page_data session_row(const page_view& view, const session_shown& one, bool current) {
  page_data row;
  set_text(row, "id", one.id);
  set_text(row, "device", one.device.empty() ? view.text("unknown_device") : one.device);
  set_text(row, "network", one.network);
  if (one.created_at != wall_time{}) {
    page_data opened;
    set_text(opened, "at", format_rfc3339(one.created_at));
    set_text(opened, "at_text", view.moment(one.created_at));
    row.set("opened", opened);
  }
  set_text(row, "used", format_rfc3339(one.used_at));
  set_text(row, "used_text", view.moment(one.used_at));
  row.set("current", current);
  return row;
}

bool has_grace(const call& c) {
  return c.env.settings.accounts.delete_grace.count() > 0;
}

void add_deletion_hint(page_view& view, const call& c) {
  set_text(
      view.data, "deletion_hint",
      view.text(has_grace(c) ? "delete_account_hint" : "delete_account_hint_at_once"));
}

/// Where a deletion leads.
answer leave(const call& c) {
  auto out = see_other(c.request, "/", has_grace(c) ? "account_leaves" : "account_gone");
  out.headers.emplace_back("Set-Cookie", forget_session(c.request));
  forget_sent_code(c.request, out);
  return out;
}

constexpr std::string_view while_banned = ", while banned";
constexpr std::string_view left_out = " more left out";
constexpr std::string_view of_article = "article ";

struct text_of_detail {
  std::string_view detail;
  std::string_view text;
};
constexpr auto known_details =
    std::to_array<text_of_detail>({{"email", "detail_email"},
                                   {"phone", "detail_phone"},
                                   {"password", "detail_password"},
                                   {"code", "detail_code"},
                                   {"one too many", "detail_one_too_many"}});

/// The detail of an event, which is stored in words for programs. What has none of ours,
/// such as a phone, is shown as it is.
std::string detail_text(const page_view& view, std::string_view detail) {
  if (detail.ends_with(while_banned))
    return view.text(
        "detail_while_banned",
        {detail_text(view, detail.substr(0, detail.size() - while_banned.size()))});
  if (detail.ends_with(left_out))
    return view.text("detail_left_out",
                     {detail.substr(0, detail.size() - left_out.size())});
  if (detail.starts_with(of_article))
    return view.text("detail_article", {detail.substr(of_article.size())});
  const auto known = std::ranges::find(known_details, detail, &text_of_detail::detail);
  return known != known_details.end() ? view.text(known->text) : std::string{detail};
}

page_data event_row(const page_view& view, const storage::audit_event& event) {
  page_data row;
  set_text(row, "text", view.text("event_" + std::string{name_of(event.kind)}));
  set_text(row, "at", format_rfc3339(event.at));
  set_text(row, "at_text", view.moment(event.at));
  set_section(row, "detail", "text", detail_text(view, event.detail));
  if (event.from.by.empty()) { // Where an operator is, is their own affair.
    set_text(row, "device", event.from.device);
    set_text(row, "network", event.from.network);
  }
  return row;
}

void add_events(page_view& view, const storage::audit_page& page) {
  auto rows = page_list();
  for (const auto& event : page.events)
    rows.push_back(event_row(view, event));
  view.data.set("events", rows);
  set_section(view.data, "older_url", "url",
              page.next ? "/security/events?before=" + place_text(*page.next) : "");
}

/// A refusal for want of a proof leads to the page that asks for one, and from there to
/// `next`.
result<answer> prove_first_or(const failure& refused, std::string_view next) {
  if (refused.code == errc::step_up_required)
    return prove_first(next);
  return refused;
}

task<result<answer>> security_page(call c) {
  constexpr std::int64_t newest = 5;
  const auto found = co_await c.read(storage::find_profile{c.request.user()});
  if (!found)
    co_return found.error();
  const auto listed =
      co_await c.ask(c.env.actors.sessions, list_sessions{c.request.user()});
  if (!listed)
    co_return listed.error();
  const auto events =
      co_await c.read(storage::list_audit{.user = c.request.user(), .limit = newest});
  if (!events)
    co_return events.error();
  page_view view(c.env, c.request, "security_title");
  set_text(view.data, "heading", view.text("security_title"));
  set_text(view.data, "sessions_text", view.text("sessions_text"));
  add_password_link(view, *found);
  auto rows = page_list();
  for (const auto& one : listed->sessions)
    rows.push_back(session_row(view, one, one.id == c.request.session->family));
  view.data.set("sessions", rows);
  view.data.set("others", listed->sessions.size() > 1);
  add_events(view, *events);
  add_deletion_hint(view, c);
  co_return view.show("security");
}

task<result<answer>> events_page(call c) {
  constexpr std::int64_t entries = 20;
  const auto before = place_before(c.request.fields);
  if (!before)
    co_return before.error();
  const auto events = co_await c.read(
      storage::list_audit{.user = c.request.user(), .before = *before, .limit = entries});
  if (!events)
    co_return events.error();
  page_view view(c.env, c.request, "events_title");
  set_text(view.data, "heading", view.text("events_title"));
  add_events(view, *events);
  co_return view.show("events");
}

task<result<answer>> end_session_by_form(call c) {
  const auto ended = co_await c.ask(
      c.env.actors.sessions,
      end_own_session{c.request.user(), std::string{sent_value(c.request.form, "id")},
                      c.request.session->family, source_of(client_of(c.env, c.request))});
  if (code_of(ended) == errc::session_not_found)
    co_return see_other(c.request, std::string{security_path}, "session_unknown");
  if (!ended)
    co_return prove_first_or(ended.error(), security_path);
  co_return see_other(c.request, std::string{security_path}, "session_ended");
}

task<result<answer>> end_others_by_form(call c) {
  const auto ended = co_await c.ask(c.env.actors.sessions, end_others_of(c));
  if (!ended)
    co_return prove_first_or(ended.error(), security_path);
  co_return see_other(c.request, std::string{security_path}, "sessions_ended");
}

task<result<answer>> export_by_form(call c) {
  const auto allowed =
      co_await c.ask(c.env.actors.accounts, in_own_name<begin_export>(c));
  if (!allowed)
    co_return prove_first_or(allowed.error(), security_path);
  co_return exported(c.env, c.request.user(), c.held);
}

task<result<answer>> banned_page(call c) {
  if (!c.request.is_banned())
    co_return see_other(std::string{security_path}); // The ban is lifted.
  page_view view(c.env, c.request, "banned_title");
  set_text(view.data, "heading", view.text("banned_title"));
  set_text(view.data, "text", text_of(errc::account_banned, view.lang()));
  add_deletion_hint(view, c);
  co_return view.show("banned");
}

task<result<answer>> deletion_page(call c) {
  const auto proved = co_await find_own_proof(c);
  if (!proved)
    co_return prove_first_or(proved.error(), deletion_path);
  page_view view(c.env, c.request, "delete_account_title");
  view.has_form();
  set_text(view.data, "heading", view.text("delete_account_title"));
  const auto erased_on = view.day(c.env.clock() + c.env.settings.accounts.delete_grace);
  set_text(view.data, "text",
           has_grace(c) ? view.text("delete_account_text", {erased_on})
                        : view.text("delete_account_text_at_once"));
  set_text(view.data, "action", deletion_path);
  set_text(view.data, "submit", view.text("delete_account_submit"));
  set_text(view.data, "cancel_url", c.request.is_banned() ? banned_path : security_path);
  view.data.set("danger", true);
  co_return view.show("confirm");
}

/// The id of the newest event of that kind, 0 where there is none.
task<result<std::int64_t>> newest_of(call c, user_id user, storage::audit_kind kind) {
  const auto page =
      co_await c.read(storage::list_audit{.user = user, .kind = kind, .limit = 1});
  if (!page)
    co_return page.error();
  co_return page->events.empty() ? 0 : page->events.front().id;
}

/// Sent twice, or again since the answer was lost: the first one has ended the session.
task<result<answer>> delete_account_again(call c) {
  const auto who = ended_session(c.env, c.request);
  if (!who)
    co_return who.error();
  const auto asked =
      co_await newest_of(c, who->user_id, storage::audit_kind::deletion_asked);
  if (!asked)
    co_return asked.error();
  const auto taken_back =
      co_await newest_of(c, who->user_id, storage::audit_kind::account_restored);
  if (!taken_back)
    co_return taken_back.error();
  if (*asked <= *taken_back)
    co_return errc::login_required;
  co_return leave(c);
}

task<result<answer>> delete_account_by_form(call c) {
  const auto asked =
      co_await c.ask(c.env.actors.accounts, in_own_name<delete_account>(c));
  if (code_of(asked) == errc::token_revoked)
    co_return co_await delete_account_again(c); // By the first one, meanwhile.
  if (!asked)
    co_return prove_first_or(asked.error(), deletion_path);
  co_return leave(c);
}

} // namespace

void add_password_link(page_view& view, const storage::profile& of) {
  page_data link;
  set_text(link, "href", of.has_password ? "/profile/password" : "/password/new");
  set_text(link, "text",
           view.text(of.has_password ? "change_password" : "choose_password"));
  view.data.set("password_link", link);
}

std::vector<route> security_page_routes() {
  using enum auth_need;
  auto deletion = form_at("/security/delete", delete_account_by_form,
                          asked_actor::accounts, "Deletes the account.", {}, required);
  deletion.sent_again = delete_account_again;
  deletion.for_banned = true;
  auto ask_deletion =
      page_at(deletion_path, deletion_page, "Asks whether to delete the account.",
              required, asked_actor::store);
  ask_deletion.for_banned = true;
  auto export_all =
      form_at("/security/export", export_by_form, asked_actor::accounts,
              "Everything that is held of the account, as a file.", {}, required);
  export_all.for_banned = true;
  auto banned = page_at(banned_path, banned_page, "What who is banned may do.", required);
  banned.for_banned = true;
  auto events = page_at("/security/events", events_page, "What happened to the account.",
                        required, asked_actor::store);
  events.query = {list_place_field()};
  return {
      page_at("/security", security_page, "Sessions, events, and the end of the account.",
              required),
      std::move(events),
      form_at("/security/end", end_session_by_form, asked_actor::sessions,
              "Ends one of the own sessions.", same_fields_as("/users/sessions/end"),
              required),
      form_at("/security/end_others", end_others_by_form, asked_actor::sessions,
              "Ends all other sessions.", {}, required),
      std::move(export_all),
      std::move(ask_deletion),
      std::move(deletion),
      std::move(banned),
  };
}

} // namespace tinybook::http
