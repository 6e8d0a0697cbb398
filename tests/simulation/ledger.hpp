#pragma once

#include "actors/sms/outcome.hpp"
#include "storage/sms_message.hpp"
#include "storage/support/sliding_window.hpp"
#include "tests/simulation/trace.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::sim {

/// One life of a process, from start to kill: a number that is never used again.
using life_id = int;

/// What really happened, whatever the actors believe, and the invariants of delivery
/// checked against it. Violations are recorded with their time; the first ends the seed.
class ledger {
 public:
  explicit ledger(trace& t) : trace_(t) {}

  struct send {
    life_id life = 0;
    std::size_t provider = 0;
    int sender = 0; ///< Which incarnation of the sender it goes through.
    message_id row = 0;
    std::string client_ref;
    tick at{};
    std::chrono::milliseconds timeout{0};
    int epoch = 0; ///< Of the life when the row was claimed; set by `send_begins`.
  };

  void violated(const std::string& what);
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

  // Lives.
  void born(life_id life) { alive_.insert(life); }
  void died(life_id life);
  /// A supervisor or a sender was restarted: nobody waits for the sends under way.
  void outcomes_lost(life_id life) { ++epochs_[life]; }
  /// A sender was restarted, and what only it knew is gone. A message that it was given
  /// may have been sent, so it counts as a try.
  void door_lost(life_id life, std::size_t provider, int incarnation);
  [[nodiscard]] bool is_alive(life_id life) const { return alive_.contains(life); }

  // Rows.
  void accepted(message_id row) { accepted_.insert(row); }
  void claimed(life_id life, message_id row) {
    owner_[row] = {life, epochs_[life]};
    told_.erase(row);
  }
  /// Checks a row as it is in the database now; to be called for every row.
  void look(const storage::sms_message& row);
  [[nodiscard]] const std::set<message_id>& accepted_rows() const { return accepted_; }

  // Codes: used, or replaced by two newer ones.
  void code_gone(code_id code, tick at) { gone_.try_emplace(code, at); }
  [[nodiscard]] bool code_is_gone(code_id code) const { return gone_.contains(code); }

  // Sends.
  /// `slack`: how long messages have waited unhandled; nobody can react to what has
  /// changed since.
  void send_begins(send& s, const storage::sms_message& row, wall_time wall,
                   wall_time database_wall, std::chrono::milliseconds slack);
  void send_ends(const send& s, const send_outcome& outcome, tick at);
  /// A report on a row was acknowledged, perhaps before its answer was written.
  void report_taken(message_id row, const std::string& provider) {
    reports_.emplace(row, provider);
  }
  void forced_open(life_id life, std::size_t provider, std::optional<tick> until);
  /// Any force by an operator, even one that is not stored yet, ends the pause of this
  /// provider: here at once, on other replicas when they learn of it.
  void operator_forces(std::size_t provider, tick at);
  [[nodiscard]] int sends_of(message_id row) const;
  [[nodiscard]] int sends() const { return sends_; }

  /// After the last step: every accepted message has ended; one that a provider
  /// accepted from a process that was not killed has ended as delivered; and each
  /// report is joined to its message.
  void settle(const std::map<message_id, storage::sms_message>& rows);

  std::int64_t max_in_flight = 4; ///< Of each provider, as configured.
  std::size_t providers = 0;
  std::chrono::milliseconds longest_pause{std::chrono::seconds{60}}; ///< As configured.
  bool leases_count = true; ///< Not in a process that holds the database alone.
  std::chrono::milliseconds now_ms{0};

 private:
  using door = std::pair<life_id, std::size_t>;
  using sender = std::pair<door, int>;
  void heard(const send& s, const send_outcome& outcome, tick at);
  [[nodiscard]] static sender sender_of(const send& s) {
    return {{s.life, s.provider}, s.sender};
  }

  trace& trace_;
  std::vector<std::string> violations_;
  std::set<life_id> alive_;
  std::set<message_id> accepted_;
  std::map<message_id, std::pair<life_id, int>> owner_;
  std::set<int> lost_senders_;
  std::map<message_id, storage::sms_message> ended_;
  std::map<message_id, std::int64_t> tokens_;
  std::map<message_id, std::string> client_refs_;
  std::map<message_id, int> sends_of_;
  std::map<message_id, int>
      perhaps_sent_; ///< How often it may have been with a lost sender.
  std::map<message_id, send> under_way_;
  std::map<sender, std::int64_t> in_flight_;
  struct pause {
    tick from{};
    tick until{};
  };
  std::map<sender, pause> paused_;
  std::map<std::size_t, tick>
      maybe_lifted_until_; ///< Until then a pause may be lifted already.
  std::map<door, std::optional<tick>> forced_;
  /// The Retry-After that the present owner of a row was told, by provider.
  std::map<message_id, std::map<std::size_t, tick>> told_;
  std::map<message_id, std::set<std::size_t>> refused_by_; ///< Cannot send to its number.
  std::map<code_id, tick> gone_;
  std::map<message_id, std::pair<life_id, int>> accepted_by_provider_;
  std::set<std::pair<message_id, std::string>> reports_;
  std::map<life_id, int> epochs_;
  int sends_ = 0;
};

} // namespace tinybook::sim
