#include "tests/simulation/ledger.hpp"

#include <algorithm>

namespace tinybook::sim {

namespace {

/// The supervisor asks the code cache again when its answer is older than this.
constexpr std::chrono::milliseconds wanted_is_good_for{1'100};

bool is_terminal(storage::message_state state) {
  return state >= storage::message_state::delivered;
}

} // namespace

void ledger::violated(const std::string& what) {
  violations_.push_back(std::to_string(now_ms.count()) + " ms: " + what);
  trace_.note(now_ms.count(), "VIOLATED " + what);
}

void ledger::died(life_id life) {
  alive_.erase(life);
  std::erase_if(under_way_, [&](const auto& s) { return s.second.life == life; });
}

void ledger::door_lost(life_id life, std::size_t provider, int incarnation) {
  lost_senders_.insert(incarnation);
  forced_.erase({life, provider});
  for (const auto& [row, owner] : owner_)
    if (owner.first == life && !ended_.contains(row))
      ++perhaps_sent_[row];
}

void ledger::look(const storage::sms_message& row) {
  const auto name = "row " + std::to_string(row.id);
  if (auto it = ended_.find(row.id); it != ended_.end()) {
    const auto& before = it->second;
    if (before.state != row.state || before.finalized_at != row.finalized_at
        || before.provider != row.provider || before.attempt != row.attempt)
      violated(name + " changed after its end");
  } else if (is_terminal(row.state)) {
    ended_.emplace(row.id, row);
    if (!row.sealed_parameters.empty() && row.state != storage::message_state::dead)
      violated(name + " ended with its parameters");
    if (row.state == storage::message_state::dead
        && refused_by_[row.id].size() < providers)
      violated(name + " is dead though a provider might take it");
  }
  auto& token = tokens_[row.id];
  if (row.lease_token < token)
    violated(name + " has an older lease token than before");
  token = row.lease_token;
  if (row.attempt > sends_of(row.id) + perhaps_sent_[row.id])
    violated(name + " counts more tries than there may have been sends");
}

int ledger::sends_of(message_id row) const {
  const auto it = sends_of_.find(row);
  return it == sends_of_.end() ? 0 : it->second;
}

void ledger::send_begins(send& s, const storage::sms_message& row, wall_time wall,
                         wall_time database_wall, std::chrono::milliseconds slack) {
  if (!is_alive(s.life))
    return; // A killed process sends nothing; this message was still in its mailbox.
  const auto name = "row " + std::to_string(s.row);
  ++sends_;
  s.epoch = owner_[s.row].second;
  ++sends_of_[s.row];
  if (!accepted_.contains(s.row))
    violated(name + " was sent but never accepted");
  if (wall >= row.expires_at + slack)
    violated(name + " was sent after its expiry");
  if (auto gone = gone_.find(row.code);
      gone != gone_.end() && s.at > gone->second + wanted_is_good_for + slack)
    violated(name + " was sent though its code is gone");
  if (owner_[s.row].first != s.life)
    violated(name + " was sent by one that does not hold its lease");
  // What a sender that was lost has handed on may begin: its row was given up as perhaps
  // sent.
  if (leases_count && row.state == storage::message_state::ready
      && !lost_senders_.contains(s.sender))
    violated(name + " was sent while nobody holds its lease");
  if (leases_count && row.state == storage::message_state::leased
      && row.lease_until + slack < database_wall + s.timeout)
    violated(name + " was sent with too little left of its lease");
  if (auto other = under_way_.find(s.row);
      other != under_way_.end() && other->second.life != s.life
      && is_alive(other->second.life) && !lost_senders_.contains(other->second.sender)
      && s.at < other->second.at + other->second.timeout)
    violated(name + " is being sent by two at once");
  auto [ref, fresh] = client_refs_.try_emplace(s.row, s.client_ref);
  if (!fresh && ref->second != s.client_ref)
    violated(name + " was sent under two client references");
  const door d{s.life, s.provider};
  if (auto held = paused_.find(sender_of(s));
      held != paused_.end() && s.at > held->second.from + slack
      && s.at < held->second.until && s.at >= maybe_lifted_until_[s.provider])
    violated(name + " was sent before the Retry-After of its provider");
  if (auto forced = forced_.find(d);
      forced != forced_.end() && (!forced->second || s.at < *forced->second - slack))
    violated(name + " was sent through a circuit that is forced open");
  if (const auto& told = told_[s.row];
      told.contains(s.provider) && s.at < told.at(s.provider))
    violated(name + " was sent again by a provider that does not take it");
  if (++in_flight_[sender_of(s)] > max_in_flight)
    violated("provider " + std::to_string(s.provider) + " has too many calls in flight");
  under_way_[s.row] = s;
}

void ledger::send_ends(const send& s, const send_outcome& outcome, tick at) {
  if (!is_alive(s.life))
    return;
  --in_flight_[sender_of(s)];
  if (auto it = under_way_.find(s.row);
      it != under_way_.end() && sender_of(it->second) == sender_of(s))
    under_way_.erase(it);
  if (outcome.kind == outcome_class::not_here)
    refused_by_[s.row].insert(s.provider);
  if (s.epoch != epochs_[s.life])
    return; // Perhaps nobody has received the outcome.
  heard(s, outcome, at);
}

void ledger::heard(const send& s, const send_outcome& outcome, tick at) {
  const auto wait = std::min(outcome.retry_after, longest_pause);
  switch (outcome.kind) {
  case outcome_class::delivered:
    accepted_by_provider_[s.row] = {s.life, s.epoch};
    break;
  case outcome_class::throttled:
    paused_[sender_of(s)] = {at, at + wait};
    break;
  case outcome_class::number_limited:
    told_[s.row][s.provider] = at + wait;
    break;
  case outcome_class::not_here:
    told_[s.row][s.provider] = tick::max();
    break;
  default:
    break;
  }
}

void ledger::forced_open(life_id life, std::size_t provider, std::optional<tick> until) {
  forced_[{life, provider}] = until;
}

void ledger::operator_forces(std::size_t provider, tick at) {
  maybe_lifted_until_[provider] = at + longest_pause;
  std::erase_if(paused_, [&](const auto& p) { return p.first.first.second == provider; });
}

void ledger::settle(const std::map<message_id, storage::sms_message>& rows) {
  for (const auto id : accepted_) {
    const auto it = rows.find(id);
    if (it == rows.end())
      violated("row " + std::to_string(id) + " is lost");
    else if (!is_terminal(it->second.state))
      violated("row " + std::to_string(id) + " never ended");
  }
  for (const auto& [id, by] : accepted_by_provider_)
    if (is_alive(by.first) && epochs_[by.first] == by.second
        && rows.at(id).state != storage::message_state::delivered)
      violated("row " + std::to_string(id)
               + " was accepted but did not end as delivered");
  for (const auto& [id, provider] : reports_)
    if (const auto& row = rows.at(id); row.state == storage::message_state::delivered
                                       && row.provider == provider && row.receipt.empty())
      violated("a report on row " + std::to_string(id) + " was lost");
}

} // namespace tinybook::sim
