#include "actors/store/write_group.hpp"

#include "actors/system/event_log.hpp"

#include <string>

namespace tinybook {

namespace {

/// Whether it stops every write until an operator acts.
bool lasts(errc code) {
  return code == errc::database_busy || code == errc::storage_full;
}

} // namespace

void write_group::add(std::unique_ptr<pending_write> write) {
  writes_.push_back(std::move(write));
  if (writes_.size() == 1)
    caf::anon_send(caf::actor_cast<caf::actor>(self_.actor), flush_batch{});
}

bool write_group::commit(storage::connection& db) {
  const auto group = std::exchange(writes_, {});
  if (group.empty())
    return false;
  std::vector<storage::connection::write> writes;
  writes.reserve(group.size());
  for (const auto& w : group)
    writes.emplace_back([&db, w = w.get()] { return w->run(db); });
  const auto committed = db.write_batch(writes);
  ++commits_;
  written_ += group.size();
  note(committed, group);
  bool events = false;
  for (const auto& w : group) {
    events = events || (committed && w->emits_events());
    if (committed)
      w->answer();
    else
      w->fail(committed.error());
  }
  return events;
}

void write_group::note(const result<done>& committed,
                       const std::vector<std::unique_ptr<pending_write>>& group) {
  if (!committed) {
    ++failed_commits_;
    const auto& why = committed.error();
    self_.meter->health.note_error(why.detail, system_now());
    return note_trouble(lasts(why.code) ? why.code : trouble_, why.detail);
  }
  self_.meter->health.error_ends(system_now());
  // On a shared database a write may meet the full disk alone.
  for (const auto& w : group)
    if (lasts(w->fault()))
      return note_trouble(w->fault(), w->fault() == errc::storage_full
                                          ? "a write met a full disk"
                                          : "a write met a busy database");
  note_trouble(errc::none, {});
}

void write_group::note_trouble(errc now, const std::string& why) {
  if (now == trouble_)
    return;
  auto& health = self_.meter->health;
  if (trouble_ != errc::none) {
    const std::string name{describe(trouble_).name};
    health.ends(name);
    log_event(config::log_level::info, name + "_ended", {{"actor", self_.meter->name()}});
  }
  trouble_ = now;
  if (now == errc::none)
    return;
  const auto name = describe(now).name;
  health.begins(name, health_level::failing, why, system_now());
  log_event(config::log_level::warn, name,
            {{"actor", self_.meter->name()}, {"why", why}});
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
