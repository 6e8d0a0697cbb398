#pragma once

#include "actors/system/actor_for.hpp"
#include "actors/system/address.hpp"

/// Every typed actor of the system on one page. What a message means and how it fails
/// stands beside its struct, in the `messages.hpp` of the concern or the header of the
/// store; `reply` in it is what it is answered with. All take `get_status`, `shut_down`
/// and their own timers, too (`actor_for`). Here the messages are only declared: who
/// sends or takes one includes its header, and a change of it compiles nobody else anew.
namespace tinybook {

namespace storage {

struct find_message;
struct list_messages;

struct account_commands;
struct article_commands;
struct archive_commands;
struct audit_note_commands;
struct audit_read_commands;
struct audit_upkeep_commands;
struct code_commands;
struct erasure_commands;
struct event_commands;
struct moderation_commands;
struct outbox_commands;
struct own_data_commands;
struct phone_commands;
struct provider_state_commands;
struct reading_commands;
struct restoring_commands;
struct session_commands;
struct user_commands;

} // namespace storage

/// Sign-up, log-in, changes of the account. Stateless but for requests under way.
using accounts_actor =
    actor_for<struct sign_up, struct log_in, struct log_in_by_code, struct edit_profile,
              struct bind_own_phone, struct reset_password, struct change_password,
              struct step_up, struct send_own_code, struct delete_account,
              struct moderate_account, struct note_operator_act, struct begin_export>;

/// Judges passwords and hashes them (Argon2id) in a bounded pool of threads, so that it
/// blocks nobody.
using password_hasher_actor =
    actor_for<struct make_password_hash, struct judge_password, struct match_password>;

/// Erases accounts whose grace is over, and old entries of the audit trail.
using account_keeper_actor = actor_for<>;

/// Issues, rotates and revokes token families; the rows are the truth.
using sessions_actor =
    actor_for<struct open_session, struct find_opened_session, struct know_browser,
              struct refresh_session, struct token_shown, struct close_session,
              struct spread_revocations, struct list_sessions, struct end_own_session,
              struct end_other_sessions>;

/// Makes codes, holds the limits, checks what was entered.
using verification_actor =
    actor_for<struct send_code, struct check_code, struct settle_code, struct resend_code,
              struct outbox_full>;

/// Asks the operator's endpoint whether a code may be sent or an account made.
using verdict_hook_actor = actor_for<struct ask_verdict>;

/// Calls that endpoint, in a bounded pool of threads.
using verdict_caller_actor = actor_for<struct call_verdict_hook>;

/// The live codes: in memory, backed by what is committed, or in Redis.
using code_cache_actor =
    actor_for<struct issue_code, struct confirm_code, struct withdraw_code,
              struct try_code, struct settle_code, struct is_code_wanted>;

/// Sliding windows by key: in memory or in Redis.
using rate_limiter_actor = actor_for<struct take_permits, struct return_permits>;

/// The life of the SMS outbox: claims, chooses a provider, owns the backoff timers; takes
/// reports, and what operators do about messages and providers.
using failover_supervisor_actor =
    actor_for<struct take_receipts, struct redrive_sms, struct discard_sms,
              struct force_provider, struct list_providers, struct provider_places,
              struct outbox_changed, storage::list_messages, storage::find_message>;

/// All that who puts messages into the outbox needs of it.
using outbox_watcher_actor = actor_for<struct outbox_changed>;

/// One provider: its limiter, its circuit, its connections, its client.
using sms_sender_actor =
    actor_for<struct want_places, struct ask_last_resort, struct send_sms,
              struct force_provider, struct describe_provider, struct cut_calls,
              struct note_lost_message, struct error_rate_seen>;

/// One provider's calls in a sliding window, and when they are too bad.
using error_rate_monitor_actor = actor_for<struct record_call, struct watch_circuit>;

/// Makes simple HTML of what authors write, in a bounded pool of threads.
using article_cleaner_actor = actor_for<struct clean_article>;

/// Changes of articles, likes, collections; gathers reads and writes them in batches.
using articles_actor =
    actor_for<struct save_article, struct withdraw_own_article, struct delete_own_article,
              struct set_like, struct add_to_collection, struct article_read,
              struct moderate_article>;

/// Takes committed events from the transactional outbox to the bus.
using event_publisher_actor = actor_for<struct events_committed>;

/// Kafka's producer.
using event_bus_actor = actor_for<struct publish_messages>;

/// Takes batches from Kafka to the ranking, acks after the ranking did.
using event_feed_actor = actor_for<struct deliver_messages>;

/// The boards of one replica: hydration, refresh, audit; in memory or in Redis.
using ranking_actor = actor_for<struct apply_events, struct get_board, struct find_rank,
                                struct rebuild_boards>;

/// One connection to Redis; runs scripts, many at a time in one round trip.
using redis_actor = actor_for<struct run_script>;

/// Keeps a replica's place in a shared database: migrations, the lock of `local` parts,
/// its clock, and its notifications.
using database_session_actor = actor_for<>;

/// Reads the bus on its own account: Kafka's consumer.
using event_source_actor = actor_for<>;

/// Makes revocations known to the other replicas, and theirs to the ingress.
using revocation_spreader_actor = actor_for<struct spread_revocations>;

/// What would hold up a poller: on a thread of its own.
using long_work_actor = actor_for<struct run_long_work>;

/// The actor side of the HTTP ingress: takes what is pushed to the pollers.
using ingress_actor = actor_for<struct board_updated, struct session_revoked>;

/// Fans `get_status` out to every actor.
using inspector_actor = actor_for<struct list_actors, struct inspect_actor>;

/// The stores: which connection runs a command follows from whether it writes.
using user_store_actor = store_interface<storage::user_commands>;
using identity_store_actor =
    store_interface<storage::user_commands, storage::session_commands,
                    storage::account_commands, storage::audit_note_commands>;
using session_store_actor =
    store_interface<storage::session_commands, storage::restoring_commands>;
using article_store_actor = store_interface<storage::article_commands>;
using writing_store_actor =
    store_interface<storage::article_commands, storage::moderation_commands>;
using upkeep_store_actor =
    store_interface<storage::erasure_commands, storage::audit_upkeep_commands>;
using event_store_actor = store_interface<storage::event_commands>;
using sms_outbox_actor = store_interface<storage::outbox_commands>;
using sms_archive_actor = store_interface<storage::archive_commands>;
using provider_state_store_actor = store_interface<storage::provider_state_commands>;
using phone_store_actor = store_interface<storage::phone_commands>;
using code_store_actor = store_interface<storage::code_commands>;

/// What requests read straight from the store.
using reading_store = store_interface<storage::reading_commands>;

/// One database connection behind all stores.
using store_actor = store_interface<
    storage::user_commands, storage::session_commands, storage::article_commands,
    storage::restoring_commands, storage::account_commands, storage::moderation_commands,
    storage::erasure_commands, storage::own_data_commands, storage::audit_note_commands,
    storage::audit_read_commands, storage::audit_upkeep_commands, storage::event_commands,
    storage::outbox_commands, storage::archive_commands, storage::provider_state_commands,
    storage::phone_commands, storage::code_commands>;

} // namespace tinybook
