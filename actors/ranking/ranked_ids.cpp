#include "actors/ranking/ranked_ids.hpp"

namespace tinybook {

bool ranked_ids::move(std::int64_t id, std::int64_t likes_before, std::int64_t likes) {
  if (likes_before == likes)
    return false;
  const bool was_shown = shows(id, likes_before);
  if (likes_before > 0)
    order_.erase(place{likes_before, id});
  if (likes > 0)
    order_.insert(place{likes, id});
  return was_shown || shows(id, likes);
}

bool ranked_ids::shows(std::int64_t id, std::int64_t likes) const {
  return likes > 0 && index_of(id, likes) < shown;
}

std::size_t ranked_ids::index_of(std::int64_t id, std::int64_t likes) const {
  return order_.order_of_key(place{likes, id});
}

std::vector<ranked_ids::place> ranked_ids::places(std::size_t index,
                                                  std::size_t count) const {
  std::vector<place> out;
  for (auto it = order_.find_by_order(index); it != order_.end() && out.size() < count;
       ++it)
    out.push_back(*it);
  return out;
}

} // namespace tinybook
