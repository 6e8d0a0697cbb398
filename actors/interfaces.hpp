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
#include "actors/store/messages.hpp"
#include "actors/system/actor_for.hpp"
#include "actors/system/address.hpp"

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
using user_store_actor = store_interface<
    reads<storage::find_user, storage::find_user_by_email, storage::find_user_by_phone>,
    writes<storage::create_user, storage::claim_phone_account, storage::edit_user,
           storage::upgrade_password_hash, storage::bind_phone, storage::set_password>>;

using session_store_actor = store_interface<
    reads<storage::revoked_families>,
    writes<storage::create_family, storage::rotate_family, storage::note_family_shown,
           storage::revoke_family, storage::revoke_user_families,
           storage::remove_expired_families>>;

using article_store_actor = store_interface<
    reads<storage::list_own_articles, storage::find_own_article,
          storage::find_public_article, storage::list_newest_articles,
          storage::list_board_rows, storage::list_board_days, storage::list_top_articles>,
    writes<storage::save_draft, storage::publish_article, storage::withdraw_article,
           storage::delete_article, storage::like_article, storage::collect_article,
           storage::add_reads, storage::remove_kept_answers>>;

using event_store_actor =
    store_interface<reads<storage::pending_events>, writes<storage::remove_events>>;

using sms_outbox_actor = store_interface<
    reads<storage::count_messages, storage::find_message>,
    writes<storage::submit_message, storage::claim_messages, storage::extend_lease,
           storage::finish_message, storage::reschedule_message, storage::record_attempt,
           storage::reclaim_leases, storage::expire_messages, storage::remove_history>>;

using sms_archive_actor =
    store_interface<reads<storage::list_messages, storage::find_message>,
                    writes<storage::redrive_message, storage::discard_message,
                           storage::record_receipt, storage::join_early_receipts>>;

using provider_state_store_actor = store_interface<
    reads<storage::load_provider_states>,
    writes<storage::save_provider_state, storage::claim_probe, storage::release_probe>>;

using phone_store_actor =
    store_interface<reads<storage::is_phone_verified, storage::count_verified>, writes<>>;

using code_store_actor =
    store_interface<reads<storage::load_code_states, storage::find_live_codes>,
                    writes<storage::save_code_state, storage::remove_code_states>>;

/// One database connection behind all stores.
using store_actor = store_interface<
    reads<storage::find_user, storage::find_user_by_email, storage::revoked_families,
          storage::list_own_articles, storage::find_own_article,
          storage::find_public_article, storage::list_newest_articles,
          storage::list_board_rows, storage::list_board_days, storage::list_top_articles,
          storage::pending_events, storage::count_messages, storage::find_message,
          storage::load_code_states, storage::find_live_codes, storage::list_messages,
          storage::load_provider_states, storage::find_user_by_phone,
          storage::is_phone_verified, storage::count_verified>,
    writes<
        storage::create_user, storage::claim_phone_account, storage::edit_user,
        storage::upgrade_password_hash, storage::create_family, storage::rotate_family,
        storage::note_family_shown, storage::revoke_family, storage::revoke_user_families,
        storage::remove_expired_families, storage::save_draft, storage::publish_article,
        storage::withdraw_article, storage::delete_article, storage::like_article,
        storage::collect_article, storage::add_reads, storage::remove_kept_answers,
        storage::remove_events, storage::submit_message, storage::claim_messages,
        storage::extend_lease, storage::finish_message, storage::reschedule_message,
        storage::record_attempt, storage::reclaim_leases, storage::expire_messages,
        storage::remove_history, storage::save_code_state, storage::remove_code_states,
        storage::redrive_message, storage::discard_message, storage::record_receipt,
        storage::join_early_receipts, storage::save_provider_state, storage::claim_probe,
        storage::release_probe, storage::bind_phone, storage::set_password>>;

} // namespace tinybook
