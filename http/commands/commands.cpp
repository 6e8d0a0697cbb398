#include "http/commands/commands.hpp"

#include <concepts>
#include <utility>

namespace tinybook::http {

std::variant<config::settings, config::exit_request> carry_out(config::order order) {
  using outcome = std::variant<config::settings, config::exit_request>;
  return std::visit(
      []<class T>(T& one) -> outcome {
        if constexpr (requires { do_task(one); })
          return do_task(one);
        else
          return std::move(one);
      },
      order);
}

} // namespace tinybook::http
