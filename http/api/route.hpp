#pragma once

#include "actors/system/journey.hpp"
#include "http/api/envelope.hpp"
#include "http/api/language.hpp"

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
};

enum class auth_need : std::uint8_t {
  none,         ///< `Authorization` is not looked at.
  optional,     ///< A missing or `null` token is anonymous; any other bad one is refused.
  reader,       ///< As `optional`, or `required` with `http.require_login_to_read`.
  required,     ///< An access token.
  refresh,      ///< A refresh token, checked by the sessions actor.
  admin,        ///< The admin token where the listener asks for it.
  admin_action, ///< The admin token, always; each request is logged.
};

/// Whom a route is for.
enum class route_face : std::uint8_t {
  api,  ///< Programs: JSON in and out, tokens in headers.
  page, ///< People: forms in, HTML out, the session in a cookie.
};

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

/// All that is known about one method of one path: dispatch, checks and limits come from
/// it, the description of the API too.
struct route {
  std::string_view method; ///< `GET` (which takes HEAD, too, unless it `acts`) or `POST`.
  std::string_view path; ///< `/articles/rank/:n`; a segment with a colon takes anything.
  auth_need auth = auth_need::none;
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
  bool prepared = false;  ///< A page that needs no actor as long as nobody is logged in.
  bool takes_key = false; ///< An `Idempotency-Key` makes it safe to send again.
};

} // namespace tinybook::http
