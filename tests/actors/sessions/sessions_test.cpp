#include "tests/actors/support/identity_world.hpp"

#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

client_info browser(std::string device) {
  return {"192.0.2.1", std::move(device), 0, {}};
}

class session_world : public identity_world {
 public:
  session_world() {
    start_ingress();
    start_sessions();
  }

  token_pair open(user_id user = 7, std::string device = {}) {
    auto pair = call(sessions, open_session{user, browser(std::move(device))});
    REQUIRE(pair.ok());
    return *pair;
  }

  result<token_pair> refresh(const std::string& token) {
    return call(sessions, refresh_session{token});
  }

  /// A client shows the access token to the ingress.
  void show(const token_pair& pair) {
    const auto refresh = claims(pair.refresh, token_kind::refresh);
    caf::anon_send(sessions.get(), token_shown{refresh.family, std::stol(refresh.id)});
    run();
  }

  std::string family_of(const token_pair& pair) {
    return claims(pair.refresh, token_kind::refresh).family;
  }

  std::string fact(const std::string& name) { return fact_of(sessions.get(), name); }
};

} // namespace

TEST_CASE("a new session has an access, and a refresh token of one family, and a "
          "browser's own") {
  session_world w;
  auto pair = w.open(7);
  CHECK(pair.user == 7);
  auto access = w.claims(pair.access, token_kind::access);
  auto refresh = w.claims(pair.refresh, token_kind::refresh);
  auto device = w.claims(pair.device, token_kind::device);
  CHECK(access.user_id == 7);
  CHECK(access.family == refresh.family);
  CHECK(device.user_id == 7);
  CHECK(device.family == device.id);
  CHECK(access.family.size() == 22); // 128 bits.
  CHECK(access.expires_at - access.issued_at == 15min);
  CHECK(refresh.expires_at - refresh.issued_at == 30 * 24h);
  CHECK(device.expires_at - device.issued_at == 180 * 24h);
  CHECK(w.stores->families.at(access.family).user == 7);
}

TEST_CASE("a request that is sent again gets the session that it has opened") {
  session_world w;
  auto client = browser({});
  client.once = "one form";
  const open_session opening{7, client};
  const auto first = w.call(w.sessions, opening);
  REQUIRE(first.ok());
  const auto found = [&](user_id user = 7, const std::string& once = "one form") {
    return w.call(w.sessions, find_opened_session{user, {}, once});
  };
  REQUIRE(w.call(w.sessions, opening).ok());
  CHECK(w.call(w.sessions, opening)->refresh == first->refresh);
  CHECK(found()->refresh == first->refresh);
  CHECK(w.stores->families.size() == 1);
  CHECK(found(8).error().code == errc::token_revoked);
  CHECK(found(7, "another").error().code == errc::token_revoked);
  SUBCASE("not once it was ended") {
    REQUIRE(w.call(w.sessions, close_session{w.family_of(*first)}).ok());
  }
  SUBCASE("not once it was renewed") {
    REQUIRE(w.refresh(first->refresh).ok());
  }
  SUBCASE("not for long") {
    w.advance(sent_again_within);
  }
  CHECK(found().error().code == errc::token_revoked);
  CHECK(w.call(w.sessions, opening).error().code == errc::token_revoked);
}

TEST_CASE("a log-in that is sent again tells what the first has told") {
  session_world w;
  auto client = browser({});
  client.once = "one form";
  const open_session opening{7, client};
  SUBCASE("that a deletion is taken back") {
    w.stores->leaving.insert(7);
    for (int i = 0; i < 2; ++i)
      CHECK(w.call(w.sessions, opening)->restored);
    CHECK(w.call(w.sessions, find_opened_session{7, {}, "one form"})->restored);
    CHECK_FALSE(w.open(7).restored);
  }
  SUBCASE("that who asks is banned") {
    w.stores->banned.insert(7);
    for (int i = 0; i < 2; ++i) {
      const auto pair = w.call(w.sessions, opening);
      REQUIRE(pair.ok());
      CHECK(pair->banned);
      CHECK(pair->refresh.empty());
      CHECK(pair->device.empty());
      const auto claims = w.claims(pair->access, token_kind::banned);
      CHECK(claims.expires_at - claims.issued_at
            == 10min); // As long as the proof counts.
    }
    CHECK(w.stores->families.size() == 1);
  }
  SUBCASE("and stays of its kind when the ban is lifted meanwhile") {
    w.stores->banned.insert(7);
    REQUIRE(w.call(w.sessions, opening).ok());
    w.stores->banned.clear();
    for (const auto& again :
         {w.call(w.sessions, opening),
          w.call(w.sessions, find_opened_session{7, {}, "one form"})}) {
      REQUIRE(again.ok());
      CHECK(again->banned);
      CHECK(again->refresh.empty());
      CHECK(again->device.empty());
    }
    CHECK_FALSE(w.open(7).banned);
  }
}

TEST_CASE("a browser keeps its device id, a new one gets its own") {
  session_world w;
  CHECK(w.claims(w.open(7, "my browser").device, token_kind::device).id == "my browser");
  auto one = w.claims(w.open(7).device, token_kind::device).id;
  auto two = w.claims(w.open(7).device, token_kind::device).id;
  CHECK(one.size() == 22);
  CHECK(one != two);
}

TEST_CASE("a session that could not be stored is not opened") {
  session_world w;
  w.doors->fail<storage::create_family>(failure{errc::storage_full});
  CHECK(w.call(w.sessions, open_session{7, {}}).error().code == errc::storage_full);
}

TEST_CASE("a refresh gives a new pair of the same family and no device token") {
  session_world w;
  auto first = w.open();
  w.advance(1min, 1min);
  auto second = w.refresh(first.refresh);
  REQUIRE(second.ok());
  CHECK(second->refresh != first.refresh);
  CHECK(second->access != first.access);
  CHECK(second->device.empty());
  CHECK(second->user == 7);
  CHECK(w.family_of(*second) == w.family_of(first));
  CHECK(w.claims(second->refresh, token_kind::refresh).expires_at
        == std::chrono::floor<std::chrono::seconds>(w.now() + 30 * 24h));
}

TEST_CASE("two refreshes at once give the very same successor") {
  session_world w;
  auto pair = w.open();
  w.advance(1min, 1min);
  auto one = w.call_later(w.sessions, refresh_session{pair.refresh});
  auto two = w.call_later(w.sessions, refresh_session{pair.refresh});
  w.run();
  REQUIRE((**one).ok());
  REQUIRE((**two).ok());
  CHECK((**one)->refresh == (**two)->refresh);
}

TEST_CASE(
    "a refresh whose answer was lost is repeated hours later, also after a restart") {
  session_world w;
  auto pair = w.open();
  w.advance(1min, 1min);
  auto first = w.refresh(pair.refresh);
  w.advance(5h, 1h);
  w.kill(w.sessions);
  w.start_sessions();
  auto again = w.refresh(pair.refresh);
  REQUIRE(again.ok());
  CHECK(again->refresh == first->refresh);
  CHECK(w.claims(again->access, token_kind::access).generation == 2);
  CHECK(w.ingress_saw->revoked.empty());
}

TEST_CASE("once the new access token was used the old refresh token has only the grace") {
  session_world w;
  auto pair = w.open();
  auto second = w.refresh(pair.refresh);
  w.advance(1h, 1h);
  w.show(*second);
  w.advance(9700ms, 100ms);
  auto again = w.refresh(pair.refresh); // A tab that asked at the same time.
  REQUIRE(again.ok());
  CHECK(again->refresh == second->refresh);
  w.advance(1s, 1s);
  CHECK(w.refresh(pair.refresh).error().code == errc::token_reused);
  CHECK(w.refresh(second->refresh).error().code == errc::token_revoked);
  REQUIRE(w.ingress_saw->revoked.size() == 1);
  CHECK(w.ingress_saw->revoked[0].family == w.family_of(pair));
}

TEST_CASE("a thief and the owner of one token are told apart, whoever comes first") {
  session_world w;
  auto stolen = w.open();
  auto one = w.refresh(stolen.refresh);
  auto two = w.refresh(stolen.refresh); // They cannot be told apart yet.
  REQUIRE(one->refresh == two->refresh);
  SUBCASE("when the second refreshes what the first has refreshed and used") {
    auto next = w.refresh(one->refresh);
    w.show(*next);
    w.advance(11s, 1s);
    CHECK(w.refresh(two->refresh).error().code == errc::token_reused);
  }
  SUBCASE("when the second shows the stolen token after the first has used its own") {
    w.show(*one);
    w.advance(11s, 1s);
    CHECK(w.refresh(stolen.refresh).error().code == errc::token_reused);
  }
  CHECK(w.ingress_saw->revoked.size() == 1);
}

TEST_CASE("the old token's grace starts only when the use of the new one is stored") {
  session_world w;
  auto pair = w.open();
  auto second = w.refresh(pair.refresh);
  w.doors->fail<storage::note_family_shown>(failure{errc::unavailable});
  w.show(*second);
  w.advance(11s, 1s);
  CHECK(w.refresh(pair.refresh).ok());
  w.doors->release();
  w.show(*second);
  w.advance(11s, 1s);
  CHECK(w.refresh(pair.refresh).error().code == errc::token_reused);
}

TEST_CASE("once the new refresh token was used the old one has only the grace") {
  session_world w;
  auto pair = w.open();
  auto second = w.refresh(pair.refresh);
  w.advance(1h, 1h);
  auto third = w.refresh(second->refresh);
  REQUIRE(third.ok());
  w.advance(9700ms, 100ms);
  auto again = w.refresh(pair.refresh); // A tab whose request was late.
  REQUIRE(again.ok());
  CHECK(w.claims(again->refresh, token_kind::refresh).id == "2");
  CHECK(w.refresh(again->refresh)->refresh == third->refresh);
  w.advance(1s, 1s);
  CHECK(w.refresh(pair.refresh).error().code == errc::token_reused);
  CHECK(w.refresh(third->refresh).error().code == errc::token_revoked);
}

TEST_CASE("reuse of one family leaves the user's other families alone") {
  session_world w;
  auto stolen = w.open();
  auto other = w.open();
  auto rotated = w.refresh(stolen.refresh);
  w.show(*rotated);
  w.advance(11s, 1s);
  CHECK(w.refresh(stolen.refresh).error().code == errc::token_reused);
  CHECK(w.refresh(other.refresh).ok());
}

TEST_CASE("an access token, a device token and rubbish do not refresh") {
  session_world w;
  auto pair = w.open();
  for (const auto& token : {pair.access, pair.device, std::string{"rubbish"}}) {
    auto refused = w.refresh(token);
    CHECK(refused.error().code == errc::token_invalid);
    CHECK(refused.error().detail.find(token) == std::string::npos);
  }
  CHECK(w.doors->seen<storage::rotate_family>() == 0);
}

TEST_CASE("a signed token whose id is no generation is invalid") {
  session_world w;
  auto now = std::chrono::floor<std::chrono::seconds>(w.now());
  for (const char* id : {"x", "1x", "-1", "0", "01", "99999999999999999999"}) {
    auto token =
        w.codec->sign({7, "family", id, token_kind::refresh, now, now, now + 1h});
    REQUIRE(token.ok());
    CHECK(w.refresh(*token).error().code == errc::token_invalid);
  }
}

TEST_CASE("a family of another user is invalid, one that is unknown is revoked") {
  session_world w;
  auto pair = w.open(7);
  auto now = std::chrono::floor<std::chrono::seconds>(w.now());
  auto foreign =
      w.codec->sign({8, w.family_of(pair), "1", token_kind::refresh, now, now, now + 1h});
  CHECK(w.refresh(*foreign).error().code == errc::token_invalid);
  auto unknown =
      w.codec->sign({7, "unknown", "1", token_kind::refresh, now, now, now + 1h});
  CHECK(w.refresh(*unknown).error().code == errc::token_revoked);
}

TEST_CASE("an expired refresh token is refused as expired") {
  session_world w;
  auto pair = w.open();
  w.advance(30 * 24h, 6h);
  CHECK(w.refresh(pair.refresh).error().code == errc::token_expired);
}

TEST_CASE("a log-out is a row and known to the ingress before it is answered") {
  session_world w;
  auto pair = w.open();
  auto family = w.family_of(pair);
  w.doors->hold<session_revoked>();
  auto answer = w.call_later(w.sessions, close_session{family});
  w.run();
  CHECK(w.stores->families.at(family).revoked_at != wall_time{});
  CHECK_FALSE(answer->has_value());
  w.doors->release();
  w.run();
  CHECK((**answer).ok());
  REQUIRE(w.ingress_saw->revoked.size() == 1);
  auto& pushed = w.ingress_saw->revoked[0];
  CHECK(pushed.family == family);
  CHECK(pushed.until == w.now() + 15min + 5s);
  CHECK(w.refresh(pair.refresh).error().code == errc::token_revoked);
}

TEST_CASE("a log-out that cannot be stored fails and is not pushed") {
  session_world w;
  auto family = w.family_of(w.open());
  w.doors->fail<storage::revoke_family>(failure{errc::unavailable});
  CHECK(w.call(w.sessions, close_session{family}).error().code == errc::unavailable);
  CHECK(w.ingress_saw->revoked.empty());
}

TEST_CASE("revocations that the store made are known to the ingress before the answer") {
  session_world w;
  auto one = w.family_of(w.open());
  auto two = w.family_of(w.open());
  auto revoked = w.stores->revoke_all(7, w.now());
  w.doors->hold<session_revoked>();
  auto answer = w.call_later(w.sessions, spread_revocations{revoked.families});
  w.run();
  CHECK_FALSE(answer->has_value());
  w.doors->release();
  w.run();
  REQUIRE(answer->has_value());
  CHECK((**answer).ok());
  CHECK(w.ingress_saw->revoked.size() == 2);
  for (const auto& pushed : w.ingress_saw->revoked) {
    CHECK((pushed.family == one || pushed.family == two));
    CHECK(pushed.until == w.now() + 15min + 5s);
  }
  CHECK(w.call(w.sessions, spread_revocations{}).ok());
}

TEST_CASE("an ingress that does not answer holds a log-out up only for a while") {
  session_world w;
  auto family = w.family_of(w.open());
  SUBCASE("it is frozen") {
    w.doors->hold<session_revoked>();
  }
  SUBCASE("it is dead") {
    w.kill(w.ingress);
  }
  auto answer = w.call_later(w.sessions, close_session{family});
  w.advance(w.session_settings.push_timeout + 100ms);
  REQUIRE(answer->has_value());
  CHECK((**answer).ok());
}

TEST_CASE("at its start the ingress learns what was revoked while access tokens live") {
  session_world w;
  auto old = w.family_of(w.open());
  REQUIRE(w.call(w.sessions, close_session{old}).ok());
  w.advance(16min, 1min);
  auto fresh = w.family_of(w.open());
  REQUIRE(w.call(w.sessions, close_session{fresh}).ok());
  w.kill(w.sessions);
  w.ingress_saw->revoked.clear();
  w.start_sessions();
  REQUIRE(w.ingress_saw->revoked.size() == 1);
  CHECK(w.ingress_saw->revoked[0].family == fresh);
  CHECK(w.fact("loaded") == "yes");
  CHECK(w.call(w.sessions, get_status{})->ready);
}

TEST_CASE("loading is tried again until store and ingress answer; requests are served") {
  identity_world base;
  SUBCASE("the store fails") {
    base.doors->fail<storage::revoked_families>(failure{errc::unavailable});
    base.start_ingress();
  }
  SUBCASE("the ingress is not there yet") {
    base.stores->families["f"] = {"f", 7, 1, base.now(), base.now() + 1h, base.now()};
  }
  base.start_sessions();
  auto loaded = [&] {
    return base.call(base.sessions, get_status{})->facts.at(0).value;
  };
  base.advance(1s);
  CHECK(loaded() == "no");
  CHECK_FALSE(base.call(base.sessions, get_status{})->ready);
  CHECK(base.call(base.sessions, open_session{7, {}}).ok());
  base.doors->release();
  base.start_ingress();
  base.advance(1s);
  CHECK(loaded() == "yes");
}

TEST_CASE("families whose refresh token ran out are removed") {
  session_world w;
  auto family = w.family_of(w.open());
  w.advance(29 * 24h, 1h);
  CHECK(w.stores->families.contains(family));
  w.advance(25h, 1min);
  CHECK(w.stores->families.empty());
}

TEST_CASE("a sessions actor that is killed answers what is pending") {
  session_world w;
  auto pair = w.open();
  w.doors->hold<storage::rotate_family>();
  w.doors->hold<session_revoked>();
  auto refreshing = w.call_later(w.sessions, refresh_session{pair.refresh});
  auto closing = w.call_later(w.sessions, close_session{w.family_of(pair)});
  w.run();
  SUBCASE("by a crash") {
    w.kill(w.sessions);
  }
  SUBCASE("in order") {
    caf::anon_send(w.sessions.get(), shut_down{});
    w.run();
  }
  REQUIRE(refreshing->has_value());
  REQUIRE(closing->has_value());
  CHECK((*refreshing)->error().code == errc::unavailable);
  CHECK((*closing)->error().code == errc::unavailable);
}

TEST_CASE("a person sees their sessions, and ends one as a log-out does") {
  session_world w;
  auto client = browser({});
  client.agent = "Firefox, Windows";
  client.network = "198.51.100.0/24";
  const auto first = w.call(w.sessions, open_session{7, client});
  REQUIRE(first.ok());
  w.advance(10s);
  const auto mine = w.family_of(w.open(7));
  const auto theirs = w.family_of(w.open(8));
  w.advance(10s);
  REQUIRE(w.call(w.sessions, refresh_session{first->refresh, {"203.0.113.0/24"}}).ok());
  const auto shown = w.call(w.sessions, list_sessions{7});
  REQUIRE(shown.ok());
  REQUIRE(shown->sessions.size() == 2);
  const auto& used_last = shown->sessions[0];
  CHECK(used_last.id == w.family_of(*first));
  CHECK(used_last.device == "Firefox, Windows");
  CHECK(used_last.network == "203.0.113.0/24");
  CHECK(used_last.used_at - used_last.created_at == 20s);
  CHECK(w.call(w.sessions, end_own_session{8, used_last.id, theirs}).error().code
        == errc::session_not_found);
  REQUIRE(w.call(w.sessions, end_own_session{7, used_last.id, mine}).ok());
  REQUIRE(w.ingress_saw->revoked.size() == 1);
  CHECK(w.ingress_saw->revoked[0].family == used_last.id);
  CHECK(w.call(w.sessions, list_sessions{7})->sessions.size() == 1);
}

TEST_CASE("behind the time of a proof only the own session can be ended") {
  session_world w;
  const auto mine = w.family_of(w.open(7));
  const auto other = w.family_of(w.open(7));
  w.advance(w.session_settings.step_up + 1s, 1min);
  CHECK(w.call(w.sessions, end_own_session{7, other, mine}).error().code
        == errc::step_up_required);
  CHECK(w.ingress_saw->revoked.empty());
  CHECK(w.call(w.sessions, end_own_session{7, mine, mine}).ok());
}

TEST_CASE("one session too many ends the one that was used longest ago, everywhere") {
  session_world w;
  w.session_settings.max_per_person = 2;
  w.kill(w.sessions);
  w.start_sessions();
  const auto first = w.open(7);
  w.advance(1s);
  (void)w.open(7);
  w.advance(1s);
  (void)w.open(7);
  REQUIRE(w.ingress_saw->revoked.size() == 1);
  CHECK(w.ingress_saw->revoked[0].family == w.family_of(first));
  CHECK(w.refresh(first.refresh).error().code == errc::token_revoked);
}

TEST_CASE("a session ends by its age, however often it is renewed") {
  session_world w;
  w.session_settings.refresh_lifetime = 1h;
  w.session_settings.absolute_lifetime = 100min;
  w.kill(w.sessions);
  w.start_sessions();
  auto pair = w.open(7);
  for (int i = 0; i < 2; ++i) {
    w.advance(45min);
    auto next = w.refresh(pair.refresh);
    REQUIRE(next.ok());
    pair = *next;
  }
  // Its access token ends with it, too.
  const auto access = w.claims(pair.access, token_kind::access);
  CHECK(access.expires_at - access.issued_at == 10min);
  w.advance(11min);
  CHECK(w.refresh(pair.refresh).error().code == errc::token_expired);
}

} // namespace tinybook::test
