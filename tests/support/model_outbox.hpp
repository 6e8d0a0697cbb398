#pragma once

#include "storage/sms_archive.hpp"
#include "storage/sms_outbox.hpp"
#include "tests/support/model_rows.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace tinybook::test {

/// A model of the outbox and its archive in memory: the conformance suite compares real
/// stores with it, and simulations use it as their store.
class model_outbox {
 public:
  using message = storage::sms_message;
  using state = storage::message_state;

  result<storage::submitted_message> run(const storage::submit_message& c) {
    for (const auto& [id, row] : rows_)
      if (!row.idempotency_key.empty()
          && row.idempotency_key == c.message.idempotency_key)
        return model::same_key(row, c.message) ? result(storage::submitted_message{id})
                                               : errc::wrong_state;
    if (auto* pending = pending_of({c.message.phone, c.message.purpose})) {
      if (pending->state != state::ready || pending->expires_at > c.message.created_at)
        return errc::sms_pending;
      model::end(*pending, state::expired, c.message.created_at);
    }
    const auto id = next_id_++;
    rows_[id] = model::fresh(id, c.message);
    if (c.code)
      codes_[c.code->key] = *c.code;
    return storage::submitted_message{id};
  }

  result<storage::message_list> run(const storage::claim_messages& c) {
    std::vector<message*> due;
    for (auto& [id, row] : rows_)
      if (row.state == state::ready && row.run_at <= c.now)
        due.push_back(&row);
    std::ranges::sort(due, {}, [](const message* m) {
      return std::tie(m->priority, m->run_at, m->id);
    });
    storage::message_list out;
    for (auto* row : due) {
      if (std::ssize(out.messages) >= c.limit)
        break;
      row->state = state::leased;
      row->lease_token += 1;
      row->lease_until = c.now + c.lease;
      out.messages.push_back(*row);
      if (const auto code = codes_.find({row->phone, row->purpose});
          c.with_codes && code != codes_.end())
        out.codes.push_back(code->second);
    }
    return out;
  }

  result<std::vector<storage::lease_kept>> run(const storage::extend_leases& c) {
    std::vector<storage::lease_kept> out;
    for (const auto& held : c.leases) {
      auto* row = leased(held.id, held.token);
      if (row != nullptr)
        row->lease_until = c.now + c.lease;
      out.push_back({row != nullptr});
    }
    return out;
  }

  result<std::vector<storage::lease_kept>> run(const storage::write_outcomes& c) {
    for (const auto& one : c.outcomes)
      if (const auto* end = std::get_if<storage::finish_message>(&one);
          end != nullptr && !is_terminal(end->state))
        return errc::wrong_state;
    std::vector<storage::lease_kept> out;
    for (const auto& one : c.outcomes)
      out.push_back(*std::visit([&](const auto& o) { return run(o); }, one));
    return out;
  }

  result<storage::lease_kept> run(const storage::finish_message& c) {
    if (!is_terminal(c.state))
      return errc::wrong_state;
    auto* row = c.state == state::delivered ? unfinished(c.id) : leased(c.id, c.token);
    if (row == nullptr)
      return storage::lease_kept{false};
    row->attempt = c.tries;
    row->progress = c.progress;
    row->provider = c.provider;
    row->provider_message_id = c.provider_message_id;
    model::end(*row, c.state, c.now);
    note(c.id, c.attempt);
    return storage::lease_kept{true};
  }

  result<storage::lease_kept> run(const storage::reschedule_message& c) {
    auto* row = leased(c.id, c.token);
    if (row == nullptr)
      return storage::lease_kept{false};
    row->state = state::ready;
    row->lease_until = {};
    row->run_at = c.run_at;
    row->attempt = c.tries;
    row->progress = c.progress;
    note(c.id, c.attempt);
    return storage::lease_kept{true};
  }

  result<storage::lease_kept> run(const storage::record_attempt& c) {
    auto* row = leased(c.id, c.token);
    if (row == nullptr)
      return storage::lease_kept{false};
    row->attempt = c.tries;
    row->progress = c.progress;
    note(c.id, c.attempt);
    return storage::lease_kept{true};
  }

  result<storage::changed_count> run(const storage::reclaim_leases& c) {
    storage::changed_count out;
    for (auto& [id, row] : rows_)
      if (row.state == state::leased && (c.all || row.lease_until <= c.now)) {
        row.state = state::ready;
        row.lease_until = {};
        ++out.rows;
      }
    return out;
  }

  result<storage::changed_count> run(const storage::expire_messages& c) {
    storage::changed_count out;
    std::int64_t erased = 0;
    for (auto& [id, row] : rows_) {
      if (row.expires_at > c.now)
        continue;
      if (row.state == state::ready && out.rows < c.limit) {
        model::end(row, state::expired, c.now);
        ++out.rows;
      } else if (row.state == state::dead && !row.sealed_parameters.empty()
                 && erased < c.limit) {
        row.sealed_parameters.clear();
        ++erased;
      }
    }
    return out;
  }

  result<storage::outbox_depth> run(const storage::count_messages&) {
    storage::outbox_depth out;
    for (const auto& [id, row] : rows_) {
      ++model::count_of(out, row.state);
      if (row.state == state::ready) {
        out.oldest_ready = model::earlier(out.oldest_ready, row.created_at);
        out.next_run_at = model::earlier(out.next_run_at, row.run_at);
      }
    }
    return out;
  }

  result<storage::message_history> run(const storage::find_message& c) {
    const auto found = rows_.find(c.id);
    if (found == rows_.end())
      return errc::message_not_found;
    return history(found->second);
  }

  result<storage::changed_count> run(const storage::remove_history& c) {
    storage::changed_count out;
    for (auto it = rows_.begin(); it != rows_.end() && out.rows < c.limit;) {
      const auto& row = it->second;
      if (!is_terminal(row.state) || row.finalized_at >= c.before) {
        ++it;
        continue;
      }
      attempts_.erase(it->first);
      archived_.erase(it->first);
      it = rows_.erase(it);
      ++out.rows;
    }
    return out;
  }

  result<storage::history_page> run(const storage::list_messages& c) {
    storage::history_page out;
    for (auto it = rows_.rbegin(); it != rows_.rend() && c.limit > 0; ++it) {
      if ((c.before != 0 && it->first >= c.before) || !is_listed(it->second, c))
        continue;
      if (std::ssize(out.messages) == c.limit) {
        out.next = out.messages.back().message.id;
        break;
      }
      out.messages.push_back(history(it->second));
    }
    return out;
  }

  result<storage::submitted_message> run(const storage::redrive_message& c) {
    const auto* old = find(c.id);
    if (old == nullptr)
      return errc::message_not_found;
    if (!is_open(*old))
      return errc::wrong_state;
    if (old->expires_at <= c.now || old->sealed_parameters.empty())
      return errc::message_expired;
    if (has_key(c.replacement.idempotency_key))
      return errc::wrong_state;
    auto fresh = c.replacement;
    fresh.parent = c.id;
    fresh.expires_at = old->expires_at;
    fresh.created_at = fresh.run_at = c.now;
    auto made = run(storage::submit_message{fresh, std::nullopt});
    if (made) {
      archived_[c.id].how = storage::handled::redriven;
      archived_[c.id].by = c.by;
    }
    return made;
  }

  result<done> run(const storage::discard_message& c) {
    auto* row = find(c.id);
    if (row == nullptr)
      return errc::message_not_found;
    if (!is_open(*row))
      return errc::wrong_state;
    row->sealed_parameters.clear();
    archived_[c.id].how = storage::handled::discarded;
    archived_[c.id].by = c.by;
    return done{};
  }

  result<storage::receipt_noted> run(const storage::record_receipt& c) {
    if (auto* row = row_of(c.report))
      return join(*row, c);
    const auto same = [&](const storage::record_receipt& kept) {
      return model::is_same(kept.report, c.report)
             && kept.report.client_ref == c.report.client_ref
             && kept.report.phone == c.report.phone;
    };
    if (std::none_of(early_.begin(), early_.end(), same))
      early_.push_back(c);
    if (std::ssize(early_) > c.most_early)
      early_.pop_front();
    return storage::receipt_noted{storage::receipt_fate::unknown, std::nullopt};
  }

  result<storage::joined_receipts> run(const storage::join_early_receipts& c) {
    std::erase_if(early_, [&](const storage::record_receipt& kept) {
      return kept.now <= c.now - storage::longest_early_receipt;
    });
    storage::joined_receipts out;
    for (auto it = early_.begin();
         it != early_.end() && std::ssize(out.joined) < c.limit;) {
      if (auto* row = row_of(it->report)) {
        out.joined.push_back({it->report, join(*row, *it)});
        it = early_.erase(it);
      } else {
        ++it;
      }
    }
    out.more = !early_.empty();
    return out;
  }

  /// As `code_use` says; whether there was such a code.
  bool use(const storage::code_use& use) {
    if (!model::use(rows_, used_, use))
      return false;
    if (auto* pending = pending_of(use.key))
      model::end(*pending, state::expired, use.at);
    return true;
  }

  /// Stores may leave gaps between ids: the next row takes this one.
  void continue_at(message_id next) { next_id_ = next; }

  [[nodiscard]] const std::map<message_id, message>& rows() const { return rows_; }
  [[nodiscard]] const std::map<code_key, storage::keyed_code_state>& codes() const {
    return codes_;
  }
  [[nodiscard]] static bool is_terminal(state s) { return s >= state::delivered; }

 private:
  /// What the archive knows of a row.
  struct archived {
    storage::handled how = storage::handled::not_yet;
    std::string by;
    std::vector<storage::record_receipt> reports;
  };

  storage::receipt_noted join(message& row, const storage::record_receipt& c) {
    auto& notes = archived_[row.id].reports;
    for (const auto& known : notes)
      if (model::is_same(known.report, c.report))
        return {storage::receipt_fate::duplicate, std::nullopt};
    notes.push_back(c);
    if (row.receipt.empty())
      row.receipt = c.report.delivered ? "delivered" : "failed";
    return {storage::receipt_fate::joined, row};
  }

  storage::message_history history(const message& row) {
    const auto& known = archived_[row.id];
    storage::message_history out{row, attempts_[row.id]};
    for (const auto& c : known.reports)
      out.receipts.push_back({c.report.provider, c.report.delivered,
                              c.report.provider_code, c.report.text, c.now});
    out.handled_by = known.by;
    out.discarded = known.how == storage::handled::discarded;
    return out;
  }

  bool is_open(const message& row) {
    return (row.state == state::dead || row.state == state::expired)
           && archived_[row.id].how == storage::handled::not_yet;
  }

  bool is_listed(const message& row, const storage::list_messages& c) {
    const auto wrong = {state::dead, state::expired};
    const auto among = [&](const auto& states) {
      return std::find(states.begin(), states.end(), row.state) != states.end();
    };
    return (c.states.empty() ? among(wrong) : among(c.states))
           && (c.with_handled || archived_[row.id].how == storage::handled::not_yet)
           && (c.purpose.empty() || c.purpose == row.purpose)
           && (c.country_prefix.empty() || c.country_prefix == row.country_prefix)
           && (c.provider.empty() || c.provider == row.provider
               || was_tried(row.id, c.provider, ""));
  }

  bool was_tried(message_id id, const std::string& provider, const std::string& outcome) {
    const auto& tries = attempts_[id];
    return std::any_of(tries.begin(), tries.end(), [&](const auto& a) {
      return a.provider == provider && (outcome.empty() || a.outcome == outcome);
    });
  }

  /// The newest row that a report is about.
  message* row_of(const storage::receipt& r) {
    const auto newest = [&](auto is_it) -> message* {
      for (auto it = rows_.rbegin(); it != rows_.rend(); ++it)
        if ((it->second.phone == r.phone || it->second.phone == r.domestic_phone)
            && is_it(it->second))
          return &it->second;
      return nullptr;
    };
    auto* by_id = newest([&](const message& row) {
      return !r.provider_message_id.empty() && row.provider == r.provider
             && row.provider_message_id == r.provider_message_id;
    });
    return by_id != nullptr ? by_id : newest([&](const message& row) {
      return !r.client_ref.empty() && row.client_ref == r.client_ref
             && was_tried(row.id, r.provider, "ambiguous");
    });
  }

  [[nodiscard]] bool has_key(const std::string& key) const {
    return !key.empty() && std::any_of(rows_.begin(), rows_.end(), [&](const auto& row) {
      return row.second.idempotency_key == key;
    });
  }

  message* find(message_id id) {
    const auto found = rows_.find(id);
    return found == rows_.end() ? nullptr : &found->second;
  }

  message* pending_of(const code_key& key) {
    for (auto& [id, row] : rows_)
      if (!is_terminal(row.state) && row.phone == key.phone && row.purpose == key.purpose)
        return &row;
    return nullptr;
  }

  message* unfinished(message_id id) {
    const auto found = rows_.find(id);
    if (found == rows_.end() || is_terminal(found->second.state))
      return nullptr;
    return &found->second;
  }

  message* leased(message_id id, std::int64_t token) {
    auto* row = unfinished(id);
    return row != nullptr && row->state == state::leased && row->lease_token == token
               ? row
               : nullptr;
  }

  void note(message_id id, std::optional<storage::sms_attempt> attempt) {
    if (!attempt)
      return;
    attempt->message = id;
    attempts_[id].push_back(std::move(*attempt));
  }

  std::map<message_id, message> rows_;
  std::set<message_id> used_; ///< Whose code was entered.
  std::map<message_id, std::vector<storage::sms_attempt>> attempts_;
  std::map<message_id, archived> archived_;
  std::deque<storage::record_receipt> early_;
  std::map<code_key, storage::keyed_code_state> codes_;
  message_id next_id_ = 1;
};

} // namespace tinybook::test
