#pragma once

#include "storage/phone_store.hpp"
#include "storage/session_store.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"

#include <map>
#include <string>
#include <vector>

namespace tinybook::test {

/// Stores messages and ends them, as the supervisor would.
class phone_history {
 public:
  explicit phone_history(storage::connection& db)
      : db_(db), user_(new_user(db, "ann@example.org")) {}

  message_id deliver(const std::string& phone, wall_time at,
                     const std::string& address = "192.0.2.1",
                     const std::string& purpose = "login",
                     const std::string& region = "") {
    using namespace storage;
    auto message = sample_message(phone, at);
    message.idempotency_key = std::to_string(++last_);
    message.country_prefix = phone.substr(0, 3);
    message.region = region;
    message.client_address = address;
    message.purpose = purpose;
    message.code = last_;
    codes_[{phone, purpose}] = message.code;
    const auto id = must(db_, submit_message{message, {}}).id;
    must(db_, ending(id, 0, message_state::delivered, at));
    return id;
  }

  void verify(const std::string& phone, wall_time at,
              const std::string& purpose = "login") {
    const code_key key{phone, purpose};
    must(db_, storage::create_family{
                  {.id = std::to_string(++last_), .user = user_, .generation = 1},
                  storage::code_use{key, {codes_.at(key)}, at}});
  }

  [[nodiscard]] storage::verified_shares count(wall_time since, wall_time until,
                                               std::int64_t min_per_address = 1,
                                               std::int64_t max_addresses = 100) const {
    return must(db_,
                storage::count_verified{since, until, min_per_address, max_addresses});
  }

  /// Of the deliveries to `region` at any time, how many were answered.
  [[nodiscard]] std::int64_t verified(const std::string& region = "+86") const {
    for (const auto& share : count({}, some_day + std::chrono::hours{100}).regions)
      if (share.region == region)
        return share.verified;
    return 0;
  }

 private:
  storage::connection& db_;
  user_id user_;
  std::map<code_key, code_id> codes_; ///< The last one sent of each.
  int last_ = 0;
};

inline void phone_store_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::minutes;
  const auto fixture = make();
  const auto db = fixture->writer();
  phone_history h{*db};
  const std::string phone = "+8613800138000";
  const auto end = some_day + minutes{60};

  SUBCASE("a phone is verified once a code of it was entered, and stays so") {
    CHECK_FALSE(must(*fixture->reader(), find_phone_use{phone}).verified);
    h.deliver(phone, some_day);
    h.verify(phone, some_day);
    h.deliver(phone, some_day + minutes{1});
    h.verify(phone, some_day + minutes{1});
    CHECK(must(*fixture->reader(), find_phone_use{phone}).verified);
    CHECK_FALSE(must(*db, find_phone_use{"+8613800138001"}).verified);
  }
  SUBCASE("a phone that logged in by code is verified") {
    must(*db, claim_phone_account{phone, some_day});
    CHECK(must(*db, find_phone_use{phone}).verified);
  }
  SUBCASE("all messages whose code had not run out are answered together") {
    h.deliver(phone, some_day);
    h.deliver(phone, some_day + minutes{1});
    h.deliver(phone, some_day + minutes{2});
    h.verify(phone, some_day + minutes{3});
    CHECK(h.verified() == 3);
  }
  SUBCASE("a code that had expired is not answered by a later one") {
    h.deliver(phone, some_day);
    h.deliver(phone, some_day + minutes{20});
    h.verify(phone, some_day + minutes{21});
    CHECK(h.verified() == 1);
  }
  SUBCASE("another phone and another purpose are not answered") {
    h.deliver(phone, some_day);
    h.deliver("+8613800138001", some_day);
    h.deliver(phone, some_day, "192.0.2.1", "bind_phone");
    h.verify(phone, some_day + minutes{1});
    CHECK(h.verified() == 1);
  }
  SUBCASE("only what was delivered counts") {
    const auto message = sample_message(phone, some_day);
    const auto id = must(*db, submit_message{message, {}}).id;
    CHECK(h.count({}, end).regions.empty());
    const auto claimed =
        must(*db, claim_messages{some_day, std::chrono::seconds{30}, 20}).messages;
    REQUIRE(claimed.size() == 1);
    must(*db, ending(id, claimed[0].lease_token, message_state::dead, some_day));
    CHECK(h.count({}, end).regions.empty());
  }
  SUBCASE("shares are counted by region or, where there is none, by prefix, over the "
          "messages delivered in the window") {
    h.deliver("+8613800138000", some_day);
    h.deliver("+8613800138001", some_day + minutes{5});
    h.deliver("+4915112345678", some_day + minutes{5});
    h.verify("+8613800138001", some_day + minutes{6});
    auto all = h.count(some_day, some_day + minutes{6}).regions;
    REQUIRE(all.size() == 2);
    CHECK(all[0].region == "+49");
    CHECK(all[0].delivered == 1);
    CHECK(all[0].verified == 0);
    CHECK(all[1].region == "+86");
    CHECK(all[1].client_address.empty());
    CHECK(all[1].delivered == 2);
    CHECK(all[1].verified == 1);
    CHECK(h.count(some_day, some_day + minutes{5}).regions.size() == 1);
    CHECK(h.count(some_day + minutes{5}, end).regions.size() == 2);
    CHECK(h.count(some_day + minutes{6}, end).regions.empty());
  }
  SUBCASE("addresses with enough deliveries are listed, the worst first") {
    for (const auto* to : {"+8613800138000", "+8613800138001"})
      h.deliver(to, some_day, "192.0.2.1");
    for (const auto* to : {"+8613800138002", "+8613800138003", "+8613800138004"})
      h.deliver(to, some_day, "192.0.2.2");
    h.deliver("+8613800138005", some_day, "192.0.2.3");
    h.verify("+8613800138000", some_day + minutes{1});
    auto told = h.count(some_day, end, 2).addresses;
    REQUIRE(told.size() == 2);
    CHECK(told[0].client_address == "192.0.2.2");
    CHECK(told[0].region == "+86");
    CHECK(told[0].delivered == 3);
    CHECK(told[0].verified == 0);
    CHECK(told[1].client_address == "192.0.2.1");
    CHECK(told[1].verified == 1);
    told = h.count(some_day, end, 2, 1).addresses;
    REQUIRE(told.size() == 1);
    CHECK(told[0].client_address == "192.0.2.2");
  }
  SUBCASE("regions that share a country prefix are told apart") {
    for (const auto* to : {"+18765551230", "+18765551231"})
      h.deliver(to, some_day, "192.0.2.1", "login", "JM");
    h.deliver("+14165551234", some_day, "192.0.2.1", "login", "CA");
    h.deliver("+17282101234", some_day, "192.0.2.1");
    h.verify("+14165551234", some_day + minutes{1});
    const auto told = h.count(some_day, end);
    REQUIRE(told.regions.size() == 3);
    CHECK(told.regions[0].region == "+17");
    CHECK(told.regions[1].region == "CA");
    CHECK(told.regions[1].verified == 1);
    CHECK(told.regions[2].region == "JM");
    CHECK(told.regions[2].delivered == 2);
    REQUIRE(told.addresses.size() == 3);
    CHECK(told.addresses[0].region == "JM");
    CHECK(told.addresses[0].client_address == "192.0.2.1");
  }
  SUBCASE("an address counts for each region by itself") {
    h.deliver("+8613800138000", some_day);
    h.deliver("+8613800138001", some_day);
    h.deliver("+4915112345678", some_day);
    const auto told = h.count(some_day, end, 2).addresses;
    REQUIRE(told.size() == 1);
    CHECK(told[0].region == "+86");
    CHECK(told[0].delivered == 2);
  }
}

} // namespace tinybook::test
