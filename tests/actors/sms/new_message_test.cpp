#include "actors/sms/new_message.hpp"
#include "actors/sms/sealed_parameters.hpp"

#include <doctest/doctest.h>

namespace tinybook {

namespace {

constexpr wall_time redriven_at{std::chrono::hours{12}};

struct ended_message {
  ended_message() {
    new_message made;
    made.row.phone = "+8613800138000";
    made.row.purpose = "login";
    made.content.parameters = {{"code", "424242"}};
    made.tried_provider = "one";
    old = submission_of(std::move(made), keys, random, wall_time{}).message;
    old.id = 7;
    old.state = storage::message_state::dead;
    old.attempt = 3;
    old.lease_token = 9;
    old.provider_message_id = "theirs";
    old.finalized_at = redriven_at;
  }
  storage::sms_message again() {
    const auto out = redrive_of(old, {"ops", "again"}, keys, random, redriven_at);
    CHECK(out.id == 7);
    return out.replacement;
  }

  seeded_random random{3};
  keyring keys = keyring::generate(random);
  storage::sms_message old;
};

} // namespace

TEST_CASE_FIXTURE(ended_message, "a redriven message begins anew, with its parameters") {
  const auto row = again();
  CHECK(row.parent == 7);
  CHECK(row.phone == old.phone);
  CHECK(row.state == storage::message_state::ready);
  CHECK(row.attempt == 0);
  CHECK(row.progress.empty());
  CHECK(row.lease_token == 0);
  CHECK(row.provider_message_id.empty());
  CHECK(row.run_at == redriven_at);
  CHECK(row.finalized_at == wall_time{});
  CHECK(row.client_ref != old.client_ref);
  CHECK(row.idempotency_key != old.idempotency_key);
  CHECK(open_content(row, keys)->parameters == open_content(old, keys)->parameters);
}

TEST_CASE_FIXTURE(ended_message, "parameters that do not open are not taken along") {
  old.phone += '1'; // They are another's.
  REQUIRE_FALSE(old.sealed_parameters.empty());
  CHECK(again().sealed_parameters.empty());
}

} // namespace tinybook
