#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>

/// Every type of ours may be a message. None is ever serialized, for actors talk within
/// one process only; CAF would otherwise want each of them listed.
namespace tinybook {

/// Whether `T`, or what it is made of, is declared in this namespace or one within it:
/// the compiler's name of the type tells. A lookup by argument would miss the unnamed
/// namespaces of tests.
template <class T>
consteval bool is_own_message() {
  const std::string_view here = std::source_location::current().function_name();
  return here.find("tinybook::", here.find("T = ")) != std::string_view::npos;
}

template <class T>
concept own_message = is_own_message<T>();

static_assert(!own_message<int> && !own_message<std::string>);

} // namespace tinybook

template <tinybook::own_message T>
struct caf::allowed_unsafe_message_type<T> : std::true_type {};
