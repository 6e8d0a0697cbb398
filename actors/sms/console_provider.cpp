#include "actors/sms/console_provider.hpp"

#include "actors/sms/message_text.hpp"

#include <mutex>
#include <ostream>

namespace tinybook {

namespace {

/// Standard output is one for all workers of all console providers.
std::mutex& print_mutex() {
  static std::mutex mutex;
  return mutex;
}

class console_provider final : public sms_provider {
 public:
  explicit console_provider(std::ostream& out) : out_(out) {}

  send_outcome send(const outgoing_sms& message, std::chrono::milliseconds) override {
    auto text = render_message(message.template_name, message.parameters, message.lang);
    if (!text)
      return {outcome_class::rejected, "", "template", text.error().detail, {}, {}};
    if (!print("SMS to " + message.phone + ": " + *text + "\n"))
      return {outcome_class::provider_down, "", "output", "the output is closed", {}, {}};
    return {outcome_class::delivered, "", "", "", {}, {}};
  }

 private:
  bool print(const std::string& line) {
    std::lock_guard guard{print_mutex()};
    out_ << line << std::flush;
    if (out_)
      return true;
    out_.clear();
    return false;
  }

  std::ostream& out_;
};

} // namespace

std::unique_ptr<sms_provider> make_console_provider(std::ostream& out) {
  return std::make_unique<console_provider>(out);
}

} // namespace tinybook
