#pragma once

#include "http/api/route.hpp"

namespace tinybook::http {

/// A phone and a code as people type or paste them, so a line feed may come along: who
/// reads them (actors/codes/code_entry.hpp) knows what stands for nothing.
inline constexpr field_spec typed_phone_field{
    .name = "phone", .type = field_type::text, .secret = true};
inline constexpr field_spec typed_code_field{
    .name = "code", .type = field_type::text, .secret = true};

} // namespace tinybook::http
