#pragma once

#include "actors/abuse/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/ask.hpp"

#include <optional>

namespace tinybook {

/// As a step of a journey: goes on where the operator's endpoint allows it, or where
/// there is none. Fails as `ask_verdict`.
inline task<result<done>> pass_verdict(std::optional<address<verdict_hook_actor>> hook,
                                       step_bound most, verdict_question question) {
  if (!hook)
    co_return done{};
  co_return co_await ask(*hook, most, ask_verdict{std::move(question)});
}

} // namespace tinybook
