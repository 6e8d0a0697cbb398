#pragma once

#include "storage/sms_archive.hpp"
#include "storage/sms_outbox.hpp"
#include "storage/support/calendar.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace tinybook {

/// Judges the delivery reports of providers, once the store has joined them to their
/// messages, and counts them.
class report_desk {
 public:
  struct counts {
    std::uint64_t good = 0;
    std::uint64_t bad = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t unknown = 0; ///< When they came.
    std::uint64_t joined_late = 0;
    std::uint64_t not_understood = 0;
  };

  /// What is to be done about a report.
  struct consequence {
    /// The outcome was not known, and now is: an acceptance is monotone.
    std::optional<storage::finish_message> end{};
    bool provider_failed = false; ///< It counts as a failure of the provider.
    /// A new code goes out, while the old one is wanted.
    bool resend = false;
  };

  consequence judge(const storage::receipt& report, const storage::receipt_noted& answer,
                    wall_time now);
  void joined_late() { ++counts_.joined_late; }

  /// A report of `provider` could not be understood, because of `field`. Whether that is
  /// new, and worth a line: there are as many as there are names of both.
  bool not_understood(const std::string& provider, const std::string& field);

  [[nodiscard]] const counts& seen() const { return counts_; }

 private:
  counts counts_;
  std::set<std::pair<std::string, std::string>> told_;
};

} // namespace tinybook
