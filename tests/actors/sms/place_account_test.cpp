#include "actors/sms/place_account.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <rapidcheck.h>

namespace tinybook {

TEST_CASE("nothing is free before the sender has told something") {
  place_account account;
  CHECK(account.free() == 0);
  account.told(7, 3, 5);
  CHECK(account.free() == 5);
}

TEST_CASE("what is held and what was sent since is not free") {
  place_account account;
  account.told(7, 0, 5);
  account.hold(3);
  CHECK(account.free() == 2);
  account.sent();
  CHECK(account.free() == 2);
  account.let_go(2);
  CHECK(account.free() == 4);
}

TEST_CASE("a sender that was lost has no place until another one tells of some") {
  place_account account;
  account.told(7, 0, 5);
  account.hold(2);
  account.sent();
  account.lost();
  CHECK(account.free() <= 0);
  account.told(8, 0, 5);
  CHECK(account.free() == 4); // One is held still.
}

namespace {

/// The sender's side: so many places, each message holds one until it ends.
struct naive_sender {
  std::uint64_t life = 1;
  std::int64_t taken = 0;
  std::int64_t in_flight = 0;
};

struct told {
  std::uint64_t life;
  std::int64_t taken;
  std::int64_t free;
};

} // namespace

TEST_CASE("messages that cross, and senders that start anew, lose and invent no place") {
  CHECK(rc::check("place account against a sender", [] {
    const auto places = *rc::gen::inRange<std::int64_t>(1, 6);
    naive_sender sender;
    place_account account;
    std::deque<told> to_account;
    std::deque<std::uint64_t> to_sender; // The life that each is sent to.
    std::int64_t held = 0;
    const auto tell = [&] {
      to_account.push_back({sender.life, sender.taken, places - sender.in_flight});
    };
    const auto deliver = [&] {
      const auto to = to_sender.front();
      to_sender.pop_front();
      if (to != sender.life)
        return; // Lost with the one before.
      ++sender.taken;
      if (sender.in_flight < places)
        ++sender.in_flight;
      tell();
    };
    const auto hear = [&] {
      account.told(to_account.front().life, to_account.front().taken,
                   to_account.front().free);
      to_account.pop_front();
    };
    tell();
    for (int i = 0; i < 200; ++i) {
      switch (*rc::gen::inRange(0, 7)) {
      case 0:
        if (account.free() > 0) {
          account.hold(1);
          ++held;
        }
        break;
      case 1:
        if (held > 0) {
          --held;
          account.sent();
          to_sender.push_back(sender.life);
        }
        break;
      case 2:
        if (held > 0) {
          --held;
          account.let_go(1);
        }
        break;
      case 3:
        if (!to_sender.empty())
          deliver();
        break;
      case 4:
        if (!to_account.empty())
          hear();
        break;
      case 5:
        if (sender.in_flight > 0) {
          --sender.in_flight;
          tell();
        }
        break;
      default:
        if (*rc::gen::inRange(0, 10) == 0) {
          sender = {sender.life + 1, 0, 0};
          tell();
        }
      }
    }
    while (!to_sender.empty())
      deliver();
    while (!to_account.empty())
      hear();
    RC_ASSERT(account.free() == places - sender.in_flight - held);
  }));
}

} // namespace tinybook
