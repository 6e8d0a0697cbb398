#include "actors/sms/console_provider.hpp"

#include "actors/sms/message_text.hpp"
#include "storage/support/write_when_ready.hpp"

#include <mutex>

namespace tinybook {

namespace {

/// All workers of all console providers print to the same standard output.
std::timed_mutex& print_mutex() {
  static std::timed_mutex mutex;
  return mutex;
}

class console_provider final : public sms_provider {
 public:
  explicit console_provider(int descriptor) : descriptor_(descriptor) {}

  send_outcome send(const outgoing_sms& message,
                    std::chrono::milliseconds timeout) override {
    auto text = render_message(message.template_name, message.parameters, message.lang);
    if (!text)
      return {outcome_class::rejected, "", "template", text.error().detail, {}, {}};
    switch (print("SMS to " + message.phone + ": " + *text + "\n", timeout)) {
    case write_end::written:
      return {outcome_class::delivered, "", "", "", {}, {}};
    case write_end::stalled:
      return not_printed("nobody reads the output");
    case write_end::closed:
      break;
    }
    return not_printed("the output is closed");
  }

 private:
  static send_outcome not_printed(const char* why) {
    return {outcome_class::provider_down, "", "output", why, {}, {}};
  }

  write_end print(const std::string& line, std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const std::unique_lock lock{print_mutex(), deadline};
    if (!lock)
      return write_end::stalled;
    std::string_view rest = line;
    return write_when_ready(descriptor_, rest, [deadline] {
      return std::chrono::steady_clock::now() < deadline;
    });
  }

  int descriptor_;
};

} // namespace

std::unique_ptr<sms_provider> make_console_provider(int descriptor) {
  return std::make_unique<console_provider>(descriptor);
}

} // namespace tinybook
