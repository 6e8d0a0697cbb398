#pragma once

#include "actors/accounts/messages.hpp"
#include "actors/articles/messages.hpp"
#include "actors/codes/messages.hpp"
#include "actors/events/messages.hpp"
#include "actors/inspection/messages.hpp"
#include "actors/ranking/board_messages.hpp"
#include "actors/ranking/messages.hpp"
#include "actors/redis/messages.hpp"
#include "actors/sessions/messages.hpp"
#include "actors/sms/messages.hpp"
#include "actors/sms/provider_table.hpp"
#include "actors/system/actor_for.hpp"
#include "actors/system/address.hpp"
#include "storage/connection.hpp"

/// Every typed actor of the system on one page. What a message means and how it fails
/// stands beside its struct; `reply` in it is what it is answered with. All take
/// `get_status`, `shut_down` and their own timers, too (`actor_for`).
namespace tinybook {

/// Sign-up, log-in, profile. Stateless but for requests under way.
using accounts_actor =
    actor_for<sign_up, log_in, log_in_by_code, get_profile, edit_profile, bind_own_phone,
              reset_password, change_password>;

/// Argon2id in a bounded pool of threads, so that it blocks nobody.
using password_hasher_actor = actor_for<make_password_hash, match_password>;

/// Issues, rotates and revokes token families; the rows are the truth.
using sessions_actor = actor_for<open_session, refresh_session, token_shown,
                                 close_session, spread_revocations>;

/// Makes codes, holds the limits, checks what was entered.
using verification_actor = actor_for<send_code, check_code, settle_code, resend_code>;

/// The live codes: in memory, backed by what is committed, or in Redis.
using code_cache_actor = actor_for<issue_code, confirm_code, withdraw_code, try_code,
                                   settle_code, is_code_wanted>;

/// Sliding windows by key: in memory or in Redis.
using rate_limiter_actor = actor_for<take_permits, return_permits>;

/// The life of the SMS outbox: claims, chooses a provider, owns the backoff timers; takes
/// reports, and what operators do about messages and providers.
using failover_supervisor_actor =
    actor_for<submit_sms, take_receipts, redrive_sms, discard_sms, force_provider,
              list_providers, provider_admits, outbox_changed, storage::list_messages,
              storage::find_message>;

/// One provider: its limiter, its circuit, its connections, its client.
using sms_sender_actor =
    actor_for<reserve_slots, release_slots, send_sms, force_provider, describe_provider,
              cut_calls, note_lost_message, error_rate_seen>;

/// One provider's calls in a sliding window, and when they are too bad.
using error_rate_monitor_actor = actor_for<record_call, watch_circuit>;

/// Makes simple HTML of what authors write, in a bounded pool of threads.
using article_cleaner_actor = actor_for<clean_article>;

/// Articles, likes, collections; gathers reads and writes them in batches.
using articles_actor =
    actor_for<save_article, withdraw_own_article, delete_own_article, set_like,
              add_to_collection, read_article, storage::list_own_articles,
              storage::find_own_article, storage::list_newest_articles>;

/// Takes committed events from the transactional outbox to the bus.
using event_publisher_actor = actor_for<events_committed>;

/// The bus: in process, or Kafka's producer.
using event_bus_actor = actor_for<publish_messages>;

/// Takes batches from the bus to the ranking, acks after the ranking did.
using event_feed_actor = actor_for<deliver_messages>;

/// The boards of one replica: hydration, refresh, audit; what it shows comes from the
/// board store.
using ranking_actor = actor_for<apply_events, get_board, find_rank, rebuild_boards>;

/// Where the boards are kept: in memory or in Redis.
using board_store_actor =
    actor_for<apply_to_boards, look_at_boards, find_in_board, begin_walk, finish_walk>;

/// One connection to Redis; runs scripts, many at a time in one round trip.
using redis_actor = actor_for<run_script>;

/// Keeps a replica's place in a shared database: migrations, the lock of `local` parts,
/// its clock, and its notifications.
using database_session_actor = actor_for<>;

/// Reads the bus on its own account: Kafka's consumer.
using event_source_actor = actor_for<>;

/// Makes revocations known to the other replicas, and theirs to the ingress.
using revocation_spreader_actor = actor_for<spread_revocations>;

/// The actor side of the HTTP ingress: takes what is pushed to the request threads.
using ingress_actor = actor_for<board_updated, session_revoked>;

/// Fans `get_status` out to every actor.
using inspector_actor = actor_for<list_actors, inspect_actor>;

/// The stores: which connection runs a command follows from whether it writes.
using user_store_actor = store_interface<storage::user_commands>;
using session_store_actor = store_interface<storage::session_commands>;
using article_store_actor = store_interface<storage::article_commands>;
using event_store_actor = store_interface<storage::event_commands>;
using sms_outbox_actor = store_interface<storage::outbox_commands>;
using sms_archive_actor = store_interface<storage::archive_commands>;
using provider_state_store_actor = store_interface<storage::provider_state_commands>;
using phone_store_actor = store_interface<storage::phone_commands>;
using code_store_actor = store_interface<storage::code_commands>;

/// One database connection behind all stores.
using store_actor = store_interface<
    storage::user_commands, storage::session_commands, storage::article_commands,
    storage::event_commands, storage::outbox_commands, storage::archive_commands,
    storage::provider_state_commands, storage::phone_commands, storage::code_commands>;

} // namespace tinybook
