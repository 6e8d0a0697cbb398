#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include <type_traits>

/// Every type of ours may be a message. None is ever serialized, for actors talk within
/// one process only; CAF would otherwise want each of them listed.
namespace tinybook {

/// Found by the argument's namespace; never called.
template <class T>
std::true_type is_own_message(const T&);

namespace storage {
using tinybook::is_own_message;
}
namespace test {
using tinybook::is_own_message;
}

template <class T>
concept own_message = requires(const T& message) {
  is_own_message(message);
};

} // namespace tinybook

template <tinybook::own_message T>
struct caf::allowed_unsafe_message_type<T> : std::true_type {};
