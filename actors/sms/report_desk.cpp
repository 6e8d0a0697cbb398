#include "actors/sms/report_desk.hpp"

#include "actors/sms/outcome.hpp"

#include <chrono>

namespace tinybook {

namespace {

bool has_ended(const storage::sms_message& row) {
  return row.state != storage::message_state::ready
         && row.state != storage::message_state::leased;
}

storage::finish_message end_of(const storage::sms_message& row,
                               const storage::receipt& report, wall_time now) {
  storage::finish_message end;
  end.id = row.id;
  end.state = storage::message_state::delivered;
  end.tries = row.attempt;
  end.progress = row.progress;
  end.provider = report.provider;
  end.provider_message_id = report.provider_message_id;
  end.now = now;
  end.attempt = {row.id,
                 report.provider,
                 std::string{to_string(outcome_class::delivered)},
                 report.provider_code,
                 "told by a delivery report",
                 now,
                 std::chrono::milliseconds{0}};
  return end;
}

} // namespace

report_desk::consequence report_desk::judge(const storage::receipt& report,
                                            const storage::receipt_noted& answer,
                                            wall_time now) {
  if (answer.fate == storage::receipt_fate::duplicate) {
    ++counts_.duplicate;
    return {};
  }
  if (answer.fate == storage::receipt_fate::unknown || !answer.message) {
    ++counts_.unknown;
    return {};
  }
  const auto& row = *answer.message;
  consequence out;
  if (report.delivered) {
    ++counts_.good;
    if (!has_ended(row))
      out.end = end_of(row, report, now);
    return out;
  }
  ++counts_.bad;
  out.provider_failed = true;
  out.resend = row.state == storage::message_state::delivered && row.code != 0
               && now < row.expires_at;
  return out;
}

bool report_desk::not_understood(const std::string& provider, const std::string& field) {
  ++counts_.not_understood;
  return told_.emplace(provider, field).second;
}

} // namespace tinybook
