#pragma once

#include "actors/system/journey.hpp"
#include "config/settings.hpp"
#include "http/api/envelope.hpp"
#include "http/api/language.hpp"
#include "http/api/schema.hpp"
#include "storage/errc.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Ids and counts in JSON stay below 2^53: a double holds them exactly.
inline constexpr std::int64_t max_json_integer = (std::int64_t{1} << 53) - 1;

enum class field_type : std::uint8_t {
  line,    ///< A string without control characters.
  text,    ///< A string that may have lines.
  integer, ///< No fraction, no exponent; within `min` and `max`.
  boolean,
};

enum class presence : std::uint8_t {
  required,
  optional,
  clearable, ///< A text: absent leaves what there is, null or "" takes it away.
};

/// What a field means, where its type alone does not tell: its bounds, its pattern and
/// its example in the description of the API. Who checks them is the actor that is asked.
enum class field_meaning : std::uint8_t {
  plain,
  email,
  new_password,
  known_password, ///< What it had to be when it was set is not known any more.
  phone,
  code,
  nickname,
  birthday,
  about_me,
  article_title,
  article_content,
  collection,
  page_limit,
  window,
  provider,
  provider_secret,
  session,
  list_place, ///< The `next` of a page.
};

/// One input of a route: a field of the body, a parameter of the path or of the query.
struct field_spec {
  std::string_view name;
  field_type type = field_type::line;
  presence needed = presence::required;
  std::string_view alias{}; ///< Another name that clients use; `name` wins.
  std::int64_t min = 0;
  std::int64_t max = max_json_integer;
  std::int64_t fallback = 0; ///< Of an optional integer.
  bool secret = false;       ///< Never logged, wherever it turns up.
  field_meaning means = field_meaning::plain;
};

enum class auth_need : std::uint8_t {
  none,     ///< `Authorization` is not looked at.
  optional, ///< A missing or `null` token is anonymous; any other bad one is refused.
  reader,   ///< As `optional`, or `required` with `http.require_login_to_read`.
  required, ///< An access token.
  refresh,  ///< A refresh token, checked by the sessions actor.
  ending,   ///< An access token, also one that has expired, or a refresh token.
  admin,    ///< An operator's token of the route's level.
};

/// Whom a route is for.
enum class route_face : std::uint8_t {
  api,  ///< Programs: JSON in and out, tokens in headers.
  page, ///< People: forms in, HTML out, the session in a cookie.
};

/// Whether nobody is served without a token. `login_to_read`:
/// `http.require_login_to_read`.
[[nodiscard]] constexpr bool needs_login(auth_need need, bool login_to_read) {
  return need == auth_need::required || need == auth_need::refresh
         || need == auth_need::ending || (need == auth_need::reader && login_to_read);
}

enum class body_limit : std::uint8_t { usual, article };
enum class deadline_kind : std::uint8_t { usual, login };

/// Whom a route asks: those of one share the cap of requests in flight.
enum class asked_actor : std::uint8_t {
  none,
  accounts,
  sessions,
  verification,
  articles,
  inspector,
  failover,
  ranking,
  store,
};
/// How many; `store` is the last one.
inline constexpr auto asked_actors = static_cast<std::size_t>(asked_actor::store) + 1;

[[nodiscard]] constexpr std::string_view name_of(asked_actor actor) {
  switch (actor) {
  case asked_actor::none:
    break;
  case asked_actor::accounts:
    return "accounts";
  case asked_actor::sessions:
    return "sessions";
  case asked_actor::verification:
    return "verification";
  case asked_actor::articles:
    return "articles";
  case asked_actor::inspector:
    return "inspector";
  case asked_actor::failover:
    return "failover";
  case asked_actor::ranking:
    return "ranking";
  case asked_actor::store:
    return "store";
  }
  return "";
}

struct api_environment;
struct request_context;

struct call;

/// Answers a request that has passed everything that its route asks for. Returns errors,
/// never logs them, never throws on purpose. That of a page is called for input that is
/// refused, too (`request_context::refused`), to show it again.
using handler = task<result<answer>> (*)(call);

/// What an answer has beside the headers of all answers.
enum class answer_headers : std::uint8_t {
  none,
  tokens,    ///< Both tokens; `tb_device` where there was a log-in.
  device,    ///< `tb_device`.
  asker,     ///< `tb_sms`.
  cacheable, ///< For shared caches, too.
};

/// A group of routes that are shown together.
struct route_tag {
  std::string_view name;
  std::string_view about; ///< A sentence.
};

/// What clients may rely on beside what the other members of the route say.
struct contract {
  std::string_view id{}; ///< Of the operation, such as `logIn`; empty = not described.
  route_tag tag{};
  /// The `data` of a success, or the whole body where that is `bare`. Null: a body that
  /// is no business of clients.
  const schema* data = &no_data;
  bool bare = false;
  bool one_of_body = false;            ///< Exactly one field of the body is needed.
  const schema* data_of_503 = nullptr; ///< Where that error has some.
  answer_headers gives = answer_headers::none;
  /// Those that do not follow from the other members (`errors_of`).
  std::vector<errc> errors{};
};

/// All that is known about one method of one path: dispatch, checks and limits come from
/// it, the description of the API too.
struct route {
  std::string_view method; ///< `GET` (which takes HEAD, too, unless it `acts`) or `POST`.
  std::string_view path; ///< `/articles/rank/:n`; a segment with a colon takes anything.
  auth_need auth = auth_need::none;
  /// Of admin routes. `read` asks for a token where the listener does; what is above it
  /// always does, and each request is logged.
  config::admin_level level = config::admin_level::read;
  asked_actor asks = asked_actor::none;
  handler handle = nullptr;
  std::string_view summary{};
  sentence done{};                ///< The `msg` of a success.
  std::vector<field_spec> body{}; ///< Empty = the body is not looked at.
  std::vector<field_spec> path_fields{};
  std::vector<field_spec> query{};
  body_limit limit = body_limit::usual;
  deadline_kind deadline = deadline_kind::usual;
  bool acts = false; ///< A GET that changes something: a HEAD must not.
  route_face face = route_face::api;
  /// Of a form that ends its session: what it is answered when it was sent again. Fails
  /// where it was not.
  handler sent_again = nullptr;
  bool prepared = false;  ///< A page that needs no actor as long as nobody is logged in.
  bool takes_key = false; ///< An `Idempotency-Key` makes it safe to send again.
  bool takes_verdict_token = false; ///< For `abuse.webhook`.
  /// Also with the token that a log-in of who is banned gives (`token_kind::banned`).
  bool for_banned = false;
  bool foreign_body = false; ///< The handler reads the body itself, whatever its type.
  contract promised{};
};

/// Whether it is an operator who acts, which is logged.
[[nodiscard]] inline bool is_operator_action(const route& of) {
  return of.auth == auth_need::admin && of.level != config::admin_level::read;
}

} // namespace tinybook::http
