#include "config/url.hpp"
#include "http/commands/commands.hpp"

#include <httplib.h>

#include <chrono>
#include <string>

namespace tinybook::http {

using config::exit_code;

namespace {

constexpr std::chrono::seconds probe_patience{3};

} // namespace

/// One line for each outcome: who runs it looks at the log of a container.
config::exit_request do_task(const config::probe_task& task) {
  const auto parts = config::split_url(task.url);
  if (!parts || parts->scheme != "http")
    return {exit_code::bad_usage,
            {},
            "--probe: \"" + task.url + "\" is not allowed; use an address such as "
                + "http://127.0.0.1:8081/readyz\n"};
  httplib::Client client{"http://" + std::string{parts->authority}};
  client.set_connection_timeout(probe_patience);
  client.set_read_timeout(probe_patience);
  const auto target =
      parts->target.empty() ? std::string{"/"} : std::string{parts->target};
  const auto answer = client.Get(target);
  if (!answer)
    return {exit_code::failed,
            {},
            task.url + ": " + httplib::to_string(answer.error()) + "\n"};
  const auto said = task.url + ": " + std::to_string(answer->status) + "\n";
  if (answer->status != 200)
    return {exit_code::failed, {}, said};
  return {exit_code::ok, said, {}};
}

} // namespace tinybook::http
