// What a large outbox costs at start: memory and the time until the supervisor works,
// with no rows, with many that are not due yet (one message is due before them), and
// with many that are due while an operator has forced their provider open.
//   bench_pending_million [ROWS]
#include "bench/support/plain_sqlite.hpp"
#include "bench/support/running_tree.hpp"
#include "bench/support/stored_outbox.hpp"
#include "config/loader.hpp"
#include "storage/support/calendar.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <thread>
#include <unistd.h>

namespace {

using namespace tinybook;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr auto settle = 6s; ///< Longer than the supervisor's polling periods.

/// Accepts at once and says when it was first asked.
class first_send final : public sms_provider {
 public:
  explicit first_send(std::shared_ptr<std::promise<clock_type::time_point>> told)
      : told_(std::move(told)) {}

  send_outcome send(const outgoing_sms&, std::chrono::milliseconds) override {
    told_->set_value(clock_type::now());
    send_outcome accepted;
    accepted.kind = outcome_class::delivered;
    return accepted;
  }

 private:
  std::shared_ptr<std::promise<clock_type::time_point>> told_;
};

double resident_mb() {
  std::ifstream in{"/proc/self/statm"};
  long total = 0;
  long resident = 0;
  in >> total >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / 1e6;
}

double ms_since(clock_type::time_point began, clock_type::time_point end) {
  return std::chrono::duration<double, std::milli>(end - began).count();
}

/// Prints resident MB before and after, ms to the first look, ms to the first send (-1:
/// nothing is to be sent) and what stays ready.
void start_over(const char* name, const std::filesystem::path& folder,
                std::shared_ptr<const keyring> keys, bool sends) {
  auto settings = config::defaults();
  settings.sms.providers.front().enabled = true;
  settings.sms.providers.front().name = "bench";
  auto told = std::make_shared<std::promise<clock_type::time_point>>();
  const auto before = resident_mb();
  const auto began = clock_type::now();
  bench::running_tree tree{settings, folder, std::move(keys), [told] {
                             return std::make_unique<first_send>(told);
                           }};
  tree.wait_for("sms-failover", "ready", 0);
  const auto looked = ms_since(began, clock_type::now());
  const auto sent = sends ? ms_since(began, told->get_future().get()) : -1;
  std::this_thread::sleep_for(settle);
  std::printf("%s %.0f %.0f %.0f %.0f %.0f\n", name, before, resident_mb(), looked, sent,
              tree.gauge("sms-failover", "ready"));
  std::fflush(stdout);
}

/// In a process of its own, so that no case sees the memory of another.
template <class Body>
void apart(Body body) {
  const auto child = fork();
  if (child == 0) {
    body();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
    std::exit(1); // NOLINT(concurrency-mt-unsafe)
}

void force_open(const std::filesystem::path& folder) {
  bench::plain_sqlite db{folder};
  db.execute(
      "INSERT INTO provider_states (provider, state, generation, forced, forced_by,"
      " reason, changed_at) VALUES ('bench', 'closed', 1, 'open', 'bench',"
      " 'measured', 0)");
}

} // namespace

int main(int argc, char** argv) {
  const std::int64_t rows = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const test::temporary_folder folder;
  const auto empty = folder.path() / "empty";
  const auto later = folder.path() / "later";
  const auto due = folder.path() / "due";
  system_random random;
  const auto keys = std::make_shared<const keyring>(keyring::generate(random));
  apart([&] {
    bench::store_pending(later, rows, system_now() + 12h);
    bench::store_pending(due, rows, system_now());
    force_open(due);
    for (const auto& some : {empty, later})
      bench::store_messages(some, *keys, 1, system_now());
  });
  apart([&] { start_over("empty", empty, keys, true); });
  apart([&] { start_over("later", later, keys, true); });
  apart([&] { start_over("due", due, keys, false); });
  return 0;
}
