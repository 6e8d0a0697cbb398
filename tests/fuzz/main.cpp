#include "tests/fuzz/target.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace {

using namespace tinybook::fuzz;

struct named_target {
  std::string_view name;
  target run;
};

constexpr auto targets = std::to_array<named_target>({
    {"answers.aliyun", aliyun_answer},
    {"answers.tencent", tencent_answer},
    {"answers.twilio", twilio_answer},
    {"answers.webhook", webhook_answer},
    {"receipts.aliyun", aliyun_receipts},
    {"receipts.tencent", tencent_receipts},
    {"receipts.twilio", twilio_receipts},
    {"receipts.webhook", webhook_receipts},
    {"requests", requests},
    {"chunks", chunks},
    {"json", json_bodies},
    {"forms", forms},
    {"html", html},
    {"phones", phones},
    {"emails", emails},
    {"configuration", configuration},
});

target chosen = nullptr;

} // namespace

// What libFuzzer calls; its own options stand on the command line.
extern "C" int LLVMFuzzerInitialize(int*, char***);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* wanted = std::getenv("FUZZ_TARGET"); // NOLINT(concurrency-mt-unsafe)
  for (const auto& known : targets)
    if (wanted != nullptr && known.name == wanted)
      chosen = known.run;
  if (chosen != nullptr)
    return 0;
  std::fputs("FUZZ_TARGET must be one of:\n", stderr);
  for (const auto& known : targets)
    std::fprintf(stderr, "  %s\n", std::string{known.name}.c_str());
  std::exit(2); // NOLINT(concurrency-mt-unsafe)
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen({reinterpret_cast<const char*>(data), size});
  return 0;
}
