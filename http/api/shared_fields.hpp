#pragma once

#include "actors/ranking/board_snapshot.hpp"
#include "http/api/environment.hpp"
#include "http/api/request_context.hpp"

#include <cstdint>
#include <string_view>

/// Inputs that several routes take.
namespace tinybook::http {

/// A phone and a code as people type or paste them, so that a line feed may come along:
/// `parse_typed_phone` and `parse_typed_code` drop it.
inline constexpr field_spec typed_phone_field{.name = "phone",
                                              .type = field_type::text,
                                              .secret = true,
                                              .means = field_meaning::phone};
inline constexpr field_spec typed_code_field{.name = "code",
                                             .type = field_type::text,
                                             .secret = true,
                                             .means = field_meaning::code};

inline constexpr field_spec email_field{
    .name = "email", .secret = true, .means = field_meaning::email};
inline constexpr field_spec known_password_field{
    .name = "password", .secret = true, .means = field_meaning::known_password};
inline constexpr field_spec new_password_field{
    .name = "password", .secret = true, .means = field_meaning::new_password};

/// The optional `window` of a board, see `board_window_of`.
inline constexpr field_spec window_field{
    .name = "window", .needed = presence::optional, .means = field_meaning::window};

inline constexpr field_spec article_id_field{
    .name = "id", .type = field_type::integer, .min = 1};

/// The optional `limit` of a list.
[[nodiscard]] field_spec page_limit_field();

/// How many items a list may answer: what the client asks for, or the default. Fails with
/// `invalid_field` beyond `articles.max_list_limit`.
[[nodiscard]] result<std::int64_t> page_limit(const api_environment& env,
                                              const request_context& request);

/// `all` (also where nothing is given), `day` or `week`.
[[nodiscard]] result<board_window> board_window_of(std::string_view text);

} // namespace tinybook::http
