#include "http/admin/admin_tokens.hpp"
#include "http/commands/commands.hpp"
#include "storage/support/random.hpp"

namespace tinybook::http {

config::exit_request do_task(const config::admin_token_task& task) {
  system_random random;
  constexpr std::size_t bytes = 32;
  const auto token = random_id(random, bytes);
  return {config::exit_code::ok,
          "The token of " + task.name + ", shown this once:\n\n" + token
              + "\n\nFor the configuration of every replica; level is read, act or "
                "configure:\n\n[[admin.tokens]]\nname = \""
              + task.name + "\"\nlevel = \"read\"\nhash = \"" + admin_token_hash(token)
              + "\"\n",
          {}};
}

} // namespace tinybook::http
