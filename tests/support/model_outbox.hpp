#pragma once

#include "storage/sms_outbox.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace tinybook::test {

/// The outbox as its header says, in memory and without a thought for speed: what the
/// conformance suite compares real stores with, and the store of simulations.
class model_outbox final : public storage::sms_outbox {
 public:
  using message = storage::sms_message;
  using state = storage::message_state;

  result<storage::submitted_message> run(const storage::submit_message& c) override {
    for (const auto& [id, row] : rows_)
      if (!row.idempotency_key.empty()
          && row.idempotency_key == c.message.idempotency_key)
        return same_key(row, c.message) ? result(storage::submitted_message{id})
                                        : errc::wrong_state;
    if (auto* pending = pending_of({c.message.phone, c.message.purpose})) {
      if (pending->state != state::ready || pending->expires_at > c.message.created_at)
        return errc::sms_pending;
      end(*pending, state::expired, c.message.created_at);
    }
    const auto id = next_id_++;
    rows_[id] = fresh(id, c.message);
    if (c.code)
      codes_[c.code->key] = *c.code;
    return storage::submitted_message{id};
  }

  result<storage::message_list> run(const storage::claim_messages& c) override {
    std::vector<message*> due;
    for (auto& [id, row] : rows_)
      if (row.state == state::ready && row.run_at <= c.now)
        due.push_back(&row);
    std::sort(due.begin(), due.end(), [](const message* a, const message* b) {
      return std::tie(a->priority, a->run_at, a->id)
             < std::tie(b->priority, b->run_at, b->id);
    });
    storage::message_list out;
    for (auto* row : due) {
      if (std::ssize(out.messages) >= c.limit)
        break;
      row->state = state::leased;
      row->lease_token += 1;
      row->lease_until = c.now + c.lease;
      out.messages.push_back(*row);
    }
    return out;
  }

  result<storage::lease_kept> run(const storage::extend_lease& c) override {
    auto* row = leased(c.id, c.token);
    if (row != nullptr)
      row->lease_until = c.now + c.lease;
    return storage::lease_kept{row != nullptr};
  }

  result<storage::lease_kept> run(const storage::finish_message& c) override {
    if (!is_terminal(c.state))
      return errc::wrong_state;
    auto* row = c.state == state::delivered ? unfinished(c.id) : leased(c.id, c.token);
    if (row == nullptr)
      return storage::lease_kept{false};
    row->attempt = c.tries;
    row->progress = c.progress;
    row->provider = c.provider;
    row->provider_message_id = c.provider_message_id;
    end(*row, c.state, c.now);
    note(c.id, c.attempt);
    return storage::lease_kept{true};
  }

  result<storage::lease_kept> run(const storage::reschedule_message& c) override {
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

  result<storage::lease_kept> run(const storage::record_attempt& c) override {
    auto* row = leased(c.id, c.token);
    if (row == nullptr)
      return storage::lease_kept{false};
    row->attempt = c.tries;
    row->progress = c.progress;
    note(c.id, c.attempt);
    return storage::lease_kept{true};
  }

  result<storage::changed_count> run(const storage::reclaim_leases& c) override {
    storage::changed_count out;
    for (auto& [id, row] : rows_)
      if (row.state == state::leased && (c.all || row.lease_until <= c.now)) {
        row.state = state::ready;
        row.lease_until = {};
        ++out.rows;
      }
    return out;
  }

  result<storage::changed_count> run(const storage::expire_messages& c) override {
    storage::changed_count out;
    std::int64_t erased = 0;
    for (auto& [id, row] : rows_) {
      if (row.expires_at > c.now)
        continue;
      if (row.state == state::ready && out.rows < c.limit) {
        end(row, state::expired, c.now);
        ++out.rows;
      } else if (row.state == state::dead && !row.sealed_parameters.empty()
                 && erased < c.limit) {
        row.sealed_parameters.clear();
        ++erased;
      }
    }
    return out;
  }

  result<storage::outbox_depth> run(const storage::count_messages&) override {
    storage::outbox_depth out;
    for (const auto& [id, row] : rows_) {
      ++count_of(out, row.state);
      if (row.state == state::ready) {
        out.oldest_ready = earlier(out.oldest_ready, row.created_at);
        out.next_run_at = earlier(out.next_run_at, row.run_at);
      }
    }
    return out;
  }

  result<storage::message_history> run(const storage::find_message& c) override {
    const auto found = rows_.find(c.id);
    if (found == rows_.end())
      return errc::message_not_found;
    return storage::message_history{found->second, attempts_[c.id]};
  }

  result<storage::changed_count> run(const storage::remove_history& c) override {
    storage::changed_count out;
    for (auto it = rows_.begin(); it != rows_.end() && out.rows < c.limit;) {
      const auto& row = it->second;
      if (!is_terminal(row.state) || row.finalized_at >= c.before) {
        ++it;
        continue;
      }
      attempts_.erase(it->first);
      it = rows_.erase(it);
      ++out.rows;
    }
    return out;
  }

  /// What `save_code_state` with `ends_pending` does to the outbox.
  void end_pending(const code_key& key, wall_time now) {
    if (auto* pending = pending_of(key))
      end(*pending, state::expired, now);
  }

  /// Stores may leave gaps between ids: the next row takes this one.
  void continue_at(message_id next) { next_id_ = next; }

  [[nodiscard]] const std::map<message_id, message>& rows() const { return rows_; }
  [[nodiscard]] const std::map<code_key, storage::keyed_code_state>& codes() const {
    return codes_;
  }
  [[nodiscard]] static bool is_terminal(state s) { return s >= state::delivered; }

 private:
  static bool same_key(const message& a, const message& b) {
    return a.phone == b.phone && a.purpose == b.purpose;
  }

  /// Of what was handed in, the columns that a new row takes over.
  static message fresh(message_id id, message row) {
    row.id = id;
    row.state = state::ready;
    row.attempt = 0;
    row.lease_token = 0;
    row.lease_until = row.finalized_at = {};
    row.provider.clear();
    row.provider_message_id.clear();
    row.receipt.clear();
    return row;
  }

  static void end(message& row, state how, wall_time now) {
    row.state = how;
    row.lease_until = {};
    row.finalized_at = now;
    if (how != state::dead || row.expires_at <= now)
      row.sealed_parameters.clear();
  }

  static std::int64_t& count_of(storage::outbox_depth& depth, state s) {
    switch (s) {
    case state::ready:
      return depth.ready;
    case state::leased:
      return depth.leased;
    case state::delivered:
      return depth.delivered;
    case state::expired:
      return depth.expired;
    case state::dead:
      return depth.dead;
    }
    return depth.dead;
  }

  static wall_time earlier(wall_time so_far, wall_time next) {
    return so_far == wall_time{} ? next : std::min(so_far, next);
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
  std::map<message_id, std::vector<storage::sms_attempt>> attempts_;
  std::map<code_key, storage::keyed_code_state> codes_;
  message_id next_id_ = 1;
};

} // namespace tinybook::test
