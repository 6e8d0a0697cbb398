#pragma once

#include "storage/code_state.hpp"

namespace tinybook::test {

/// Of a code to log in with the usual phone.
inline const code_key login_key{"+8613800138000", "login"};

} // namespace tinybook::test
