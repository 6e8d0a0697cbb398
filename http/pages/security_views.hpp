#pragma once

#include "http/pages/page_view.hpp"

#include <string>
#include <string_view>

namespace tinybook::storage {
struct profile;
}

namespace tinybook::http {

/// What who is banned may do nevertheless.
inline constexpr std::string_view banned_path = "/banned";

/// Where the password is changed; or chosen, by who has none yet.
void add_password_link(page_view& view, const storage::profile& of);

/// Asks who it is once more, and goes on with the page `next`.
[[nodiscard]] answer prove_first(std::string_view next);

/// Whether the session has proved lately who it is. Fails with `step_up_required` and as
/// a read does.
task<result<done>> find_own_proof(call c);

} // namespace tinybook::http
