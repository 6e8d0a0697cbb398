#include "actors/sms/report_intake.hpp"

#include "actors/system/event_log.hpp"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace tinybook {

namespace {

/// How soon a report that was faster than the write of its outcome is joined, and how
/// often those of other replicas are looked for.
constexpr std::chrono::seconds early_report_pause{1};
constexpr std::chrono::seconds early_report_look{10};

} // namespace

task<result<receipts_taken>> report_intake::take(take_receipts command) {
  for (const auto& field : command.not_understood)
    if (desk_.not_understood(command.provider, field))
      log_event(config::log_level::warn, "sms_report_not_understood",
                {{"provider", command.provider}, {"field", field}});
  std::vector<task<result<storage::receipt_fate>>> notes;
  for (auto& report : command.receipts) {
    report.provider = command.provider;
    notes.push_back(note(std::move(report)));
  }
  receipts_taken sum;
  std::optional<failure> failed;
  for (auto& fate : co_await when_all(std::move(notes))) {
    if (!fate) {
      failed = std::move(fate.error());
      continue;
    }
    sum.joined += *fate == storage::receipt_fate::joined;
    sum.duplicate += *fate == storage::receipt_fate::duplicate;
    sum.unknown += *fate == storage::receipt_fate::unknown;
  }
  if (failed)
    co_return std::move(*failed);
  co_return sum;
}

task<result<storage::receipt_fate>> report_intake::note(storage::receipt report) {
  const auto answer =
      co_await context_.ask_archive(storage::record_receipt{report, context_.clock()});
  if (!answer)
    co_return answer.error();
  noted(report, *answer);
  if (answer->fate == storage::receipt_fate::unknown)
    context_.schedule(duty::early_reports, early_report_pause);
  co_return answer->fate;
}

task<result<done>> report_intake::join_early_reports() {
  while (true) {
    const storage::join_early_receipts command{context_.clock()};
    const auto answer = co_await context_.ask_archive(command);
    if (!answer) {
      context_.schedule(duty::early_reports, early_report_pause);
      co_return done{};
    }
    for (const auto& [report, note] : answer->joined) {
      desk_.joined_late();
      noted(report, note);
    }
    if (std::ssize(answer->joined) == command.limit)
      continue;
    if (answer->more)
      context_.schedule(duty::early_reports, early_report_pause);
    else if (context_.config.shared)
      context_.schedule(duty::early_reports, early_report_look);
    co_return done{};
  }
}

void report_intake::noted(const storage::receipt& report,
                          const storage::receipt_noted& answer) {
  auto todo = desk_.judge(report, answer, context_.clock());
  if (todo.end)
    start_journey(context_.self, "end by report", end_by_report(std::move(*todo.end)));
  if (const auto provider = context_.roster.find(report.provider);
      provider && todo.provider_failed)
    tell(context_.providers[*provider].sender, note_lost_message{});
  if (todo.resend)
    start_journey(context_.self, "resend",
                  resend(resend_code{*answer.message, report.provider}));
}

task<result<done>> report_intake::end_by_report(storage::finish_message end) {
  const auto kept =
      co_await context_.ask_outbox(storage::write_outcomes{{std::move(end)}});
  if (!kept)
    claims_.store_failed(kept.error());
  else if (kept->front().kept)
    claims_.ended(1);
  co_return done{};
}

task<result<done>> report_intake::resend(resend_code command) {
  const auto answer = co_await ask(context_.peers.resender,
                                   context_.config.resend_timeout, std::move(command));
  if (!answer)
    context_.note_error("resend: " + std::string{describe(answer.error().code).name});
  else if (answer->sent)
    ++context_.counts.resent;
  co_return done{};
}

} // namespace tinybook
