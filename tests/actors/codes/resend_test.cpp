#include "actors/sms/delivery_progress.hpp"
#include "tests/actors/support/identity_world.hpp"

#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// A code was sent to one phone, and its provider reports that it did not arrive.
class lost_world : public identity_world {
 public:
  explicit lost_world(const std::string& phone = "13800138000") {
    start_all();
    auto sent = call(verification, send_code{phone, "login", client_at(), language::zh});
    REQUIRE(sent.ok());
    asker = sent->asker;
    first = stores->submitted.back().message;
    first_code = last_code();
    lost = first;
    lost.id = 1;
  }

  result<code_resent> resend() { return call(verification, resend_code{lost, "alpha"}); }

  errc enter(const std::string& code) {
    auto client = client_at();
    client.asker = asker;
    auto checked = check_and_use({lost.phone, "login", code, client});
    return checked.ok() ? errc::none : checked.error().code;
  }

  std::string asker;
  storage::sms_message first;
  std::string first_code;
  storage::sms_message lost;
};

} // namespace

TEST_CASE("a lost code is sent anew by another provider, linked, with the same expiry") {
  lost_world w;
  w.advance(130s, 1s);
  auto resent = w.resend();
  REQUIRE(resent.ok());
  CHECK(resent->sent);
  REQUIRE(w.stores->submitted.size() == 2);
  const auto& m = w.stores->submitted.back().message;
  CHECK(m.phone == w.first.phone);
  CHECK(m.purpose == w.first.purpose);
  CHECK(m.parent == w.lost.id);
  CHECK(decode_progress(m.progress).tried == std::vector<std::string>{"alpha"});
  CHECK(m.expires_at == w.first.expires_at);
  CHECK(m.country_prefix == "+86");
  CHECK(m.region == "CN");
  CHECK(m.client_address == "192.0.2.1");
  CHECK(m.template_name == "login_code");
  CHECK(w.last_text().parameters.at("minutes") == "8");
  CHECK(m.code != w.first.code);
  const auto& state = w.stores->submitted.back().code;
  REQUIRE(state);
  CHECK(state->state.codes.back().code_id == m.code);
}

TEST_CASE("the new code logs in, for the browser that asked for the lost one") {
  lost_world w;
  REQUIRE(w.resend()->sent);
  auto code = w.last_code();
  if (code != w.first_code)
    CHECK(w.enter(w.first_code) == errc::wrong_code);
  CHECK(w.enter(code) == errc::none);
}

TEST_CASE("within the cooldown and over the send limits a lost code is sent anew, and "
          "counts against neither") {
  lost_world w;
  for (int i = 0; i < 10; ++i) {
    REQUIRE(w.resend()->sent);
    w.lost.code = w.stores->submitted.back().message.code;
  }
  auto again = w.call(w.verification,
                      send_code{"13800138000", "login", client_at(), language::zh});
  CHECK(again.error().code == errc::send_cooldown);
  w.advance(61s, 1s);
  CHECK(
      w.call(w.verification, send_code{"13800138000", "login", client_at(), language::zh})
          .ok());
}

TEST_CASE("a code that was used, or has run out, is not sent anew") {
  lost_world w;
  SUBCASE("used") {
    REQUIRE(w.enter(w.first_code) == errc::none);
  }
  SUBCASE("run out") {
    w.advance(600s, 1s);
  }
  SUBCASE("unknown") {
    w.lost.code = 99;
  }
  auto resent = w.resend();
  REQUIRE(resent.ok());
  CHECK_FALSE(resent->sent);
  CHECK(w.stores->submitted.size() == 1);
}

TEST_CASE("while another message waits nothing is sent, and the lost code still verifies "
          "with its cooldown in force") {
  lost_world w;
  w.stores->pending = true;
  auto resent = w.resend();
  REQUIRE(resent.ok());
  CHECK_FALSE(resent->sent);
  w.stores->pending = false;
  auto again = w.call(w.verification,
                      send_code{"13800138000", "login", client_at(), language::zh});
  CHECK(again.error().code == errc::send_cooldown);
  CHECK(w.enter(w.first_code) == errc::none);
}

TEST_CASE("a repetition that cannot be stored fails and leaves the lost code alone") {
  lost_world w;
  w.doors->fail<storage::submit_message>(failure{errc::storage_full});
  CHECK(w.resend().error().code == errc::storage_full);
  w.doors->release();
  CHECK(w.enter(w.first_code) == errc::none);
}

TEST_CASE("a repetition that may have been stored too late keeps its code alive") {
  lost_world w;
  w.doors->hold<storage::submit_message>();
  auto answer = w.call_later(w.verification, resend_code{w.lost, "alpha"});
  w.advance(w.verification_settings.request_timeout + 1s);
  REQUIRE(answer->has_value());
  CHECK((*answer)->error().code == errc::deadline_exceeded);
  w.doors->release();
  w.run();
  CHECK(w.enter(w.last_code()) == errc::none);
}

TEST_CASE("tries are not refilled by a repetition") {
  lost_world w;
  auto wrong = [&] {
    return w.last_code() == "000000" ? "000001" : "000000";
  };
  CHECK(w.enter(wrong()) == errc::wrong_code);
  CHECK(w.enter(wrong()) == errc::wrong_code);
  REQUIRE(w.resend()->sent);
  CHECK(w.enter(wrong()) == errc::wrong_code);
  CHECK(w.enter(w.last_code()) == errc::too_many_tries);
}

} // namespace tinybook::test
