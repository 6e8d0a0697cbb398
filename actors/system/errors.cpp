#include "actors/system/errors.hpp"

#include "actors/system/messages.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

namespace tinybook {

namespace {

constexpr auto category = caf::atom("tinybook");

bool is(const caf::error& e, caf::sec code) {
  return e.category() == caf::atom("system")
         && e.code() == static_cast<std::uint8_t>(code);
}

} // namespace

caf::error to_error(failure f) {
  auto code = static_cast<std::uint8_t>(f.code == errc::none ? errc::internal : f.code);
  return caf::error{code, category, caf::make_message(std::move(f))};
}

failure to_failure(const caf::error& e, std::string_view actor) {
  if (e.category() == category && e.context().match_elements<failure>())
    return e.context().get_as<failure>(0);
  auto name = std::string{actor};
  if (is(e, caf::sec::request_timeout))
    return {errc::deadline_exceeded, name + " did not answer in time"};
  if (is(e, caf::sec::request_receiver_down) || e.category() == caf::atom("exit"))
    return {errc::unavailable, name + " is down or restarting"};
  return {errc::internal, name + ": " + caf::to_string(e)};
}

} // namespace tinybook
