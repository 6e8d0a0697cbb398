#pragma once

#include "storage/code_state.hpp"

namespace tinybook::test {

/// The key of a log-in code for the usual phone.
inline const code_key login_key{"+8613800138000", "login"};

} // namespace tinybook::test
