#pragma once

#include "tests/storage/conformance/outbox_samples.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace tinybook::test {

/// Group commit.
inline void write_batch_conformance(const make_fixture& make) {
  using namespace storage;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto reader = fixture->reader();

  const auto sign_up = [&](const std::string& email) {
    return db->run(create_user{email, "hash", some_day});
  };
  const auto is_there = [&](const std::string& email) {
    return error_of(*reader, find_user_by_email{email}) == errc::none;
  };

  SUBCASE("all writes of a batch are there once it returns, and none before") {
    std::vector<connection::write> writes;
    for (const auto* email : {"a", "b", "c"})
      writes.emplace_back([&, email] {
        CHECK_FALSE(is_there("a"));
        return sign_up(email).ok();
      });
    REQUIRE(db->write_batch(writes).ok());
    for (const auto* email : {"a", "b", "c"})
      CHECK(is_there(email));
  }
  SUBCASE("an empty batch is fine") {
    CHECK(db->write_batch({}).ok());
  }
  SUBCASE("a write that fails is undone whole and takes no other with it") {
    errc why = errc::none;
    const std::vector<connection::write> writes{[&] { return sign_up("a").ok(); },
                                                [&] {
                                                  CHECK(sign_up("b").ok());
                                                  auto again = sign_up("a");
                                                  why = again.ok() ? errc::none
                                                                   : again.error().code;
                                                  return again.ok();
                                                },
                                                [&] {
                                                  return sign_up("c").ok();
                                                }};
    REQUIRE(db->write_batch(writes).ok());
    CHECK(why == errc::email_taken);
    CHECK(is_there("a"));
    CHECK_FALSE(is_there("b"));
    CHECK(is_there("c"));
  }
  SUBCASE("a write sees those before it in the batch, also of other stores") {
    submitted_message first;
    errc second = errc::none;
    const submit_message submit{sample_message("+1", some_day), std::nullopt};
    const std::vector<connection::write> writes{
        [&] {
          auto out = db->run(submit);
          first = out.ok() ? *out : submitted_message{};
          return out.ok();
        },
        [&] {
          auto out = db->run(submit);
          second = out.ok() ? errc::none : out.error().code;
          return out.ok();
        },
        [&] {
          return sign_up("a").ok();
        }};
    REQUIRE(db->write_batch(writes).ok());
    CHECK(second == errc::sms_pending);
    CHECK(must(*reader, find_message{first.id}).message.phone == "+1");
    CHECK(is_there("a"));
  }
  SUBCASE("a batch that is left by an exception writes nothing, and the next one works") {
    const std::vector<connection::write> writes{[&] { return sign_up("a").ok(); },
                                                []() -> bool {
                                                  throw std::runtime_error("no memory");
                                                }};
    CHECK_THROWS(static_cast<void>(db->write_batch(writes)));
    CHECK_FALSE(is_there("a"));
    CHECK(sign_up("a").ok());
    CHECK(is_there("a"));
  }
  SUBCASE("outside of a batch a write is durable when it returns") {
    REQUIRE(sign_up("a").ok());
    CHECK(is_there("a"));
  }
  SUBCASE("a reader refuses to write and goes on reading") {
    CHECK(error_of(*reader, create_user{"a", "hash", some_day}) == errc::unavailable);
    CHECK_FALSE(is_there("a"));
  }
  SUBCASE("the database answers") {
    CHECK(db->ping().ok());
    CHECK(reader->ping().ok());
  }
}

} // namespace tinybook::test
