#pragma once

#include "actors/accounts/client_info.hpp"
#include "http/api/route.hpp"
#include "http/pages/page_view.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// How a field of a form is shown; what it may hold is said by the route (`field_spec`).
struct form_field {
  std::string_view name;
  std::string_view label; ///< Key among the texts, as all texts here.
  std::string_view hint{};
  std::string_view type = "text";
  std::string_view autocomplete = "off";
  std::string_view inputmode{};
  bool optional = false;
  bool textarea = false;
  bool code = false; ///< A code that was sent.
};

inline constexpr form_field code_input{.name = "code",
                                       .label = "code",
                                       .hint = "code_hint",
                                       .autocomplete = "one-time-code",
                                       .inputmode = "numeric",
                                       .code = true};
inline constexpr form_field new_password_input{.name = "password",
                                               .label = "new_password",
                                               .hint = "password_hint",
                                               .type = "password",
                                               .autocomplete = "new-password"};

/// A form on a page of its own.
struct form_plan {
  std::string_view action;
  std::string_view title;
  std::string_view intro{};
  std::string_view submit;
  std::span<const form_field> fields;
};

/// The forms that lead to a question to the operator's endpoint, by their paths: the
/// operator's widget stands in them.
namespace judged_forms {
inline constexpr std::string_view sign_up = "/signup";
inline constexpr std::string_view log_in_code = "/login/code";
inline constexpr std::string_view reset_code = "/password/new";
inline constexpr std::string_view bind_code = "/profile/phone";
inline constexpr std::string_view proof_code = "/security/prove/code";
inline constexpr std::array all{sign_up, log_in_code, reset_code, bind_code, proof_code};
} // namespace judged_forms

/// Whether the form of `action` is one of them.
[[nodiscard]] bool is_judged(std::string_view action);

/// `f-email`
[[nodiscard]] std::string form_field_id(std::string_view name);

/// What is said of a field, with its name in front.
[[nodiscard]] std::string labelled(const page_view& view, const said_of_field& said);

/// Fills `view` with the fields and what was typed (never a password); what `why` refuses
/// is said beside each.
void fill_form(page_view& view, const form_plan& plan, const form_values& typed,
               const failure* why = nullptr);

/// The SHA-256, in hex, of what the form of `path` has sent in `names`.
[[nodiscard]] std::string hash_of(std::string path, const form_values& sent,
                                  std::span<const std::string_view> names);

/// Who has sent the form, and the form itself: the same is sent again by a double click
/// or a reload, and by nobody else, for its token is of this browser and of one answer.
[[nodiscard]] client_info form_sender(const call& c);

/// Adds a hidden field to the list `hidden`.
void add_hidden(page_data& list, std::string_view name, std::string_view value);

/// Adds `{href, text}` to a list of links.
void add_link(page_data& list, std::string_view href, std::string_view text);

// A form that was sent after its session had ended is kept in the log-in form: its fields
// as `kept.title`, and where it goes as `next`.
inline constexpr std::string_view kept_prefix = "kept.";
inline constexpr std::string_view next_field = "next";

/// Not a password, not a code, and not the token, which is of one session.
[[nodiscard]] bool may_be_kept(std::string_view name);

/// Whether something is typed in it. The others are buttons: what one does is said where
/// it stands, and for who is logged in now it is to be decided there.
[[nodiscard]] bool is_typed(const route& form);

/// What a form has sent; of a GET the page to go on with.
[[nodiscard]] form_values sent_by(const request_context& request);
/// The field `name`; empty where it was not sent.
[[nodiscard]] std::string_view sent_value(const form_values& sent, std::string_view name);

/// The hidden fields that carry `next` and what is kept from one form to the one after.
[[nodiscard]] page_data carried(const form_values& sent);
[[nodiscard]] bool keeps_a_form(const form_values& sent);

/// Fills a page (`confirm`) that shows what was typed into a form that is kept, but
/// secrets, and asks whether to send it: under a new token.
void ask_to_send(page_view& view, std::string_view action, const form_values& fields,
                 std::string_view text);

/// The page `form`, which may carry on a form that is kept.
task<result<answer>> show_form(call c, page_view view);

/// The fields of the body of a route of the API: a form asks for the same.
[[nodiscard]] std::vector<field_spec> same_fields_as(std::string_view path);

} // namespace tinybook::http
