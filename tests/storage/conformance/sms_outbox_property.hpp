#pragma once

#include "storage/session_store.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"
#include "tests/support/model_outbox.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <rapidcheck.h>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

enum class outbox_action : std::uint8_t {
  submit,
  claim,
  extend,
  finish,
  reschedule,
  record,
  reclaim,
  expire,
  consume,
  remove,
  redrive,
  discard,
  report,
  join_early,
  list,
  wait,
};

/// One step of a trace; what the small numbers mean depends on the action.
struct outbox_step {
  outbox_action action = outbox_action::wait;
  std::int64_t which = 0; ///< A phone or a row.
  std::int64_t value = 0;
  bool stale = false; ///< With an old token.
};

inline rc::Gen<outbox_step> any_outbox_step() {
  return rc::gen::build<outbox_step>(
      rc::gen::set(
          &outbox_step::action,
          rc::gen::map(rc::gen::inRange(0, 20),
                       [](int n) {
                         // Weighted towards submits and claims, which the other steps
                         // need.
                         constexpr int last = static_cast<int>(outbox_action::wait);
                         return static_cast<outbox_action>(n <= last ? n : n % 2);
                       })),
      rc::gen::set(&outbox_step::which, rc::gen::inRange<std::int64_t>(0, 6)),
      rc::gen::set(&outbox_step::value, rc::gen::inRange<std::int64_t>(0, 12)),
      rc::gen::set(&outbox_step::stale,
                   rc::gen::map(rc::gen::inRange(0, 4), [](int n) { return n == 0; })));
}

inline void showValue(const outbox_step& step, std::ostream& out) {
  out << '{' << static_cast<int>(step.action) << ' ' << step.which << ' ' << step.value
      << (step.stale ? " stale}" : "}");
}

/// Runs the same steps against a store and against the model, compares every answer and
/// every row, and looks at the invariants of the outbox after each step.
class outbox_trace {
 public:
  using message = storage::sms_message;

  explicit outbox_trace(storage::connection& db)
      : db_(db), user_(new_user(db, "ann@example.org")) {}

  void take(const outbox_step& step) {
    perform(step);
    compare_rows();
    check_invariants();
  }

 private:
  template <class M>
  typename M::reply both(const M& command) {
    auto real = db_.run(command);
    follow_id(real);
    auto model = model_.run(command);
    RC_ASSERT(real.ok() == model.ok());
    if (!real.ok()) {
      RC_ASSERT(real.error().code == model.error().code);
      return {};
    }
    compare(*real, *model);
    return std::move(*real);
  }

  template <class Reply>
  static void follow_id(const Reply&) {}
  void follow_id(const result<storage::submitted_message>& real) {
    if (real.ok())
      model_.continue_at(real->id);
  }

  static void compare(const storage::submitted_message& a,
                      const storage::submitted_message& b) {
    RC_ASSERT(a.id == b.id);
  }
  static void compare(const std::vector<storage::lease_kept>& a,
                      const std::vector<storage::lease_kept>& b) {
    RC_ASSERT(kept_of(a) == kept_of(b));
  }
  static void compare(const storage::changed_count& a, const storage::changed_count& b) {
    RC_ASSERT(a.rows == b.rows);
  }
  static void compare(const storage::outbox_depth& a, const storage::outbox_depth& b) {
    RC_ASSERT(fields_of(a) == fields_of(b));
  }
  static void compare(const storage::message_list& a, const storage::message_list& b) {
    RC_ASSERT(a.messages.size() == b.messages.size());
    for (std::size_t i = 0; i < a.messages.size(); ++i)
      RC_ASSERT(fields_of(a.messages[i]) == fields_of(b.messages[i]));
  }

  static void compare(const done&, const done&) {}
  static void compare(const storage::history_page& a, const storage::history_page& b) {
    RC_ASSERT(a.next == b.next);
    RC_ASSERT(std::equal(a.messages.begin(), a.messages.end(), b.messages.begin(),
                         b.messages.end(), same_history));
  }
  static void compare(const storage::receipt_noted& a, const storage::receipt_noted& b) {
    RC_ASSERT(a.fate == b.fate);
    RC_ASSERT(a.message.has_value() == b.message.has_value());
    if (a.message)
      RC_ASSERT(fields_of(*a.message) == fields_of(*b.message));
  }

  static void compare(const storage::joined_receipts& a,
                      const storage::joined_receipts& b) {
    RC_ASSERT(a.more == b.more);
    RC_ASSERT(a.joined.size() == b.joined.size());
    for (std::size_t i = 0; i < a.joined.size(); ++i) {
      RC_ASSERT(a.joined[i].report.client_ref == b.joined[i].report.client_ref);
      compare(a.joined[i].noted, b.joined[i].noted);
    }
  }

  void perform(const outbox_step& step) {
    switch (step.action) {
    case outbox_action::submit:
      return submit(step);
    case outbox_action::claim:
      both(storage::claim_messages{now_, std::chrono::seconds{step.value},
                                   step.which % 4});
      return;
    case outbox_action::extend:
      both(storage::extend_leases{
          {{id(step), token(step)}}, now_, std::chrono::seconds{step.value}});
      return;
    case outbox_action::finish:
      return finish(step);
    case outbox_action::reschedule:
      write(storage::reschedule_message{
          id(step), token(step), now_ + std::chrono::seconds{step.value}, next_try(),
          "again", sample_attempt("provider_down", now_), now_});
      return;
    case outbox_action::record:
      write(storage::record_attempt{id(step), token(step), next_try(), "noted",
                                    sample_attempt("ambiguous", now_)});
      return;
    case outbox_action::reclaim:
      both(storage::reclaim_leases{now_, step.value == 0});
      return;
    case outbox_action::expire:
      both(storage::expire_messages{now_});
      return;
    case outbox_action::consume:
      return consume(step);
    case outbox_action::remove:
      both(storage::remove_history{now_ - std::chrono::seconds{step.value}});
      return;
    case outbox_action::redrive:
      return redrive(step);
    case outbox_action::discard:
      both(storage::discard_message{id(step), "ann", now_});
      return;
    case outbox_action::report:
      return report(step);
    case outbox_action::join_early:
      both(storage::join_early_receipts{now_, step.which});
      return;
    case outbox_action::list:
      return list(step);
    case outbox_action::wait:
      now_ += std::chrono::seconds{step.value};
      both(storage::count_messages{});
      return;
    }
  }

  void submit(const outbox_step& step) {
    auto m = sample_message("+86" + std::to_string(step.which % 3), now_);
    m.purpose = step.stale ? "bind" : "login";
    m.client_ref = "ref" + std::to_string(next_try());
    m.code_hash = "hash";
    m.priority = static_cast<std::int32_t>(step.value % 2);
    m.run_at = now_ + std::chrono::seconds{step.value % 3};
    m.expires_at = now_ + std::chrono::seconds{step.value};
    if (step.value % 4 == 3)
      m.idempotency_key = std::to_string(step.which);
    both(storage::submit_message{m, std::nullopt});
  }

  /// Together with the one before it, which stands behind it and comes too late.
  bool write(const storage::message_outcome& outcome) {
    const storage::write_outcomes batch{{outcome, std::exchange(last_, outcome)}};
    return both(batch).at(0).kept;
  }

  void finish(const outbox_step& step) {
    constexpr auto first = static_cast<int>(storage::message_state::delivered);
    auto end = ending(
        id(step), token(step),
        static_cast<storage::message_state>(first + static_cast<int>(step.value % 3)),
        now_);
    end.tries = next_try();
    end.progress = "ended";
    end.provider = "console";
    end.provider_message_id = "p" + std::to_string(step.value % 2);
    if (step.value % 2 == 0)
      end.attempt = sample_attempt("delivered", now_);
    const auto before = model_.rows().find(end.id);
    const auto open =
        before != model_.rows().end() && !model_outbox::is_terminal(before->second.state);
    const auto kept = write(end);
    if (end.state == storage::message_state::delivered)
      RC_ASSERT(kept == open); // success is never lost, whatever its token
  }

  void redrive(const outbox_step& step) {
    const auto found = model_.rows().find(id(step));
    auto m = found == model_.rows().end() ? sample_message("+860", now_) : found->second;
    m.sealed_parameters = "anew";
    m.client_ref = "ref" + std::to_string(next_try());
    m.idempotency_key = step.value % 4 == 3 ? std::to_string(step.which) : "";
    both(storage::redrive_message{id(step), m, "bob", now_});
  }

  /// By the provider's id, or by the client reference alone; a stale one has the wrong
  /// phone.
  void report(const outbox_step& step) {
    const auto found = model_.rows().find(id(step));
    auto r = sample_report("+86" + std::to_string(step.which % 3), step.value % 2 == 0);
    if (found != model_.rows().end()) {
      r.phone = step.stale ? "+1" : found->second.phone;
      r.provider_message_id =
          step.value % 3 == 0 ? "" : found->second.provider_message_id;
      r.client_ref = found->second.client_ref;
    }
    r.provider = step.value == 5 ? "other" : "console";
    both(storage::record_receipt{r, now_});
  }

  void list(const outbox_step& step) {
    storage::list_messages c;
    for (int state = 0; state < 5; ++state)
      if (((step.value * 3) >> state) % 2 == 1)
        c.states.push_back(static_cast<storage::message_state>(state));
    c.provider = step.which % 3 == 1 ? "console" : "";
    c.purpose = step.which % 3 == 2 ? "login" : "";
    c.with_handled = step.stale;
    c.before = step.value % 3;
    c.limit = step.which;
    both(c);
  }

  void consume(const outbox_step& step) {
    const storage::code_use use{{"+86" + std::to_string(step.which % 3), "login"},
                                {sample_message("", now_).code},
                                now_};
    storage::create_family log_in{{.id = std::to_string(next_try()), .user = user_}, use};
    log_in.family.expires_at = now_;
    RC_ASSERT(db_.run(log_in).ok() == model_.use(use));
  }

  void compare_rows() {
    for (const auto& [id, row] : model_.rows()) {
      auto real = db_.run(storage::find_message{id});
      auto model = model_.run(storage::find_message{id});
      RC_ASSERT(real.ok());
      RC_ASSERT(same_history(*real, *model));
      now_there_[id] = std::move(real->message);
    }
  }

  void check_invariants() {
    std::set<std::pair<std::string, std::string>> pending;
    for (const auto& [id, row] : now_there_) {
      if (!model_outbox::is_terminal(row.state))
        RC_ASSERT(pending.emplace(row.phone, row.purpose).second);
      const auto before = before_.find(id);
      if (before == before_.end())
        continue;
      RC_ASSERT(row.lease_token >= before->second.lease_token);
      if (model_outbox::is_terminal(before->second.state))
        check_ended(before->second, row);
    }
    before_ = std::exchange(now_there_, {});
  }

  /// A terminal row never changes, but that a dead one's parameters are erased later,
  /// that the first report comes in, and that its code is used.
  static void check_ended(message before, const message& row) {
    if (row.state == storage::message_state::dead && row.sealed_parameters.empty())
      before.sealed_parameters.clear();
    if (before.receipt.empty())
      before.receipt = row.receipt;
    if (row.code_hash.empty())
      before.code_hash.clear();
    RC_ASSERT(fields_of(before) == fields_of(row));
  }

  /// A row that is there, or now and then one that is not.
  [[nodiscard]] message_id id(const outbox_step& step) const {
    const auto& rows = model_.rows();
    if (step.which >= std::ssize(rows))
      return 1'000'000;
    return std::next(rows.begin(), step.which)->first;
  }

  [[nodiscard]] std::int64_t token(const outbox_step& step) const {
    const auto found = model_.rows().find(id(step));
    const auto present = found == model_.rows().end() ? 0 : found->second.lease_token;
    return present - (step.stale ? 1 : 0);
  }

  std::int32_t next_try() { return ++tries_; }

  storage::connection& db_;
  user_id user_;
  model_outbox model_;
  wall_time now_ = some_day;
  std::int32_t tries_ = 0;
  storage::message_outcome last_; ///< Of a row that is not there, at first.
  std::map<message_id, message> now_there_;
  std::map<message_id, message> before_;
};

/// Any trace of operations leaves the store as the naive model, answer for answer and row
/// for row; pending rows are unique, tokens never shrink, terminal rows never change.
inline void sms_outbox_property(const make_fixture& make) {
  CHECK(rc::check("the outbox behaves as the model under any trace", [&] {
    const auto steps = *rc::gen::container<std::vector<outbox_step>>(any_outbox_step());
    const auto fixture = make();
    const auto db = fixture->writer();
    outbox_trace trace(*db);
    for (const auto& step : steps)
      trace.take(step);
  }));
}

} // namespace tinybook::test
