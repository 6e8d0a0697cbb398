#include "tests/soak/soak.hpp"

#include <CLI/CLI.hpp>

#include <atomic>
#include <cstdio>
#include <exception>
#include <iterator>
#include <map>
#include <random>
#include <signal.h>
#include <string>
#include <vector>

namespace {

std::atomic<bool> interrupted{false};

void interrupt(int /*signal*/) {
  interrupted = true;
}

} // namespace

int main(int argc, char** argv) {
  using tinybook::soak::sabotage;
  CLI::App app{
      "Two replicas under mixed traffic over real servers; see scripts/soak.sh."};
  tinybook::soak::soak_options options;
  options.rate = 150;
  options.seed = std::random_device{}();
  options.binary = TINYBOOK_BINARY;
  int minutes = 1;
  app.add_option("MINUTES", minutes, "How long")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  app.add_option("--rate", options.rate, "Requests a second")
      ->capture_default_str()
      ->check(CLI::Range(1, 5'000));
  app.add_option("--seed", options.seed,
                 "Of the plan of what goes wrong, and of the traffic (else drawn)");
  app.add_option("--binary", options.binary, "The server")->check(CLI::ExistingFile);
  const std::map<std::string, sabotage> sabotages{{"like", sabotage::like},
                                                  {"message", sabotage::message},
                                                  {"memory", sabotage::memory},
                                                  {"files", sabotage::files}};
  app.add_option(
         "--break", options.breaks,
         "Breaks something on purpose, to see that the run fails: deletes a like, "
         "or a message; adds to what it reads of memory, or of open files")
      ->transform(CLI::CheckedTransformer(sabotages));
  try {
    // In reverse order, as it wants them.
    app.parse(std::vector<std::string>{std::reverse_iterator{argv + argc},
                                       std::reverse_iterator{argv + 1}});
  } catch (const CLI::ParseError& e) {
    return app.exit(e);
  }
  options.length = std::chrono::minutes{minutes};
  signal(SIGINT, interrupt);
  signal(SIGTERM, interrupt);
  try {
    return tinybook::soak::soak{std::move(options), interrupted}.run() ? 0 : 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
}
