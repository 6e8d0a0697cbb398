#pragma once

#include "actors/accounts/messages.hpp"
#include "http/api/respond.hpp"

#include <string>
#include <string_view>
#include <utility>

/// What routes of the API and forms of the pages ask of actors alike, in the name of who
/// is logged in.
namespace tinybook::http {

/// Such as `begin_export`: who asks, by which session, and from where.
template <class Message>
[[nodiscard]] Message in_own_name(const call& c) {
  return {c.request.user(), c.request.session->family, client_of(c.env, c.request)};
}

[[nodiscard]] inline end_other_sessions end_others_of(const call& c) {
  return {c.request.user(), c.request.session->family,
          source_of(client_of(c.env, c.request))};
}

/// To the phone of the account where `phone` is empty.
[[nodiscard]] inline send_own_code own_code(const call& c, std::string_view purpose,
                                            std::string phone = {}) {
  return {c.request.user(), c.request.session->family,   std::string{purpose},
          std::move(phone), client_of(c.env, c.request), c.request.asked_for};
}

/// By the fields `password` and `code`, one of which is empty.
[[nodiscard]] inline step_up step_up_by(const call& c, client_info client) {
  return {c.request.user(), c.request.session->family, c.request.fields.text("password"),
          c.request.fields.text("code"), std::move(client)};
}

[[nodiscard]] inline bind_own_phone bind_of(const call& c, client_info client) {
  return {c.request.user(), c.request.session->family, c.request.fields.text("phone"),
          c.request.fields.text("code"), std::move(client)};
}

/// Whether the ban of `by`, whose session is of who is banned, was lifted since. Fails as
/// a read does.
task<result<bool>> is_ban_lifted(call c, user_id by);

} // namespace tinybook::http
