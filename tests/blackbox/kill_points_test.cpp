#include "tests/blackbox/fixture.hpp"
#include "tests/blackbox/outbox_rows.hpp"
#include "tests/blackbox/simulated_providers.hpp"
#include "tests/support/budgets.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

constexpr std::array<const char*, 7> kill_labels{
    "before_commit",      "after_commit",          "after_claim",
    "before_provider",    "after_provider_answer", "before_outcome_write",
    "after_outcome_write"};
constexpr int clients_under_load = 3;
constexpr auto code_lifetime = 600s;

using system_time = std::chrono::system_clock::time_point;

struct kill_points : running_server {
  provider_simulator provider{{}};
  temporary_folder config;
  std::mutex mutex;
  std::map<std::string, system_time> promised; ///< Phones whose code was accepted.
  std::atomic<int> serial{0};
  std::size_t rows_before = 0;
  std::size_t requests_before = 0;
  int duplicates = 0;

  kill_points() : running_server(later{}) {
    const auto file = write_config(
        config.path(), "[sms]\nlease = \"10s\"\n\n[codes.guard]\nenabled = false\n\n"
                           + provider_table(provider, "sim",
                                            "timeout = \"2s\"\nrate_per_second = 0\n"
                                            "max_in_flight = 4\n"));
    options.insert(options.end(), {"--config", file});
  }

  void ask_for_codes() {
    client c{process->port()};
    for (bool there = true; there;) {
      auto n = std::to_string(++serial);
      auto phone = "+86139" + std::string(8 - n.size(), '0') + n;
      auto status = c.send_code(phone).status;
      there = status != 0;
      if (status != 200)
        continue;
      std::lock_guard guard{mutex};
      promised[phone] = std::chrono::system_clock::now();
    }
  }

  /// Waits until the process has killed itself at `label`.
  void run_into(const std::string& label, unsigned passes) {
    variables = {"KILL_POINT_AT=" + label + ":" + std::to_string(passes)};
    start();
    std::vector<std::thread> load;
    for (int i = 0; i < clients_under_load; ++i)
      load.emplace_back([this] { ask_for_codes(); });
    const auto status = process->wait_exit(20s);
    process->kill_hard(); // In case it never reached the label: the clients must end.
    for (auto& t : load)
      t.join();
    REQUIRE_MESSAGE(status.value_or(0) == 128 + SIGKILL, label, " was not reached");
  }

  void recover() {
    variables.clear();
    start();
    const auto end = std::chrono::steady_clock::now() + 20s;
    std::vector<outbox_row> rows;
    do {
      std::this_thread::yield();
      rows = outbox_rows(folder.path(), rows_before);
    } while (std::ranges::any_of(rows, &outbox_row::pending)
             && std::chrono::steady_clock::now() < end);
    std::set<std::string> delivered;
    for (const auto& r : rows) {
      CHECK_MESSAGE(r.delivered(), r.phone, " ended in state ", r.state);
      delivered.insert(r.phone);
    }
    for (const auto& [phone, when] : promised)
      CHECK_MESSAGE(delivered.count(phone) == 1, phone, " is lost");
    rows_before += rows.size();
  }

  /// `at_death`: the rows as the kill left them.
  void check_deliveries(const std::vector<outbox_row>& at_death) {
    std::set<std::string> window;
    for (const auto& r : at_death)
      if (r.under_way())
        window.insert(r.client_ref);
    const auto seen = provider.accepted();
    std::map<std::string, std::vector<simulated_sms>> by_ref;
    for (auto i = requests_before; i < seen.size(); ++i) {
      const auto& one = seen[i];
      by_ref[one.sms.client_ref].push_back(one.sms);
      if (auto asked = promised.find(one.sms.phone); asked != promised.end())
        CHECK(one.at < asked->second + code_lifetime);
    }
    requests_before = seen.size();
    std::map<std::string, std::string> refs; // By phone.
    for (const auto& [ref, copies] : by_ref) {
      const auto& first = copies.front();
      CHECK_MESSAGE(refs.emplace(first.phone, ref).second, first.phone,
                    " has two messages");
      for (const auto& copy : copies)
        CHECK((copy.phone == first.phone && copy.code == first.code));
      if (copies.size() == 1)
        continue;
      duplicates += static_cast<int>(copies.size()) - 1;
      CHECK_MESSAGE(copies.size() == 2, first.phone, " was sent ", copies.size(),
                    " times");
      CHECK_MESSAGE(window.count(ref) == 1, first.phone,
                    " was sent again though it was not under way");
    }
    for (const auto& [phone, when] : promised)
      CHECK_MESSAGE(refs.count(phone) == 1, phone, " never reached the provider");
  }

  /// The codes of messages that were unfinished at the kill, and one of a finished one.
  void check_log_in(const std::vector<outbox_row>& at_death) {
    const auto seen = provider.accepted();
    std::set<std::string> phones;
    for (const auto& r : at_death)
      if (r.pending() && phones.size() < 4)
        phones.insert(r.phone);
    if (!promised.empty())
      phones.insert(promised.begin()->first);
    for (const auto& phone : phones)
      CHECK_MESSAGE(browser().log_in_by_code(phone, code_for_phone(seen, phone)).status
                        == 200,
                    phone);
  }

  void round(const std::string& label, unsigned passes) {
    promised.clear();
    run_into(label, passes);
    const auto at_death = outbox_rows(folder.path(), rows_before);
    recover();
    check_deliveries(at_death);
    check_log_in(at_death);
    process->kill_hard();
  }
};

} // namespace

TEST_CASE_FIXTURE(kill_points,
                  "death at a labelled point loses no code and repeats only what was "
                  "under way") {
  const auto rounds = budgets::kill_point_rounds.amount();
  std::mt19937 seed{static_cast<unsigned>(rounds)};
  for (int i = 0; i < rounds; ++i) {
    const std::string label =
        kill_labels[static_cast<std::size_t>(i) % kill_labels.size()];
    const auto passes = 1 + seed() % 60;
    CAPTURE(label);
    CAPTURE(passes);
    round(label, static_cast<unsigned>(passes));
    if (rounds > 200 && i % 100 == 99)
      MESSAGE((i + 1), " of ", rounds, " rounds");
  }
  MESSAGE(rounds, " rounds, ", rows_before, " messages, ", duplicates,
          " sent twice with the same client reference");
}

} // namespace tinybook::test
