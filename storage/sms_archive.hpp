#pragma once

#include "storage/result.hpp"
#include "storage/sms_message.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinybook::storage {

/// What an operator did about a message that was not delivered.
enum class handled : std::uint8_t { not_yet = 0, redriven = 1, discarded = 2 };

/// A provider's delivery report, as it was noted.
struct sms_receipt {
  std::string provider;
  bool delivered = false;
  std::string provider_code;
  std::string text;
  wall_time received_at{};
};

struct message_history {
  sms_message message;
  std::vector<sms_attempt> attempts;
  std::vector<sms_receipt> receipts{};
  std::string handled_by{}; ///< Who redrove or discarded it; empty = nobody.
  bool discarded = false;
};

/// One message with its tries and reports. Fails with `message_not_found`.
struct find_message {
  using reply = message_history;
  static constexpr bool writes = false;
  message_id id = 0;
};
result<message_history> run(handle& db, const find_message& command);

struct history_page {
  std::vector<message_history> messages; ///< Each with its attempts and receipts.
  message_id next = 0;                   ///< `before` of the next page; 0 = the end.
};

/// One page of messages, newest first: those with an id below `before` (0 = from the
/// newest). Empty filters take everything; `states` empty = dead and expired, the list of
/// what went wrong. A `limit` below 1 is an empty page.
struct list_messages {
  using reply = history_page;
  static constexpr bool writes = false;
  std::vector<message_state> states{};
  std::string provider{}; ///< That accepted it, or that it was tried at.
  std::string purpose{};
  std::string country_prefix{};
  bool with_handled = false; ///< Also those that were redriven or discarded.
  message_id before = 0;
  std::int64_t limit = 0;
};
result<history_page> run(handle& db, const list_messages& command);

/// Queues the message of a row that ended dead or expired once more: `replacement` (its
/// own keys and client reference, parameters sealed anew) becomes a row, ready at once,
/// made at `now`, with the old one as its `parent` and the old one's `expires_at`; the
/// old row stays as it is and counts as handled. Fails with `message_not_found`;
/// `wrong_state` where it was delivered, is pending or was handled before, or where the
/// replacement's idempotency key is in use; `message_expired` where its code has expired,
/// or was used (its parameters are erased); `sms_pending` while another row of the phone
/// and purpose waits.
struct redrive_message {
  using reply = submitted_message;
  static constexpr bool writes = true;
  message_id id = 0;
  sms_message replacement;
  std::string by; ///< Who, for the record.
  wall_time now{};
  std::string reason{};
};
result<submitted_message> run(handle& db, const redrive_message& command);

/// Takes a dead or expired row off the list and erases its parameters. Fails with
/// `message_not_found`, `wrong_state` (see `redrive_message`).
struct discard_message {
  using reply = done;
  static constexpr bool writes = true;
  message_id id = 0;
  std::string by;
  wall_time now{};
  std::string reason{};
};
result<done> run(handle& db, const discard_message& command);

/// One delivery report of a provider, as its client understood it.
struct receipt {
  std::string provider;
  std::string provider_message_id;
  std::string client_ref; ///< Where the provider echoes it; else empty.
  std::string phone;      ///< E.164.
  /// Where the provider writes numbers of its own country without it: the number read so.
  std::string domestic_phone{};
  bool delivered = false;
  std::string provider_code; ///< The provider's own.
  std::string text;
};

enum class receipt_fate : std::uint8_t {
  joined,    ///< Noted with its message.
  duplicate, ///< The same report, word for word, was noted before; nothing changed.
  unknown,   ///< No message of this provider, id and phone yet: kept until there is one.
};

struct receipt_noted {
  receipt_fate fate = receipt_fate::unknown;
  std::optional<sms_message> message; ///< With `joined`: as it stands now.
};

inline constexpr std::int64_t most_early_receipts = 10'000;
inline constexpr std::chrono::hours longest_early_receipt{24};

/// Joins a report to its message: provider and provider's id must match, or the client
/// reference where a try at this provider had the outcome `ambiguous`, and the phone, in
/// one of its readings, in either case; the newest where several do. The first report
/// that says delivered or failed becomes the row's `receipt` ("delivered" or "failed"); a
/// later one that differs is noted beside it. A report never changes the state of a row
/// that has ended, and ends none.
///
/// A report without a message is kept, once, for `join_early_receipts`: it may come
/// before its outcome is written. Only the newest `most_early` are kept.
struct record_receipt {
  using reply = receipt_noted;
  static constexpr bool writes = true;
  receipt report;
  wall_time now{};
  std::int64_t most_early = most_early_receipts;
};
result<receipt_noted> run(handle& db, const record_receipt& command);

struct joined_receipt {
  receipt report;
  receipt_noted noted; ///< `joined` or `duplicate`.
};

struct joined_receipts {
  std::vector<joined_receipt> joined;
  bool more = false; ///< Others are still kept.
};

/// Joins at most `limit` of the reports that were kept to messages that are known now,
/// with the time at which they came; each is returned to one caller only. Deletes those
/// that came `longest_early_receipt` ago.
struct join_early_receipts {
  using reply = joined_receipts;
  static constexpr bool writes = true;
  wall_time now{};
  std::int64_t limit = 100;
};
result<joined_receipts> run(handle& db, const join_early_receipts& command);

struct archive_commands : commands<find_message, list_messages, redrive_message,
                                   discard_message, record_receipt, join_early_receipts> {
};

} // namespace tinybook::storage
