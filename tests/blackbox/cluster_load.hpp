#pragma once

#include "tests/blackbox/cluster_test.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <utility>

namespace tinybook::test {

/// Clients that like, read, ask for codes, sign up and look at the ranking on all
/// replicas, each as soon as its last answer has come; and what the answers have
/// promised.
///
/// An answer counts as wrong if it is neither right, nor stale and marked so, nor 503
/// with Retry-After, or if it takes longer than six seconds. Requests to a replica that
/// is killed may break off.
class cluster_load {
 public:
  cluster_load(cluster_world& world, const std::string& name, int people = 6,
               int articles = 8);
  ~cluster_load() { finish(); }
  cluster_load(const cluster_load&) = delete;
  cluster_load& operator=(const cluster_load&) = delete;

  /// From now on the clients use these replicas. When it returns the earlier ones are not
  /// used any more, so that one of them can be restarted.
  void run_on(const std::vector<std::size_t>& replicas);
  void finish();
  /// Whether requests may break off: a replica is killed under them.
  void expect_kills(bool on) { kills_ = on; }

  /// How often something was done and succeeded.
  [[nodiscard]] int succeeded() const { return succeeded_; }
  /// Waits until `more` things succeeded from now on.
  [[nodiscard]] bool goes_on(int more, std::chrono::milliseconds bound) const;

  /// Whether everything promised is there: each known like as in the database, the
  /// board of each replica as the rows in the database, each accepted message sent.
  /// Call it after the load has ended.
  void check(std::chrono::milliseconds bound = 20s);

 private:
  using like_key = std::pair<std::size_t, std::int64_t>; ///< Person, article.

  void live(std::size_t who, std::vector<std::size_t> replicas);
  /// Runs `request` and judges its answer.
  template <class Request>
  answer timed(const std::string& what, Request request);
  [[nodiscard]] static bool acceptable(const answer& a);
  void toggle(client& c, std::size_t who, std::int64_t article, bool like);
  void look_at_board(client& c);
  void ask_for_code(client& c);
  void sign_up(client& c);
  void note_wrong(const std::string& what);
  [[nodiscard]] bool board_is_right(std::size_t replica);
  void check_rows();
  [[nodiscard]] bool all_messages_ended();

  cluster_world& world_;
  std::string name_;
  std::vector<client> persons_;
  std::vector<std::int64_t> articles_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> kills_{false};
  std::atomic<int> succeeded_{0};
  std::atomic<int> refused_{0};
  std::atomic<int> broken_{0};
  std::atomic<int> serial_{0};
  std::atomic<std::int64_t> slowest_ms_{0};
  std::mutex mutex_;
  std::map<like_key, std::optional<bool>> likes_;
  std::vector<std::string> phones_;
  std::vector<std::string> emails_;
  std::map<std::string, int> wrongs_;
  std::vector<std::thread> threads_;
};

} // namespace tinybook::test
