#include "actors/sessions/redis_revocations.hpp"

#include "actors/system/ask.hpp"
#include "config/parse_number.hpp"
#include "storage/account_store.hpp"
#include "storage/session_store.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace tinybook {

namespace {

using std::chrono::milliseconds;
using storage::redis::value;

/// More would wait only if Redis were unreachable for very long; the rows have them, too.
constexpr std::size_t most_unwritten = 10'000;

/// Both scripts take meta and revoked as their keys. Where the data is not of this run of
/// the server, they delete it and begin under a new origin.
const std::string script_begin = R"lua(
local meta, revoked = KEYS[1], KEYS[2]
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local m = redis.call('HMGET', meta, 'run_id', 'origin', 'last')
local origin, last = m[2], tonumber(m[3] or 0)
if m[1] ~= run then
  origin, last = run .. '-' .. string.format('%.0f', now), 0
  redis.call('UNLINK', meta, revoked)
  redis.call('HSET', meta, 'run_id', run, 'origin', origin)
end
)lua";

/// Arguments: time to keep in ms, then `family:moment` … → 1.
const std::string write_text = script_begin + R"lua(
local kept = tonumber(ARGV[1]) * 1000
for i = 2, #ARGV do
  last = math.max(now, last + 1)
  redis.call('ZADD', revoked, string.format('%.0f', last), ARGV[i])
end
redis.call('HSET', meta, 'last', string.format('%.0f', last))
redis.call('ZREMRANGEBYSCORE', revoked, '-inf', string.format('(%.0f', now - kept))
return 1
)lua";

/// Arguments: origin, last score seen → {origin, {entry, score, …}}: all there are where
/// the origin is another one, and at most 1 000.
const std::string read_text = script_begin + R"lua(
local from = ARGV[1] == origin and '(' .. ARGV[2] or '-inf'
return {origin, redis.call('ZRANGEBYSCORE', revoked, from, '+inf', 'WITHSCORES', 'LIMIT',
                           0, 1000)}
)lua";

const storage::redis::script write_script{"sessions.write", write_text};
const storage::redis::script read_script{"sessions.read", read_text};

} // namespace

redis_revocations_state::redis_revocations_state(
    self_pointer<actor_type> self, redis_revocations_config config, redis_address redis,
    store_address<session_store_actor> store, address<ingress_actor> ingress,
    wall_clock clock, std::shared_ptr<random_source> random)
    : self_(std::move(self)),
      config_(std::move(config)),
      redis_(std::move(redis)),
      store_(std::move(store)),
      ingress_(std::move(ingress)),
      clock_(std::move(clock)),
      random_(std::move(random)),
      timer_(self_, 1) {}

auto redis_revocations_state::make_behavior() -> actor_type::behavior_type {
  rows_read_ = clock_() - config_.access_lifetime - config_.clock_leeway;
  poll();
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (timer_.fired(t))
          poll();
      },
      [this](const spread_revocations& m) { return spread(m); },
  };
}

run_script redis_revocations_state::command(const storage::redis::script& script,
                                            std::vector<std::string> args) const {
  auto space = config_.prefix + ":{sessions}:";
  return {&script, {space + "meta", space + "revoked"}, std::move(args)};
}

caf::result<done> redis_revocations_state::spread(const spread_revocations& m) {
  pending_reply<done> reply{self_};
  for (const auto& f : m.families)
    if (unwritten_.size() < most_unwritten)
      unwritten_.push_back({f.id, f.revoked_at == wall_time{} ? clock_() : f.revoked_at});
  write([reply] { reply(done{}); });
  return reply.promise();
}

void redis_revocations_state::write(std::function<void()> then) {
  if (unwritten_.empty())
    return then();
  auto kept = config_.access_lifetime + config_.clock_leeway;
  std::vector<std::string> args{std::to_string(kept.count())};
  auto batch = std::exchange(unwritten_, {});
  for (const auto& r : batch)
    args.push_back(r.family + ":" + std::to_string(to_unix_ms(r.revoked_at)));
  ask(self_, redis_, config_.write_timeout, command(write_script, std::move(args)),
      [this, batch = std::move(batch), then = std::move(then)](const result<value>& r) {
        if (r) {
          written_ += batch.size();
        } else {
          ++failed_writes_;
          unwritten_.insert(unwritten_.begin(), batch.begin(), batch.end());
        }
        then();
      });
}

void redis_revocations_state::poll() {
  write([this] {
    ask(self_, redis_, config_.request_timeout, command(read_script, {origin_, seen_}),
        [this](const result<value>& page) {
          if (page && page->list().size() == 2)
            return take_page(*page);
          ++failed_reads_;
          read_rows();
          wait();
        });
  });
}

void redis_revocations_state::take_page(const value& page) {
  const auto& origin = page.list()[0].text();
  if (origin != origin_) {
    lost_data_ += origin_.empty() ? 0U : 1U;
    origin_ = origin;
    seen_ = "0";
    rows_due_ = true;
  }
  revocations news;
  auto last = seen_;
  const auto& entries = page.list()[1].list();
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
    const auto& entry = entries[i].text();
    const auto colon = entry.rfind(':');
    const auto until = parse_number<std::int64_t>(
        colon == std::string::npos ? "" : std::string_view{entry}.substr(colon + 1));
    last = entries[i + 1].text();
    if (until)
      news.push_back({entry.substr(0, colon), from_unix_ms(*until)});
  }
  push(news, [this, last](bool known) {
    if (known)
      seen_ = last;
    if (rows_due_ || clock_() - rows_read_ >= config_.check_period)
      read_rows();
    wait();
  });
}

void redis_revocations_state::read_rows() {
  // One reading at a time: a database that hangs must not delay what comes by Redis.
  if (std::exchange(reading_rows_, true))
    return;
  ++row_reads_;
  auto now = clock_();
  ask(self_, store_, config_.request_timeout,
      storage::revoked_families{rows_read_ - config_.commit_delay},
      [this, now](const result<storage::family_list>& rows) {
        reading_rows_ = false;
        if (!rows)
          return;
        revocations news;
        for (const auto& f : rows->families)
          news.push_back({f.id, f.revoked_at});
        push(news, [this, now](bool known) {
          if (known) {
            rows_read_ = now;
            rows_due_ = false;
          }
        });
      });
}

void redis_revocations_state::push(const revocations& news,
                                   std::function<void(bool)> then) {
  struct progress {
    std::size_t left = 0;
    bool all_known = true;
  };
  if (news.empty())
    return then(true);
  auto all = std::make_shared<progress>(progress{news.size()});
  for (const auto& r : news) {
    auto until = r.revoked_at + config_.access_lifetime + config_.clock_leeway;
    ask(self_, ingress_, config_.write_timeout, session_revoked{r.family, until},
        [this, all, then](const result<done>& known) {
          pushed_ += known ? 1U : 0U;
          all->all_known = all->all_known && known.ok();
          if (--all->left == 0)
            then(all->all_known);
        });
  }
}

void redis_revocations_state::wait() {
  auto share = 0.75 + 0.25 * random_->unit();
  auto wait = std::chrono::duration<double, std::milli>(config_.poll) * share;
  timer_.arm(std::max(milliseconds{1}, std::chrono::floor<milliseconds>(wait)));
}

actor_status redis_revocations_state::status() const {
  return {{{"written", static_cast<double>(written_)},
           {"unwritten", static_cast<double>(unwritten_.size()),
            static_cast<double>(most_unwritten)},
           {"pushed", static_cast<double>(pushed_)},
           {"failed_reads", static_cast<double>(failed_reads_)},
           {"failed_writes", static_cast<double>(failed_writes_)},
           {"row_reads", static_cast<double>(row_reads_)},
           {"lost_data", static_cast<double>(lost_data_)}},
          {{"spread_by", "redis"}}};
}

} // namespace tinybook
