#pragma once

#include "http/api/route.hpp"

#include <vector>

namespace tinybook::http {

/// Every error that a request to the route can be answered with, in the order of `errc`,
/// each once: those that it names, and those that follow from its other members, which is
/// said here alone.
[[nodiscard]] std::vector<errc> errors_of(const route& of, bool login_to_read);

} // namespace tinybook::http
