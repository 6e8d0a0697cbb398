#include "actors/articles/articles.hpp"

#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

auto articles_state::make_behavior() -> actor_type::behavior_type {
  sweep_.arm(config_.sweep_period);
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { shut_down_after_flush(); },
      [this](const timer_fired& t) {
        if (flush_.fired(t))
          flush();
        else if (sweep_.fired(t))
          sweep();
      },
      [this](save_article& asked) { return save(asked); },
      [this](const withdraw_own_article& a) {
        return pass(storage::withdraw_article{a.id, a.author, clock_()});
      },
      [this](const delete_own_article& a) {
        return pass(storage::delete_article{a.id, a.author, clock_()});
      },
      [this](const set_like& a) {
        return pass(
            storage::like_article{a.id, a.user, a.like, clock_(), config_.utc_offset});
      },
      [this](const add_to_collection& a) {
        return pass(storage::collect_article{a.id, a.user, a.collection, clock_()});
      },
      [this](const read_article& asked) { return read(asked); },
      [this](const storage::list_own_articles& asked) { return pass(asked); },
      [this](const storage::find_own_article& asked) { return pass(asked); },
      [this](const storage::list_newest_articles& asked) { return pass(asked); },
  };
}

template <class Command>
caf::result<typename Command::reply> articles_state::pass(Command command) {
  pending_reply<typename Command::reply> reply{self_};
  ask_into(self_, store_, reply.within(config_.request_timeout), std::move(command),
           reply);
  return reply.promise();
}

/// One of the saves of an author that are under way, until it is answered. The answer may
/// be waited for still when the actor has ended: the counts are shared.
struct articles_state::save_place {
  save_place(std::shared_ptr<save_counts> of, user_id who)
      : counts(std::move(of)), author(who) {
    ++(*counts)[author];
  }
  save_place(const save_place&) = delete;
  save_place& operator=(const save_place&) = delete;
  ~save_place() {
    if (--(*counts)[author] == 0)
      counts->erase(author);
  }
  std::shared_ptr<save_counts> counts;
  user_id author;
};

caf::result<storage::saved_article> articles_state::save(save_article& asked) {
  auto title = check_title("title", asked.title);
  if (const auto busy = saving_->find(asked.author);
      busy != saving_->end() && busy->second >= config_.saves_at_once)
    return to_error(failure{errc::rate_limited, std::chrono::seconds{1}});
  auto place = std::make_shared<save_place>(saving_, asked.author);
  pending_reply<storage::saved_article> reply{self_};
  clean_article command{std::exchange(asked.content, {})};
  ask(self_, cleaner_, reply.within(config_.request_timeout), std::move(command),
      [this, asked = std::move(asked), title = std::move(title), reply,
       place = std::move(place)](result<article_cleaned> clean) mutable {
        if (!clean && clean.error().code != errc::invalid_field)
          return reply(std::move(clean.error()));
        field_report fields;
        asked.title = fields.take(std::move(title));
        auto text = fields.take(std::move(clean));
        if (!fields.ok())
          return reply(fields.error());
        store(asked, std::move(text), reply, place);
      });
  return reply.promise();
}

void articles_state::store(const save_article& asked, article_cleaned clean,
                           const pending_reply<storage::saved_article>& reply,
                           const save_place_ptr& place) {
  const auto send = [&](auto command) {
    ask(self_, store_, reply.within(config_.request_timeout), std::move(command),
        [reply, place](result<storage::saved_article> saved) {
          reply(std::move(saved));
        });
  };
  storage::article_text text{asked.id, asked.author, asked.title,
                             std::move(clean.content), std::move(clean.abstract)};
  if (asked.publish)
    send(storage::publish_article{std::move(text), clock_(), asked.repeat});
  else
    send(storage::save_draft{std::move(text), clock_(), asked.repeat});
}

caf::result<storage::article_detail> articles_state::read(const read_article& asked) {
  pending_reply<storage::article_detail> reply{self_};
  ask(self_, store_, reply.within(config_.request_timeout),
      storage::find_public_article{asked.id, asked.viewer},
      [this, reply, counts = asked.counts](result<storage::article_detail> found) {
        if (found) {
          auto& waiting = reads_[found->summary.id];
          waiting += counts ? 1 : 0;
          found->read_count += waiting;
          if (!flush_.armed())
            flush_.arm(config_.read_flush_period);
        }
        reply(std::move(found));
      });
  return reply.promise();
}

void articles_state::flush() {
  if (reads_.empty())
    return;
  storage::add_reads batch;
  batch.reads.reserve(reads_.size());
  for (auto [id, count] : std::exchange(reads_, {}))
    batch.reads.push_back({id, count});
  auto size = batch.reads.size();
  ask(self_, store_, config_.request_timeout, std::move(batch),
      [this, size](const result<done>& written) {
        // Reads are statistics: a batch that could not be written is counted, not
        // repeated.
        if (!written)
          lost_reads_ += size;
      });
}

void articles_state::sweep() {
  const storage::remove_kept_answers command{clock_()};
  ask(self_, store_, config_.request_timeout, command,
      [this, limit = command.limit](const result<storage::removed_count>& removed) {
        if (removed && removed->rows == limit)
          sweep();
        else
          sweep_.arm(config_.sweep_period);
      });
}

void articles_state::shut_down_after_flush() {
  flush();
  // The writer takes the batch before its own shut_down, which comes later.
  self_->quit(caf::exit_reason::user_shutdown);
}

actor_status articles_state::status() const {
  return {{{"saves_under_way", static_cast<double>(saving_->size())},
           {"articles_with_unwritten_reads", static_cast<double>(reads_.size())},
           {"lost_reads", static_cast<double>(lost_reads_)}},
          {}};
}

} // namespace tinybook
