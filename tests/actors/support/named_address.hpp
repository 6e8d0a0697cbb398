#pragma once

#include "actors/system/address.hpp"

#include <memory>
#include <string>

namespace tinybook::test {

/// An address with a meter of that name and no actor yet.
template <class Handle>
address<Handle> named(const std::string& name) {
  return address<Handle>{std::make_shared<actor_meter>(name, "test", "")};
}

} // namespace tinybook::test
