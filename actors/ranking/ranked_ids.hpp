#pragma once

#include <ext/pb_ds/assoc_container.hpp>
#include <ext/pb_ds/tree_policy.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace tinybook {

/// The order of one board: ids by likes, most first, ties by the newest id. Who has no
/// like is not in it. Every call is O(log n); about 60 bytes an id.
class ranked_ids {
 public:
  /// Rows that are ever shown of a board; what happens behind them is of no interest.
  static constexpr std::size_t shown = 100;

  /// (likes, id), greatest first.
  using place = std::pair<std::int64_t, std::int64_t>;

  /// Gives `id` other likes, 0 = none. Answers whether a shown place changed.
  bool move(std::int64_t id, std::int64_t likes_before, std::int64_t likes);

  /// Whether `id`, which has `likes`, is among the shown.
  [[nodiscard]] bool shows(std::int64_t id, std::int64_t likes) const;

  /// Places in front of that of `id`, which has `likes`.
  [[nodiscard]] std::size_t index_of(std::int64_t id, std::int64_t likes) const;

  /// Up to `count` places from `index` on.
  [[nodiscard]] std::vector<place> places(std::size_t index, std::size_t count) const;

  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  using tree = __gnu_pbds::tree<place, __gnu_pbds::null_type, std::greater<>,
                                __gnu_pbds::rb_tree_tag,
                                __gnu_pbds::tree_order_statistics_node_update>;
  tree order_;
};

} // namespace tinybook
