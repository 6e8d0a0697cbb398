#include "tests/support/provider_simulator/simulator.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <signal.h>

namespace {

using tinybook::test::simulator_options;

constexpr auto about =
    R"(A simulated SMS provider on 127.0.0.1, for tests and demonstrations.

Phases of a script are "TIME BEHAVIOUR [key=value …]", parted by ";":
  behaviours  ok, fail, throttle, reject, error, hang, drop (accepts, then closes the
              connection), slow, garbage (accepts, answers nonsense), not_here (the
              region), limit_number (the number), drip (a header byte a second)
  keys        status=500, code=isv.OUT_OF_SERVICE, retry-after=2s, latency=800ms,
              period=2s (flapping), share=0.3, for=+44,+1 (only these numbers),
              receipt=none|genuine|negative|forged|replayed, receipt-after=5s,
              answer-after=3s (the receipt comes first), pace=1s (of a drip)
At run time:
  curl 127.0.0.1:PORT/control -d '{"mode":"fail status=500"}'
  curl 127.0.0.1:PORT/control -d '{"script":"0s hang; 10s ok"}'
  curl 127.0.0.1:PORT/receipt -d '{"phone":"+8613800138000","kind":"negative"}'
  curl 127.0.0.1:PORT/log
It checks signatures; what the server must be given is printed at the start.)";

int run(const simulator_options& options) {
  sigset_t stop{};
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  signal(SIGPIPE, SIG_IGN);
  const tinybook::test::provider_simulator simulator{options};
  std::printf("listening port=%d url=%s key_id=%s secret=%s\n", simulator.port(),
              simulator.url().c_str(), options.keys.key_id.c_str(),
              options.keys.secret.c_str());
  std::fflush(stdout);
  int number = 0;
  sigwait(&stop, &number);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{about, "tinybook_provider_simulator"};
  simulator_options options;
  std::string kind = "webhook";
  app.add_option("--port", options.port, "0 = a free one, which is printed")
      ->capture_default_str();
  app.add_option("--kind", kind, "webhook, tencent, aliyun or twilio")
      ->capture_default_str();
  app.add_option("--script", options.script, "What it does, by time")
      ->capture_default_str();
  app.add_option("--receipts-to", options.receipts_to,
                 "The address that it sends its receipts to");
  CLI11_PARSE(app, argc, argv);
  try {
    options.kind = tinybook::test::dialect_named(kind);
    options.keys = tinybook::test::default_credentials(options.kind);
    return run(options);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 2;
  }
}
