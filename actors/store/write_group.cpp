#include "actors/store/write_group.hpp"

namespace tinybook {

void write_group::add(std::unique_ptr<pending_write> write) {
  writes_.push_back(std::move(write));
  if (writes_.size() == 1)
    caf::anon_send(caf::actor_cast<caf::actor>(self_.actor), timer_fired{});
}

auto write_group::commit(storage::connection& db) -> outcome {
  outcome out;
  if (writes_.empty())
    return out;
  const auto group = std::exchange(writes_, {});
  std::vector<storage::connection::write> writes;
  writes.reserve(group.size());
  for (const auto& w : group)
    writes.emplace_back([&db, w = w.get()] { return w->run(db); });
  out.committed = db.write_batch(writes);
  ++commits_;
  written_ += group.size();
  for (const auto& w : group) {
    out.events = out.events || (out.committed && w->emits_events());
    if (out.committed)
      w->answer();
    else
      w->fail(out.committed.error());
  }
  if (out.committed) {
    self_.meter->health.error_ends(system_now());
  } else {
    ++failed_commits_;
    self_.meter->health.note_error(out.committed.error().detail, system_now());
  }
  return out;
}

actor_status write_group::status() const {
  auto mean =
      commits_ == 0 ? 0.0 : static_cast<double>(written_) / static_cast<double>(commits_);
  return {{{"commits", static_cast<double>(commits_)},
           {"writes", static_cast<double>(written_)},
           {"mean_group", mean, static_cast<double>(max_size_)},
           {"failed_commits", static_cast<double>(failed_commits_)}},
          {}};
}

} // namespace tinybook
