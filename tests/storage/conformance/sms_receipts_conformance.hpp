#pragma once

#include "tests/storage/conformance/sms_archive_conformance.hpp"

namespace tinybook::test {

/// The providers' reports, and what is left of a message in the end.
inline void sms_receipts_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::seconds;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto now = some_day;
  ended_rows rows(*db);
  const auto note = [&](const receipt& r, wall_time at = some_day) {
    return must(*db, record_receipt{r, at});
  };

  SUBCASE("a report joins the message that the provider took") {
    const auto id = rows.add("+1", message_state::delivered);
    const auto noted = note(sample_report("+1", true), now + seconds{4});
    CHECK(noted.fate == receipt_fate::joined);
    REQUIRE(noted.message);
    CHECK(noted.message->id == id);
    CHECK(noted.message->receipt == "delivered");
    const auto found = rows.history(id);
    CHECK(fields_of(found.message) == fields_of(*noted.message));
    const sms_receipt expected{"console", true, "OK", "as it was", now + seconds{4}};
    REQUIRE(found.receipts.size() == 1);
    CHECK(fields_of(found.receipts[0]) == fields_of(expected));
  }
  SUBCASE("a number that may be read in two ways matches the message by either") {
    rows.add("+18624017194", message_state::delivered);
    auto r = sample_report("+18624017194", false);
    r.domestic_phone = "+8618624017194";
    CHECK(note(r).message->phone == "+18624017194");
    r = sample_report("+8618624017194", true);
    r.domestic_phone = "+18624017194";
    CHECK(note(r).message->phone == "+18624017194");
    r.domestic_phone.clear();
    CHECK(note(r).fate == receipt_fate::unknown);
  }

  SUBCASE("a report of failure is noted and changes no state") {
    const auto id = rows.add("+1", message_state::delivered);
    CHECK(note(sample_report("+1", false)).message->receipt == "failed");
    CHECK(rows.history(id).message.state == message_state::delivered);
  }
  SUBCASE("the same report again is a duplicate") {
    const auto id = rows.add("+1", message_state::delivered);
    note(sample_report("+1", false));
    const auto again = note(sample_report("+1", false), now + seconds{9});
    CHECK(again.fate == receipt_fate::duplicate);
    CHECK_FALSE(again.message);
    CHECK(rows.history(id).receipts.size() == 1);
  }
  SUBCASE("a later report that differs is noted beside the first") {
    const auto id = rows.add("+1", message_state::delivered);
    note(sample_report("+1", true));
    CHECK(note(sample_report("+1", false)).fate == receipt_fate::joined);
    const auto found = rows.history(id);
    CHECK(found.message.receipt == "delivered");
    REQUIRE(found.receipts.size() == 2);
    CHECK(found.receipts[0].delivered);
    CHECK_FALSE(found.receipts[1].delivered);
  }
  SUBCASE("a report that is faster than its outcome is kept, once, until that is known") {
    const auto join = [&](wall_time at) {
      return must(*db, join_early_receipts{at});
    };
    auto by_ref = sample_report("+2", false);
    by_ref.provider_message_id = "";
    by_ref.client_ref = "ref-2";
    for (int twice = 0; twice < 2; ++twice) {
      CHECK(note(sample_report("+1", true), now + seconds{2}).fate
            == receipt_fate::unknown);
      CHECK(note(by_ref, now + seconds{3}).fate == receipt_fate::unknown);
    }
    CHECK(join(now + seconds{4}).joined.empty());
    CHECK(join(now + seconds{4}).more);

    const auto id = rows.add("+1", message_state::delivered);
    const auto first = join(now + seconds{5});
    REQUIRE(first.joined.size() == 1);
    CHECK(first.more);
    CHECK(first.joined[0].noted.fate == receipt_fate::joined);
    REQUIRE(first.joined[0].noted.message);
    CHECK(first.joined[0].noted.message->id == id);
    CHECK(first.joined[0].noted.message->receipt == "delivered");
    const auto kept = rows.history(id).receipts;
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].received_at == now + seconds{2});

    auto other = sample_message("+2", now);
    other.client_ref = "ref-2";
    const auto second = rows.submit(other);
    const auto token = must(*db, claim_messages{now, seconds{9}, 9}).messages.at(0);
    must(*db, record_attempt{second, token.lease_token, 1, "",
                             sample_attempt("ambiguous", now)});
    const auto last = join(now + seconds{6});
    REQUIRE(last.joined.size() == 1);
    CHECK_FALSE(last.more);
    CHECK(last.joined[0].noted.message->id == second);
    CHECK(join(now + seconds{7}).joined.empty());
  }
  SUBCASE("an early report is forgotten after a day, and the oldest beyond the bound") {
    note(sample_report("+1", true), now);
    CHECK(must(*db, join_early_receipts{now + longest_early_receipt - seconds{1}}).more);
    CHECK_FALSE(must(*db, join_early_receipts{now + longest_early_receipt}).more);
    for (const auto* text : {"first", "second", "third", "fourth"}) {
      auto r = sample_report("+1", true);
      r.text = text;
      must(*db, record_receipt{r, now, 3});
    }
    rows.add("+1", message_state::delivered);
    const auto joined = must(*db, join_early_receipts{now, 2});
    REQUIRE(joined.joined.size() == 2);
    CHECK(joined.joined[0].report.text == "second");
    CHECK(joined.more);
    CHECK(must(*db, join_early_receipts{now, 2}).joined.size() == 1);
  }
  SUBCASE("another provider, id or phone is unknown and leaves no trace") {
    const auto id = rows.add("+1", message_state::delivered);
    const auto unknown = [&](auto change) {
      auto r = sample_report("+1", false);
      change(r);
      const auto noted = note(r);
      CHECK(noted.fate == receipt_fate::unknown);
      CHECK_FALSE(noted.message);
    };
    unknown([](receipt& r) { r.provider = "tencent"; });
    unknown([](receipt& r) { r.provider_message_id = "p-2"; });
    unknown([](receipt& r) { r.provider_message_id = ""; });
    unknown([](receipt& r) { r.phone = "+2"; });
    // The reference alone tells nothing where no try was ambiguous.
    unknown([](receipt& r) {
      r.provider_message_id = "";
      r.client_ref = "ref";
    });
    const auto found = rows.history(id);
    CHECK(found.receipts.empty());
    CHECK(found.message.receipt.empty());
  }
  SUBCASE("after an ambiguous try the client reference joins, and ends no row") {
    const auto id = rows.submit(sample_message("+1", now));
    const auto token = must(*db, claim_messages{now, seconds{9}, 9}).messages.at(0);
    auto r = sample_report("+1", true);
    r.client_ref = "ref";
    CHECK(note(r).fate == receipt_fate::unknown);
    must(*db,
         record_attempt{id, token.lease_token, 1, "", sample_attempt("ambiguous", now)});
    auto forged = r;
    forged.phone = "+2";
    CHECK(note(forged).fate == receipt_fate::unknown);
    forged = r;
    forged.provider = "tencent";
    CHECK(note(forged).fate == receipt_fate::unknown);
    CHECK(note(r).fate == receipt_fate::joined);
    CHECK(rows.history(id).message.state == message_state::leased);
    CHECK(rows.history(id).message.receipt == "delivered");
    must(*db, ending(id, token.lease_token, message_state::delivered, now));
    CHECK(rows.history(id).message.receipt == "delivered");
  }
  SUBCASE("an empty id or reference joins nothing") {
    const auto id = rows.submit([&] {
      auto m = sample_message("+1", now);
      m.client_ref = "";
      return m;
    }());
    const auto token = must(*db, claim_messages{now, seconds{9}, 9}).messages.at(0);
    auto end = ending(id, token.lease_token, message_state::delivered, now);
    end.provider = "console";
    end.attempt = sample_attempt("ambiguous", now);
    must(*db, end);
    auto r = sample_report("+1", true);
    r.provider_message_id = "";
    CHECK(note(r).fate == receipt_fate::unknown);
  }
  SUBCASE("parameters are erased on delivery, on expiry and when discarded") {
    using enum message_state;
    CHECK(rows.history(rows.add("+1", delivered)).message.sealed_parameters.empty());
    CHECK(rows.history(rows.add("+2", expired)).message.sealed_parameters.empty());
    const auto late = rows.submit(sample_message("+3", now));
    must(*db, expire_messages{now + seconds{600}});
    CHECK(rows.history(late).message.sealed_parameters.empty());
    const auto discarded = rows.add("+4", dead);
    must(*db, discard_message{discarded, "bob", now});
    CHECK(rows.history(discarded).message.sealed_parameters.empty());
  }
  SUBCASE("history is removed with its tries and reports, handled or not") {
    const auto id = rows.add("+1", message_state::delivered);
    note(sample_report("+1", true));
    const auto handled = rows.add("+2", message_state::dead);
    must(*db, discard_message{handled, "bob", now});
    CHECK(must(*db, remove_history{now + seconds{1}, 10}).rows == 2);
    CHECK(error_of(*db, find_message{id}) == errc::message_not_found);
    CHECK(note(sample_report("+1", true)).fate == receipt_fate::unknown);
    const auto next = rows.add("+1", message_state::delivered);
    CHECK(rows.history(next).receipts.empty());
    CHECK(rows.history(next).attempts.size() == 1);
  }
}

} // namespace tinybook::test
