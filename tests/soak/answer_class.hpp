#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tinybook::soak {

/// What an answer means for the judgement of a run.
enum class answer_class : std::uint8_t {
  ok,       ///< 2xx.
  expected, ///< A 4xx that the request asks for, such as the rank of what nobody liked.
  limited,  ///< 429, with Retry-After.
  declared, ///< 503 that names what is missing or too much, with Retry-After.
  broken_by_kill, ///< No answer, from a replica that was killed with -9.
  fault,          ///< Everything else: the run fails.
};
inline constexpr std::size_t answer_classes = 6;

struct seen_answer {
  int status = 0;      ///< 0 = none.
  std::string error{}; ///< The code of an error's body.
  bool names_wait = false;
  bool replica_killed = false;
};

/// `expected`: the codes of 4xx that are right for this request.
[[nodiscard]] answer_class
classify(const seen_answer& seen, std::initializer_list<std::string_view> expected = {});

} // namespace tinybook::soak
