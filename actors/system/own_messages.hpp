#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include <string>
#include <type_traits>

/// Every type of ours may be a message. None is ever serialized, for actors talk within
/// one process only; CAF would otherwise want each of them listed.
namespace tinybook {

/// Found by the namespace of its argument; never called.
template <class T>
void is_own_message(const T&);

namespace storage {
using tinybook::is_own_message;
namespace redis {
using tinybook::is_own_message;
}
} // namespace storage
namespace test {
using tinybook::is_own_message;
}

/// Apart, so that the function above is found by the argument alone.
namespace message_lookup {

void is_own_message();

template <class T>
concept own_message = requires(const T& message) {
  is_own_message(message);
};

} // namespace message_lookup

static_assert(
    !message_lookup::own_message<int> && !message_lookup::own_message<std::string>);

} // namespace tinybook

template <tinybook::message_lookup::own_message T>
struct caf::allowed_unsafe_message_type<T> : std::true_type {};
