#include "actors/sms/sealed_parameters.hpp"

#include <doctest/doctest.h>

namespace tinybook {

namespace {

struct sealed_row {
  sealed_row() {
    row.client_ref = "ref";
    row.phone = "+8613800138000";
    seal_content(row, content, keys, random);
  }
  seeded_random random{1};
  keyring keys = keyring::generate(random);
  message_content content{{{"code", "424242"}, {"minutes", "10"}}, language::en};
  storage::sms_message row;
};

} // namespace

TEST_CASE_FIXTURE(sealed_row, "what was sealed opens again") {
  CHECK(open_content(row, keys) == content);
}

TEST_CASE_FIXTURE(sealed_row, "it opens with an older key after a rotation") {
  CHECK(open_content(row, keys.rotated(random)) == content);
  CHECK_FALSE(open_content(row, keyring::generate(random)));
}

TEST_CASE_FIXTURE(sealed_row, "it opens in no other row") {
  auto other_phone = row;
  other_phone.phone = "+8613800138001";
  CHECK_FALSE(open_content(other_phone, keys));
  auto other_reference = row;
  other_reference.client_ref = "ref2";
  CHECK_FALSE(open_content(other_reference, keys));
}

TEST_CASE_FIXTURE(sealed_row, "erased or altered parameters do not open") {
  auto erased = row;
  erased.sealed_parameters.clear();
  CHECK_FALSE(open_content(erased, keys));
  auto altered = row;
  altered.sealed_parameters.back() ^= 1;
  CHECK_FALSE(open_content(altered, keys));
}

} // namespace tinybook
