#include "http/api/own_export.hpp"

#include "actors/codes/code_purposes.hpp"
#include "config/ip_address.hpp"
#include "http/admin/message_json.hpp"
#include "http/api/article_json.hpp"
#include "http/api/audit_json.hpp"
#include "http/api/json_writer.hpp"
#include "storage/support/calendar.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tinybook::http {

namespace {

constexpr std::int64_t rows_of_a_page = 500;

constexpr auto some_time = schema::time("2026-11-30T08:00:00.000Z");
constexpr auto time_or_null = schema::time("2026-11-30T08:00:02.000Z").or_null();
constexpr auto device = schema::text("Firefox, Windows");
constexpr auto network = schema::text("198.51.100.0/24");

constexpr schema_member account_members[] = {
    {"id", schema::id(1)},
    {"email", schema::text("ann@example.org")},
    {"phone", schema::text("+8613800138000")},
    {"nickname", schema::text("Ann")},
    {"birthday", schema::matching(date_or_empty_pattern, "2000-02-29")},
    {"aboutMe", schema::text("Writes about the sea.")},
    {"hasPassword", schema::flag(true)},
    {"createdAt", some_time}};
constexpr schema_member own_session_members[] = {
    {"device", device},      {"network", network},       {"createdAt", time_or_null},
    {"usedAt", some_time},   {"provedAt", time_or_null}, {"endedAt", time_or_null},
    {"expiresAt", some_time}};
constexpr auto own_session = schema::object(own_session_members);
constexpr schema_member public_copy_members[] = {
    {"title", schema::text("First light")},
    {"content", schema::text("<p>The harbour at six.</p>")},
    {"hidden", schema::flag(false)}};
constexpr schema_member both_copies_members[] = {
    {"own", article_schema},
    {"public", schema::object(public_copy_members).says("Null = none.").or_null()}};
constexpr auto both_copies = schema::object(both_copies_members);
constexpr schema_member like_members[] = {
    {"article", schema::id(1)}, {"day", schema::matching(date_pattern, "2026-11-30")}};
constexpr auto own_like = schema::object(like_members);
constexpr schema_member collected_members[] = {
    {"article", schema::id(1)}, {"collection", schema::count(0)}, {"at", some_time}};
constexpr auto own_collected = schema::object(collected_members);
constexpr schema_member own_message_members[] = {
    {"phone", schema::text("+8613800138000")},
    {"purpose", schema::text("login")},
    {"state", schema::text("delivered")},
    {"createdAt", some_time},
    {"endedAt", time_or_null},
    {"codeEnteredAt", time_or_null},
    {"askedFrom", network},
    {"provider", schema::text("aliyun").says("The last one that had it; empty = none.")},
    {"tries", schema::count(1)},
    {"reports", schema::count(1).says("Of providers.")}};
constexpr auto own_message = schema::object(own_message_members);
constexpr schema_member own_trace_members[] = {
    {"kind",
     schema::text("verifiedPhone").says("Or code, reportWithoutMessage, answerToSave.")},
    {"about", schema::text("login").says("The purpose, the provider or the article.")},
    {"since", time_or_null},
    {"until", time_or_null}};
constexpr auto own_trace = schema::object(own_trace_members);
constexpr schema_member export_members[] = {
    {"account", schema::object(account_members)},
    {"sessions", schema::list(own_session)},
    {"articles", schema::list(both_copies)},
    {"likes", schema::list(own_like)},
    {"collections", schema::list(own_collected)},
    {"messages", schema::list(own_message).says("Codes and notices to the phone.")},
    {"traces", schema::list(own_trace).says("What else is kept for a while.")},
    {"events", own_events_schema}};

std::string_view trace_name(storage::own_trace::kind what) {
  using enum storage::own_trace::kind;
  switch (what) {
  case verified_phone:
    return "verifiedPhone";
  case code:
    return "code";
  case report:
    return "reportWithoutMessage";
  case kept_answer:
    return "answerToSave";
  }
  return "";
}

/// Of what limits count by. It may be that of a stranger, who has asked in this name.
std::string network_of(std::string_view limit_key) {
  const auto address = ip_address::parse_bare(limit_key.substr(0, limit_key.find('/')));
  return address ? address->network() : std::string{};
}

/// Writes the object from its first brace to its last; each part is a page of a section.
class export_writer {
 public:
  export_writer(const api_environment& env, user_id user,
                std::shared_ptr<const void> held)
      : env_(env), user_(user), held_(std::move(held)) {}

  task<result<std::string>> next() {
    out_.clear();
    result<done> written{done{}};
    switch (section_) {
    case section::account:
      written = co_await write_account();
      break;
    case section::sessions:
      written = co_await write_sessions();
      break;
    case section::articles:
      written = co_await write_article();
      break;
    case section::likes:
      written = co_await write_likes();
      break;
    case section::collected:
      written = co_await write_collected();
      break;
    case section::messages:
      written = co_await write_messages();
      break;
    case section::traces:
      written = co_await write_traces();
      break;
    case section::events:
      written = co_await write_events();
      break;
    case section::end:
      break;
    }
    if (!written)
      co_return std::move(written.error());
    co_return std::exchange(out_, {});
  }

 private:
  enum class section : std::uint8_t {
    account,
    sessions,
    articles,
    likes,
    collected,
    messages,
    traces,
    events,
    end,
  };

  template <read_by_requests Command>
  asking<Command> read(Command command) const {
    const auto& store = env_.actors.store;
    return {store.route<Command>(), std::move(command), held_, store.max_queue()};
  }

  void begin_list(std::string_view name) {
    out_.append(",\"").append(name).append("\":[");
    first_ = true;
    after_ = 0;
  }
  /// Ends the section where there is no further page.
  void go_on(bool more, section then, std::string_view name) {
    if (more)
      return;
    out_ += ']';
    section_ = then;
    if (then == section::end)
      out_ += "}\n";
    else
      begin_list(name);
  }
  json_writer item() {
    if (!std::exchange(first_, false))
      out_ += ',';
    return json_writer(out_);
  }

  task<result<done>> write_account() {
    auto found = co_await read(storage::find_profile{user_});
    if (!found)
      co_return std::move(found.error());
    out_ += "{\"account\":";
    json_writer w(out_);
    w.begin_object().member("id", user_).member("email", found->email);
    w.member("phone", found->phone).member("nickname", found->nickname);
    w.member("birthday", found->birthday).member("aboutMe", found->about_me);
    w.member("hasPassword", found->has_password);
    write_time(w, "createdAt", found->created_at);
    w.end_object();
    begin_list("sessions");
    section_ = section::sessions;
    co_return done{};
  }

  task<result<done>> write_sessions() {
    auto found =
        co_await read(storage::list_own_sessions{user_, after_session_, rows_of_a_page});
    if (!found)
      co_return std::move(found.error());
    for (const auto& one : *found) {
      after_session_ = one.id;
      auto w = item();
      w.begin_object().member("device", one.device).member("network", one.network);
      write_time(w, "createdAt", one.created_at);
      write_time(w, "usedAt", one.used_at);
      write_time(w, "provedAt", one.proved_at);
      write_time(w, "endedAt", one.ended_at);
      write_time(w, "expiresAt", one.expires_at);
      w.end_object();
    }
    go_on(std::ssize(*found) == rows_of_a_page, section::articles, "articles");
    co_return done{};
  }

  task<result<done>> write_article() {
    auto found = co_await read(storage::next_own_article{user_, after_});
    if (!found)
      co_return std::move(found.error());
    for (const auto& one : *found) {
      after_ = one.own.summary.id;
      auto w = item();
      w.begin_object().key("own");
      write_detail(w, one.own);
      w.key("public");
      if (one.public_title)
        w.begin_object()
            .member("title", *one.public_title)
            .member("content", one.public_content)
            .member("hidden", one.hidden)
            .end_object();
      else
        w.null();
      w.end_object();
    }
    go_on(!found->empty(), section::likes, "likes");
    co_return done{};
  }

  task<result<done>> write_likes() {
    auto found = co_await read(storage::list_own_likes{user_, after_, rows_of_a_page});
    if (!found)
      co_return std::move(found.error());
    for (const auto& one : *found) {
      after_ = one.article;
      item()
          .begin_object()
          .member("article", one.article)
          .member("day", format_date(date_of(one.day)))
          .end_object();
    }
    go_on(std::ssize(*found) == rows_of_a_page, section::collected, "collections");
    co_return done{};
  }

  task<result<done>> write_collected() {
    auto found =
        co_await read(storage::list_own_collected{user_, after_, rows_of_a_page});
    if (!found)
      co_return std::move(found.error());
    for (const auto& one : *found) {
      after_ = one.article;
      auto w = item();
      w.begin_object().member("article", one.article);
      w.member("collection", one.collection);
      write_time(w, "at", one.at);
      w.end_object();
    }
    go_on(std::ssize(*found) == rows_of_a_page, section::messages, "messages");
    co_return done{};
  }

  task<result<done>> write_messages() {
    auto found = co_await read(storage::list_own_messages{user_, after_, rows_of_a_page});
    if (!found)
      co_return std::move(found.error());
    for (const auto& one : *found) {
      after_ = one.id;
      auto w = item();
      w.begin_object().member("phone", one.phone).member("purpose", one.purpose);
      w.member("state", name_of(one.state));
      write_time(w, "createdAt", one.created_at);
      write_time(w, "endedAt", one.finalized_at);
      const bool has_code = one.purpose != purpose_notice;
      write_time(w, "codeEnteredAt", has_code ? one.entered_at : wall_time{});
      w.member("askedFrom", network_of(one.client_address));
      w.member("provider", one.provider);
      w.member("tries", one.tries).member("reports", one.reports).end_object();
    }
    go_on(std::ssize(*found) == rows_of_a_page, section::traces, "traces");
    co_return done{};
  }

  task<result<done>> write_traces() {
    auto found = co_await read(storage::list_own_traces{user_});
    if (!found)
      co_return std::move(found.error());
    for (const auto& one : *found) {
      auto w = item();
      w.begin_object().member("kind", trace_name(one.what)).member("about", one.about);
      write_time(w, "since", one.since);
      write_time(w, "until", one.until);
      w.end_object();
    }
    go_on(false, section::events, "events");
    co_return done{};
  }

  task<result<done>> write_events() {
    auto found = co_await read(
        storage::list_audit{.user = user_, .before = before_, .limit = rows_of_a_page});
    if (!found)
      co_return std::move(found.error());
    for (const auto& one : found->events) {
      auto w = item();
      write_own_event(w, one);
    }
    before_ = found->next;
    go_on(before_.has_value(), section::end, {});
    co_return done{};
  }

  const api_environment& env_;
  user_id user_;
  std::shared_ptr<const void> held_;
  section section_ = section::account;
  std::string out_;
  bool first_ = true;
  std::int64_t after_ = 0;
  std::string after_session_;
  std::optional<storage::audit_place> before_;
};

} // namespace

constexpr schema export_schema = schema::object(export_members).named("Export");

next_part own_export(const api_environment& env, user_id user,
                     std::shared_ptr<const void> held) {
  auto writer = std::make_shared<export_writer>(env, user, std::move(held));
  return [writer = std::move(writer)] {
    return writer->next();
  };
}

answer exported(const api_environment& env, user_id user,
                std::shared_ptr<const void> held) {
  answer out;
  out.headers.emplace_back("Content-Disposition",
                           "attachment; filename=\"tinybook-export.json\"");
  out.rest = own_export(env, user, std::move(held));
  return out;
}

} // namespace tinybook::http
