#include "tests/actors/support/identity_world.hpp"
#include "tests/support/caught_lines.hpp"

#include <optional>
#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

constexpr auto bad_address = "198.51.100.1";

/// Germany is held: ten codes delivered there, none entered.
class guarded_world : public identity_world {
 public:
  explicit guarded_world(bool held = true) {
    if (held)
      hold("DE");
    verification_settings.guard.min_samples = 10;
    start_all();
  }

  void hold(const std::string& region) {
    stores->shares.regions = {{region, "", 10, 0}};
    stores->shares.addresses = {{region, bad_address, 9, 0}};
  }
  void calm() { stores->shares = {}; }

  result<code_sent> send(const std::string& phone,
                         const std::string& address = "192.0.2.1") {
    return call(verification,
                send_code{phone, "login", client_at(address), language::en});
  }

  std::optional<double> gauge_of(const std::string& name) {
    auto status = call(verification, get_status{});
    for (const auto& g : status->gauges)
      if (g.name == name)
        return g.value;
    return std::nullopt;
  }

  std::string fact_of(const std::string& name) {
    auto status = call(verification, get_status{});
    for (const auto& f : status->facts)
      if (f.name == name)
        return f.value;
    return "";
  }
};

} // namespace

TEST_CASE("a held region takes no code for a phone that was never verified") {
  guarded_world w;
  auto refused = w.send("+4915112345678");
  CHECK(refused.error().code == errc::send_held);
  CHECK(refused.error().retry_after > 0s);
  CHECK(refused.error().retry_after <= 1h);
  CHECK(w.stores->submitted.empty());
  CHECK(w.send("+33612345678").ok());
  CHECK(w.send("13800138000").ok());
}

TEST_CASE("other regions of the same country prefix are not held with it") {
  guarded_world w{false};
  w.hold("JM");
  w.advance(11s, 1s);
  CHECK(w.send("+1 876 555 1234").error().code == errc::send_held);
  CHECK(w.send("+1 416 555 1234").ok());
  CHECK(w.gauge_of("guard.JM.held") == 1.0);
}

TEST_CASE("a number that is in no region is held by its country prefix") {
  guarded_world w{false};
  w.hold("+883");
  w.advance(11s, 1s);
  CHECK(w.send("+883 5100 12345").error().code == errc::send_held);
}

TEST_CASE("a phone that was verified before passes, but not from an address that caused "
          "it") {
  guarded_world w;
  w.stores->verified_phones.insert("+4915112345678");
  CHECK(w.send("+4915112345678", bad_address).error().code == errc::send_held);
  CHECK(w.send("+4915112345678").ok());
}

TEST_CASE("a send that is held costs no permit and leaves no cooldown") {
  guarded_world w;
  for (int i = 0; i < 30; ++i)
    CHECK(w.send("+4915112345678").error().code == errc::send_held);
  CHECK(w.doors->seen<issue_code>() == 0);
  w.calm();
  w.advance(11s, 1s);
  CHECK(w.send("+4915112345678").ok());
}

TEST_CASE("the shares are counted at the start and each refresh, the window ending "
          "where the grace begins") {
  guarded_world w;
  CHECK(w.doors->seen<storage::count_verified>() == 1);
  w.advance(20s, 1s);
  CHECK(w.doors->seen<storage::count_verified>() == 3);
}

TEST_CASE("the default region is alarmed but sent to, save from who caused it") {
  guarded_world w{false};
  w.hold("CN");
  w.advance(11s, 1s);
  CHECK(w.send("13800138000").ok());
  auto refused = w.send("13800138001", bad_address);
  CHECK(refused.error().code == errc::send_held);
  CHECK(name_of(refused.error().rule) == "codes.guard.floor");
  CHECK(w.gauge_of("guard.CN.held") == 0.0);
  CHECK(w.gauge_of("guard.CN.share") == 0.0);
  CHECK(w.fact_of("guard.CN").starts_with("alarmed since "));
}

TEST_CASE("an owner's known browser is not held with its network") {
  guarded_world w;
  const auto owner = w.call(w.verification,
                            send_code{"+4915112345678", "login", client_at(bad_address)});
  CHECK(owner.error().code == errc::send_held);
  storage::user user;
  user.id = 1;
  user.phone = "+4915112345678";
  w.stores->users.push_back(user);
  auto known = client_at(bad_address);
  known.device = "browser";
  known.device_user = 1;
  CHECK(w.call(w.verification, send_code{"+4915112345678", "login", known}).ok());
  CHECK(w.call(w.verification, send_code{"+4915112345679", "login", known}).error().code
        == errc::send_held);
}

TEST_CASE("each change of a region is one line of the log") {
  guarded_world w{false};
  caught_lines log;
  w.hold("DE");
  w.advance(31s, 1s);
  const auto held = log.take("pumping_guard");
  REQUIRE(held.size() == 1);
  CHECK(held[0].starts_with("pumping_guard region=DE standing=held delivered="));
  w.calm();
  w.advance(31s, 1s);
  const auto fine = log.take("pumping_guard");
  REQUIRE(fine.size() == 1);
  CHECK(fine[0].starts_with("pumping_guard region=DE standing=fine"));
}

TEST_CASE("a held region, its share and the settings show, and every change is noted") {
  guarded_world w;
  CHECK(w.gauge_of("guard.DE.held") == 1.0);
  CHECK(w.gauge_of("guard.DE.samples") == 10.0);
  CHECK(w.gauge_of("guard.held_regions") == 1.0);
  CHECK(w.gauge_of("guard.held_addresses") == 1.0);
  CHECK(w.gauge_of("guard.floor") == 0.2);
  w.calm();
  w.advance(11s, 1s);
  CHECK_FALSE(w.gauge_of("guard.DE.held").has_value());
  CHECK(w.gauge_of("guard.held_regions") == 0.0);
}

TEST_CASE("while the shares cannot be counted the last ones stay in force") {
  guarded_world w;
  w.doors->fail<storage::count_verified>(failure{errc::unavailable});
  w.advance(30s, 1s);
  CHECK(w.send("+4915112345678").error().code == errc::send_held);
  CHECK(w.gauge_of("guard.failed_counts") == 3.0);
  w.doors->release();
  w.calm();
  w.advance(11s, 1s);
  CHECK(w.send("+4915112345678").ok());
}

TEST_CASE("a held send whose phone cannot be looked up fails as the store does") {
  guarded_world w;
  w.doors->fail<storage::find_phone_use>(failure{errc::unavailable});
  CHECK(w.send("+4915112345678").error().code == errc::unavailable);
}

TEST_CASE("a guard that is off counts nothing and holds nobody") {
  identity_world w;
  w.verification_settings.guard.enabled = false;
  w.stores->shares.regions = {{"DE", "", 1000, 0}};
  w.start_all();
  w.advance(30s, 1s);
  CHECK(w.doors->seen<storage::count_verified>() == 0);
  CHECK(w.call(w.verification,
               send_code{"+4915112345678", "login", client_at(), language::en})
            .ok());
}

} // namespace tinybook::test
