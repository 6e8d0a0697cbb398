#include "tests/soak/ledger.hpp"

#include <doctest/doctest.h>

namespace tinybook::soak {

namespace {

using namespace std::chrono_literals;

/// Promises, and a database and providers that hold them all.
struct kept_promises {
  ledger promises;
  stored_rows rows;
  received_messages received;
  ledger::time now{};

  kept_promises() {
    promises.account("ann@example.org");
    promises.article(7);
    promises.code_accepted("+8613900000001");
    promises.code_accepted("+8613900000002");
    promises.title_ends(8, "Draft", now);
    promises.like_ends({"ann@example.org", 7}, true, now);
    promises.like_ends({"bob@example.org", 7}, false, now);
    rows.accounts = {"ann@example.org", "bob@example.org"};
    rows.published = {7};
    rows.titles = {{7, "Seven"}, {8, "Draft"}};
    rows.likes = {{{"ann@example.org", 7}, 100}};
    rows.counts = {{7, 1}};
    rows.days = {{{7, 100}, 1}};
    rows.messages = {{"+8613900000001", "a", 2}, {"+8613900000002", "b", 0}};
    received = {{"a", {"+8613900000001", 1}}};
  }

  [[nodiscard]] std::string losses() const {
    std::string out;
    for (const auto& one : promises.losses(rows, received))
      out += one + '\n';
    return out;
  }
};

bool says(const kept_promises& all, const char* what) {
  return all.losses().find(what) != std::string::npos;
}

} // namespace

TEST_CASE_FIXTURE(kept_promises, "kept promises are no loss, and messages add up") {
  CHECK(losses().empty());
  const auto counts = promises.count_messages(rows);
  CHECK(counts.accepted == 2);
  CHECK(counts.delivered == 1);
  CHECK(counts.waiting == 1);
  CHECK(counts.expired + counts.dead == 0);
  CHECK(promises.known_likes() == 1);
}

TEST_CASE_FIXTURE(kept_promises,
                  "accounts, articles and titles that are gone are found") {
  rows.accounts.erase("ann@example.org");
  rows.published.clear();
  rows.titles[8] = "An older draft";
  CHECK(losses()
        == "1 accounts are gone, such as ann@example.org\n"
           "1 published articles are gone, such as 7\n"
           "1 articles are not as they were saved, such as 8\n");
}

TEST_CASE_FIXTURE(kept_promises, "a like that is gone is found, in its rows and counts") {
  rows.likes.clear();
  CHECK(losses()
        == "1 likes are not as they were answered, such as ann@example.org of article 7 "
           "(gone)\n"
           "1 articles whose like count is not the number of their likes, such as 7 (1 "
           "counted, 0 rows)\n"
           "1 articles whose count of a day is not the number of their likes, such as 7 "
           "on day 100 (1 counted, 0 rows)\n");
}

TEST_CASE_FIXTURE(kept_promises, "a like that was taken back and is there is found") {
  rows.likes[{"bob@example.org", 7}] = 101;
  rows.counts[7] = 2;
  CHECK(says(*this, "bob@example.org of article 7 (still there)"));
  CHECK(says(*this, "7 on day 101 (0 counted, 1 rows)"));
}

TEST_CASE_FIXTURE(kept_promises, "of a like without an answer either is right") {
  promises.like_begins({"ann@example.org", 7});
  promises.like_ends({"ann@example.org", 7}, std::nullopt, now);
  CHECK(losses().empty());
  rows.likes.clear();
  rows.counts.clear();
  rows.days.clear();
  CHECK(losses().empty());
  // It may still be done behind the next one, but not for ever.
  promises.like_begins({"ann@example.org", 7});
  promises.like_ends({"ann@example.org", 7}, true, now + 1s);
  CHECK(losses().empty());
  promises.like_begins({"ann@example.org", 7});
  promises.like_ends({"ann@example.org", 7}, true, now + ledger::late_commit);
  CHECK(says(*this, "(gone)"));
}

TEST_CASE_FIXTURE(kept_promises, "a message without a row is found, also a second row") {
  rows.messages.pop_back();
  CHECK(says(*this, "1 accepted messages have no row, such as +8613900000002"));
  rows.messages.push_back({"+8613900000002", "b", 0});
  rows.messages.push_back({"+8613900000002", "c", 0});
  CHECK(says(*this, "1 accepted messages have two rows, such as +8613900000002"));
}

TEST_CASE_FIXTURE(kept_promises, "rows and providers agree on what was delivered") {
  rows.messages[1].state = 2;
  CHECK(says(*this, "delivered that no provider took, such as +8613900000002"));
  received["b"] = {"+8613900000002", 1};
  CHECK(losses().empty());
  rows.messages[1].state = 3;
  CHECK(says(*this, "rows end otherwise, such as +8613900000002"));
  received["d"] = {"+8613900000004", 1};
  CHECK(says(*this, "came that have no row, such as +8613900000004"));
}

TEST_CASE_FIXTURE(kept_promises,
                  "a message comes twice only if it was leased at a kill") {
  received["a"].copies = 2;
  CHECK(says(*this, "came twice that were not leased at a kill, such as +8613900000001"));
  promises.leased_at_kill({"+8613900000001"});
  CHECK(losses().empty());
}

TEST_CASE("a board has the first hundred, newer articles before older ones") {
  stored_rows rows;
  for (std::int64_t article = 1; article <= 120; ++article)
    rows.likes[{"ann", article}] = article <= 60 ? 100 : 101;
  rows.likes[{"bob", 3}] = 101;
  const auto all = board_of_likes(rows, 0);
  REQUIRE(all.size() == 100);
  CHECK(all[0] == board_row{3, 2});
  CHECK(all[1] == board_row{120, 1});
  CHECK(all[99] == board_row{22, 1});
  const auto day = board_of_likes(rows, 101);
  CHECK(day.size() == 61);
  CHECK(day[60] == board_row{3, 1});
  CHECK(difference(all, all).empty());
  CHECK(difference({{3, 2}, {4, 1}}, {{3, 2}})
        == "place 2 shows nothing, the likes make it article 4 with 1 likes");
  CHECK(difference({{3, 2}}, {{3, 1}})
        == "place 1 shows article 3 with 1 likes, the likes make it article 3 with 2 "
           "likes");
}

} // namespace tinybook::soak
