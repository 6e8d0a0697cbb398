#include "storage/support/key_file.hpp"

#include "config/file_access.hpp"
#include "storage/support/private_file.hpp"
#include "tests/support/file_content.hpp"
#include "tests/support/file_mode.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <rapidcheck.h>
#include <thread>
#include <unistd.h>

namespace tinybook {

using test::content_of;

namespace {

/// A folder of its own that goes with the test.
class scratch_folder {
 public:
  scratch_folder() {
    system_random random;
    path_ = std::filesystem::temp_directory_path() / ("tinybook-" + random_id(random, 9));
    std::filesystem::create_directory(path_);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(const char* name) const { return path_ / name; }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

void put(const std::filesystem::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
  ::chmod(file.c_str(), 0600);
}

} // namespace

TEST_CASE("the first start creates a key file for the owner alone") {
  const scratch_folder folder;
  system_random random;
  const auto file = folder / "keys.json";
  const auto made = load_or_create_keyring(file, random);
  REQUIRE(made);
  CHECK(test::mode_of(file) == 0600);
  CHECK(folder.files() == 1);
  const auto again = load_or_create_keyring(file, random);
  REQUIRE(again);
  CHECK(again->current_id() == made->current_id());
  CHECK(again->current(key_purpose::tokens).view()
        == made->current(key_purpose::tokens).view());
}

TEST_CASE(
    "a new key is accepted first, current when it is promoted, and the older stays") {
  const scratch_folder folder;
  system_random random;
  const auto file = folder / "keys.json";
  const auto first = load_or_create_keyring(file, random);
  REQUIRE(first);
  const auto added = add_next_key(file, random);
  REQUIRE(added);
  const auto second = load_keyring(file);
  REQUIRE(second);
  CHECK(second->current_id() == first->current_id());
  REQUIRE(second->ids().size() == 2);
  const auto next = second->ids()[1];
  REQUIRE(promote_next_key(file));
  const auto third = load_keyring(file);
  REQUIRE(third);
  CHECK(third->current_id() == next);
  CHECK(third->find(first->current_id(), key_purpose::cookies) != nullptr);
  CHECK(third->current(key_purpose::tokens).view()
        == second->find(next, key_purpose::tokens)->view());
  CHECK(test::mode_of(file) == 0600);
  CHECK(folder.files() == 1);
}

TEST_CASE("the steps of a rotation follow each other") {
  const scratch_folder folder;
  system_random random;
  const auto file = folder / "keys.json";
  CHECK_FALSE(add_next_key(file, random).ok());
  CHECK_FALSE(promote_next_key(file).ok());
  REQUIRE(create_keyring(file, random));
  CHECK_FALSE(promote_next_key(file).ok());
  std::vector<std::string> ids{load_keyring(file)->current_id()};
  for (std::size_t i = 0; i < keyring::max_keys + 3; ++i) {
    REQUIRE(add_next_key(file, random));
    CHECK_FALSE(add_next_key(file, random).ok());
    REQUIRE(promote_next_key(file));
    ids.insert(ids.begin(), load_keyring(file)->current_id());
  }
  ids.resize(keyring::max_keys);
  CHECK(load_keyring(file)->ids() == ids);
}

TEST_CASE("a key that leaked is dropped, and an old one never signs again") {
  const scratch_folder folder;
  system_random random;
  const auto file = folder / "keys.json";
  REQUIRE(create_keyring(file, random));
  const auto first = load_keyring(file)->current_id();
  const auto unknown = drop_key(file, "nobody", random);
  CHECK(unknown.error().detail.find(first) != std::string::npos);
  SUBCASE("the only one: a fresh one takes its place") {
    REQUIRE(drop_key(file, first, random));
    CHECK(load_keyring(file)->ids().size() == 1);
    CHECK(load_keyring(file)->current_id() != first);
  }
  SUBCASE("the current one while another waits: that is current now") {
    const auto waits = add_next_key(file, random)->ids().at(1);
    REQUIRE(drop_key(file, first, random));
    CHECK(load_keyring(file)->ids() == std::vector{waits});
    CHECK_FALSE(promote_next_key(file).ok());
  }
  SUBCASE("the one that waits") {
    const auto waits = add_next_key(file, random)->ids().at(1);
    REQUIRE(drop_key(file, waits, random));
    CHECK(load_keyring(file)->ids() == std::vector{first});
    CHECK(add_next_key(file, random).ok());
  }
  SUBCASE("an older one: the current one and the one that waits stay") {
    REQUIRE(add_next_key(file, random));
    const auto current = promote_next_key(file)->current_id();
    const auto waits = add_next_key(file, random)->ids().at(1);
    REQUIRE(drop_key(file, first, random));
    CHECK(load_keyring(file)->ids() == std::vector{current, waits});
    CHECK(promote_next_key(file)->current_id() == waits);
  }
  SUBCASE("the current one beside an older one: a fresh one, not the older") {
    REQUIRE(add_next_key(file, random));
    const auto current = promote_next_key(file)->current_id();
    REQUIRE(drop_key(file, current, random));
    const auto ids = load_keyring(file)->ids();
    REQUIRE(ids.size() == 2);
    CHECK(ids[0] != first);
    CHECK(ids[1] == first);
  }
}

TEST_CASE("a rotation goes through a link, and the file stays its owner's") {
  const scratch_folder folder;
  system_random random;
  const auto file = folder / "keys.json";
  const auto link = folder / "link.json";
  REQUIRE(create_keyring(file, random));
  std::filesystem::create_symlink(file, link);
  const bool root = ::geteuid() == 0;
  if (root)
    REQUIRE(::chown(file.c_str(), 65534, 65534) == 0);
  REQUIRE(add_next_key(link, random));
  CHECK(std::filesystem::is_symlink(link));
  struct stat about {};
  REQUIRE(::stat(file.c_str(), &about) == 0);
  CHECK(about.st_uid == (root ? 65534 : ::geteuid()));
  if (root)
    REQUIRE(::chown(file.c_str(), 0, 0) == 0);
  CHECK(load_keyring(file)->ids().size() == 2);
}

TEST_CASE("new keys never replace an existing file") {
  const scratch_folder folder;
  system_random random;
  const auto file = folder / "keys.json";
  put(file, "precious");
  const auto refused = create_keyring(file, random);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().detail.find("keys.json") != std::string::npos);
  CHECK(content_of(file) == "precious");
}

TEST_CASE("first starts at the same moment end with one key") {
  const scratch_folder folder;
  const auto file = folder / "keys.json";
  std::vector<std::string> ids(8);
  std::vector<std::thread> threads;
  for (auto& id : ids)
    threads.emplace_back([&file, &id] {
      system_random random;
      if (auto keys = load_or_create_keyring(file, random))
        id = keys->current_id();
    });
  for (auto& thread : threads)
    thread.join();
  for (const auto& id : ids)
    CHECK(id == ids.front());
  CHECK_FALSE(ids.front().empty());
  CHECK(folder.files() == 1);
}

TEST_CASE("a file that root owns may be read by the group of the process") {
  constexpr uid_t root = 0;
  constexpr uid_t own = 10001;
  for (const mode_t mode : {0400U, 0440U, 0600U, 0640U})
    CHECK_FALSE(is_open_to_others(mode, root, own));
  for (const mode_t mode : {0660U, 0650U, 0444U, 0604U, 0642U, 0641U})
    CHECK(is_open_to_others(mode, root, own));
  CHECK(is_open_to_others(0440, own, own));
  CHECK(is_open_to_others(0440, own + 1, own));
  CHECK(is_open_to_others(0440, root, root));
  CHECK_FALSE(is_open_to_others(0600, own, own));
}

TEST_CASE("a file that others may read is refused by name") {
  const scratch_folder folder;
  system_random random;
  const auto file = folder / "keys.json";
  REQUIRE(load_or_create_keyring(file, random));
  for (unsigned mode : {0604U, 0640U, 0620U, 0602U}) {
    ::chmod(file.c_str(), mode);
    const auto refused = load_or_create_keyring(file, random);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().detail.find("keys.json") != std::string::npos);
    CHECK(refused.error().detail.find("chmod 600") != std::string::npos);
  }
}

TEST_CASE("a damaged file is refused, never replaced, and its content not quoted") {
  const scratch_folder folder;
  system_random random;
  const auto file = folder / "keys.json";
  REQUIRE(load_or_create_keyring(file, random));
  REQUIRE(add_next_key(file, random));
  const auto good = content_of(file);
  CHECK(rc::check("any one character changed", [&] {
    auto bad = good;
    // The note in front is not covered: it is for people.
    const auto at = *rc::gen::inRange<std::size_t>(good.find("\"version\""), good.size());
    const auto c = *rc::gen::inRange<char>('!', '~');
    RC_PRE(bad[at] != c && bad[at] > ' ');
    bad[at] = c;
    put(file, bad);
    const auto refused = load_or_create_keyring(file, random);
    RC_ASSERT(!refused.ok());
    RC_ASSERT(refused.error().detail.size() < 200);
    RC_ASSERT(content_of(file) == bad);
  }));
  CHECK(rc::check("cut short", [&] {
    put(file, good.substr(0, *rc::gen::inRange<std::size_t>(0, good.size() - 2)));
    RC_ASSERT(!load_or_create_keyring(file, random).ok());
  }));
}

TEST_CASE("foreign JSON, a newer version and other kinds of file are refused") {
  const scratch_folder folder;
  const auto file = folder / "keys.json";
  for (const char* text :
       {"", "null", "[]", "{}", "{\"version\":2}", "{\"version\":1,\"keys\":[]}",
        "{\"version\":1,\"keys\":[{\"id\":\"a\",\"key\":\"AAAA\"}],\"checksum\":\"\"}"}) {
    put(file, text);
    CHECK_FALSE(load_keyring(file).ok());
  }
  put(file, std::string(100'000, ' '));
  CHECK_FALSE(load_keyring(file).ok());
  CHECK_FALSE(load_keyring(folder / "absent.json").ok());
  std::filesystem::create_directory(folder / "folder.json");
  CHECK_FALSE(load_keyring(folder / "folder.json").ok());
}

TEST_CASE("a folder that does not exist is an error, not a crash") {
  const scratch_folder folder;
  system_random random;
  CHECK_FALSE(load_or_create_keyring(folder / "no/keys.json", random).ok());
}

TEST_CASE("the admin token is created once and read thereafter") {
  const scratch_folder folder;
  system_random random;
  const auto file = folder / "admin.token";
  const auto made = load_or_create_secret(file, random);
  REQUIRE(made);
  CHECK(made->size() == 43);
  CHECK(test::mode_of(file) == 0600);
  const auto again = load_or_create_secret(file, random);
  REQUIRE(again);
  CHECK(*again == *made);
}

TEST_CASE("an admin token that is open, short or not one line is refused") {
  const scratch_folder folder;
  system_random random;
  const auto file = folder / "admin.token";
  for (const char* text :
       {"", "short", "two lines of\nwhatever there is", "\x01 control xxxxxxxxxx"}) {
    put(file, text);
    CHECK_FALSE(load_or_create_secret(file, random).ok());
  }
  put(file, "a-token-chosen-by-the-operator\n");
  const auto own = load_or_create_secret(file, random);
  REQUIRE(own);
  CHECK(*own == "a-token-chosen-by-the-operator");
  ::chmod(file.c_str(), 0644);
  CHECK_FALSE(load_or_create_secret(file, random).ok());
}

TEST_CASE("writing replaces or keeps, as asked") {
  const scratch_folder folder;
  const auto file = folder / "f";
  CHECK(*write_private_file(file, "one"));
  CHECK_FALSE(*write_private_file(file, "two", if_present::keep));
  CHECK(content_of(file) == "one");
  CHECK(*write_private_file(file, "three"));
  CHECK(content_of(file) == "three");
  CHECK(folder.files() == 1);
}

} // namespace tinybook
