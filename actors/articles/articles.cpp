#include "actors/articles/articles.hpp"

#include "actors/articles/html_cleaner.hpp"
#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

auto articles_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { shut_down_after_flush(); },
      [this](const timer_fired& t) {
        if (flush_.fired(t))
          flush();
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
  ask_into(self_, store_, config_.request_timeout, std::move(command), reply);
  return reply.promise();
}

caf::result<storage::saved_article> articles_state::save(save_article& asked) {
  field_report fields;
  auto title = fields.take(check_title("title", asked.title, config_.limits));
  auto content = fields.take(check_content("content", asked.content, config_.limits));
  if (!fields.ok())
    return to_error(fields.error());
  auto clean = clean_html(content);
  storage::article_text text{asked.id, asked.author, std::move(title), clean,
                             plain_text(clean, 100)};
  if (asked.publish)
    return pass(storage::publish_article{std::move(text), clock_()});
  return pass(storage::save_draft{std::move(text), clock_()});
}

caf::result<storage::article_detail> articles_state::read(const read_article& asked) {
  pending_reply<storage::article_detail> reply{self_};
  ask(self_, store_, config_.request_timeout,
      storage::find_public_article{asked.id, asked.viewer},
      [this, reply](result<storage::article_detail> found) {
        if (found) {
          auto& waiting = reads_[found->summary.id];
          found->read_count += ++waiting;
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

void articles_state::shut_down_after_flush() {
  flush();
  // The writer takes the batch before its own shut_down, which comes later.
  self_->quit(caf::exit_reason::user_shutdown);
}

actor_status articles_state::status() const {
  return {{{"articles_with_unwritten_reads", static_cast<double>(reads_.size())},
           {"lost_reads", static_cast<double>(lost_reads_)}},
          {}};
}

} // namespace tinybook
