#pragma once

#include "actors/sms/failover_context.hpp"
#include "actors/sms/outbox_claims.hpp"
#include "actors/sms/report_desk.hpp"

namespace tinybook {

/// Takes the delivery reports of providers: into the archive, which joins them to their
/// messages, and from there, as `report_desk` judges, to the outbox, the senders and the
/// verification.
class report_intake {
 public:
  report_intake(failover_context& context, outbox_claims& claims)
      : context_(context), claims_(claims) {}

  task<result<receipts_taken>> take(take_receipts command);
  /// Those that the store has kept, whichever replica took them.
  task<result<done>> join_early_reports();

  [[nodiscard]] const report_desk::counts& seen() const { return desk_.seen(); }

 private:
  task<result<storage::receipt_fate>> note(storage::receipt report);
  void noted(const storage::receipt& report, const storage::receipt_noted& answer);
  task<result<done>> end_by_report(storage::finish_message end);
  task<result<done>> resend(resend_code command);

  failover_context& context_;
  outbox_claims& claims_;
  report_desk desk_;
};

} // namespace tinybook
