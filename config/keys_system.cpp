#include "config/key_builders.hpp"
#include "config/key_table.hpp"
#include "config/text_rules.hpp"

namespace tinybook::config {

namespace {

using namespace std::chrono_literals;

constexpr auto top_table = std::to_array<key>({
    boolean({"allow_insecure", at<&settings::allow_insecure>, "false", restart,
             "Whether cluster mode may run the console provider and test numbers."}),
});

constexpr auto in_storage = &settings::storage;

constexpr auto storage_table = std::to_array<key>({
    text({"storage.path", at<in_storage, &storage_settings::path>, "\"data\"", restart,
          "The folder of database, keys and admin.token, from the working directory."},
         1, 4096, rules::plain),
    word({"storage.database", at<in_storage, &storage_settings::database>, "\"sqlite\"",
          restart, "What keeps the data; \"postgres\" is for several replicas."},
         words::database),
    integer({"storage.readers", at<in_storage, &storage_settings::readers>, "4", restart,
             "Connections that read while one other writes."},
            1, 64, "connections"),
    duration({"storage.busy_timeout", at<in_storage, &storage_settings::busy_timeout>,
              "\"2s\"", restart,
              "How long to wait while another program holds the database; beyond: 503."},
             10ms, 1min),
    integer({"storage.max_group", at<in_storage, &storage_settings::max_group>, "256",
             restart, "Writes that share one commit."},
            1, 10'000, "writes"),
    integer({"storage.max_queue", at<in_storage, &storage_settings::max_queue>, "4096",
             restart, "Commands that may wait at one connection; beyond: 503."},
            1, 1'000'000, "commands"),
});

constexpr auto in_log = &settings::log;

constexpr auto log_table = std::to_array<key>({
    word({"log.level", at<in_log, &log_settings::level>, "\"info\"", live,
          "The least weight that is written."},
         words::level),
    word({"log.format", at<in_log, &log_settings::format>, "\"text\"", restart,
          "How a line on standard error looks."},
         words::format),
});

constexpr auto in_articles = &settings::articles;

constexpr auto article_table = std::to_array<key>({
    integer({"articles.list_limit", at<in_articles, &article_settings::list_limit>, "20",
             live, "Length of a page where the request names none."},
            1, 1000, "articles"),
    integer({"articles.max_list_limit",
             at<in_articles, &article_settings::max_list_limit>, "100", live,
             "Longest page that a request may ask for."},
            1, 1000, "articles"),
    duration({"articles.read_flush_period",
              at<in_articles, &article_settings::read_flush_period>, "\"1s\"", live,
              "How often counted reads are written; a kill loses one batch."},
             50ms, 1min),
    integer({"articles.saves_at_once", at<in_articles, &article_settings::saves_at_once>,
             "2", live, "Saves of one author under way at once; beyond: 429."},
            1, 100, "saves"),
    integer({"articles.cleaners", at<in_articles, &article_settings::cleaners>, "2",
             restart, "Articles that are cleaned at once, each by a thread."},
            1, 64, "threads"),
    integer({"articles.cleaner_queue", at<in_articles, &article_settings::cleaner_queue>,
             "64", live, "Articles that may wait to be cleaned; beyond: 503."},
            1, 4096, "articles"),
    integer({"articles.saves_per_hour",
             at<in_articles, &article_settings::saves_per_hour>, "60", live,
             "Saves of one author, publishing included; 0 = off."},
            0, many, "an hour"),
    integer({"articles.saves_per_day", at<in_articles, &article_settings::saves_per_day>,
             "300", live, "Saves of one author, publishing included; 0 = off."},
            0, many, "a day"),
    integer({"articles.likes_per_minute",
             at<in_articles, &article_settings::likes_per_minute>, "120", live,
             "Likes of one person, those taken back included, and as many articles "
             "collected; 0 = off."},
            0, many, "a minute"),
    integer({"articles.max_per_person",
             at<in_articles, &article_settings::max_per_person>, "10000", live,
             "Articles of one author, drafts included; 0 = off."},
            0, many, "articles"),
    bytes({"articles.max_bytes_per_person",
           at<in_articles, &article_settings::max_bytes_per_person>, "\"200MiB\"", live,
           "The contents of one author's articles together; 0 = off."},
          0, 1024 * kib * mib),
});

constexpr auto in_ranking = &settings::ranking;

constexpr auto ranking_table = std::to_array<key>({
    duration({"ranking.refresh_period", at<in_ranking, &ranking_settings::refresh_period>,
              "\"1s\"", live, "How often a changed board is published."},
             50ms, 1min),
    duration({"ranking.max_stale", at<in_ranking, &ranking_settings::max_stale>,
              "\"10s\"", live, "Age from which an answer is marked stale."},
             100ms, 1h),
    duration({"ranking.heartbeat", at<in_ranking, &ranking_settings::heartbeat>, "\"1s\"",
              live,
              "How often the path from the store to the board proves that it flows."},
             50ms, 1min),
    duration({"ranking.audit_period", at<in_ranking, &ranking_settings::audit_period>,
              "\"60s\"", live, "How often the board is compared with the store."},
             1s, 24h),
    text({"ranking.utc_offset", at<in_ranking, &ranking_settings::utc_offset>,
          "\"+08:00\"", restart, "Where the day of a like begins."},
         6, 6, rules::utc_offset),
    word({"ranking.board", at<in_ranking, &ranking_settings::board>, "\"local\"", restart,
          "Where the boards are kept; \"redis\" is for several replicas."},
         words::backend),
});

constexpr auto in_events = &settings::events;

constexpr auto event_table = std::to_array<key>({
    word({"events.bus", at<in_events, &event_settings::bus>, "\"local\"", restart,
          "What carries like events; \"kafka\" is for several replicas."},
         words::bus),
    integer({"events.batch", at<in_events, &event_settings::batch>, "256", live,
             "Events that travel together."},
            1, 10'000, "events"),
});

constexpr auto in_scheduler = &settings::scheduler;

constexpr auto scheduler_table = std::to_array<key>({
    integer({"scheduler.threads", at<in_scheduler, &scheduler_settings::threads>, "0",
             restart,
             "Threads that run the event-based actors; 0 is one for each processor."},
            0, 256, "threads"),
    integer({"scheduler.throughput", at<in_scheduler, &scheduler_settings::throughput>,
             "50", restart,
             "Messages that an actor handles before the next one has its turn."},
            1, 10'000, "messages"),
});

constexpr auto in_actors = &settings::actors;

constexpr auto actor_table = std::to_array<key>({
    integer(
        {"actors.max_restarts", at<in_actors, &actor_settings::max_restarts>, "5",
         restart,
         "Restarts of one actor in a window; one more ends the process with an error."},
        0, 1000, "restarts"),
    duration({"actors.restart_window", at<in_actors, &actor_settings::restart_window>,
              "\"60s\"", restart, "The sliding window in which restarts count."},
             1s, 1h),
    duration({"actors.restart_base", at<in_actors, &actor_settings::restart_base>,
              "\"50ms\"", restart,
              "The wait before the first restart; it doubles with each further one."},
             1ms, 1min),
    duration({"actors.restart_cap", at<in_actors, &actor_settings::restart_cap>, "\"5s\"",
              restart, "The longest wait before a restart."},
             1ms, 5min),
    duration({"actors.request_timeout", at<in_actors, &actor_settings::request_timeout>,
              "\"10s\"", restart,
              "How long an actor waits for another, where no deadline was given."},
             100ms, 5min),
    duration({"actors.watchdog", at<in_actors, &actor_settings::watchdog>, "\"60s\"",
              live,
              "A stop that takes longer is ended with an error that names the actor. "
              "Requests and then SMS under way have http.drain_bound each within it."},
             1s, 15min),
});

} // namespace

std::span<const key> top_keys() {
  return top_table;
}

std::span<const key> storage_keys() {
  return storage_table;
}

std::span<const key> log_keys() {
  return log_table;
}

std::span<const key> article_keys() {
  return article_table;
}

std::span<const key> ranking_keys() {
  return ranking_table;
}

std::span<const key> event_keys() {
  return event_table;
}

std::span<const key> scheduler_keys() {
  return scheduler_table;
}

std::span<const key> actor_keys() {
  return actor_table;
}

} // namespace tinybook::config
