#pragma once

#include "storage/connection.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

/// The commands of storage/ are the messages of the store actors: nothing is written
/// twice.
#define TINYBOOK_STORE_MESSAGE(name)                                                     \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::storage::name)

TINYBOOK_STORE_MESSAGE(user)
TINYBOOK_STORE_MESSAGE(create_user)
TINYBOOK_STORE_MESSAGE(find_user)
TINYBOOK_STORE_MESSAGE(find_user_by_email)
TINYBOOK_STORE_MESSAGE(claim_phone_account)
TINYBOOK_STORE_MESSAGE(edit_user)
TINYBOOK_STORE_MESSAGE(upgrade_password_hash)

TINYBOOK_STORE_MESSAGE(create_family)
TINYBOOK_STORE_MESSAGE(rotation_outcome)
TINYBOOK_STORE_MESSAGE(rotate_family)
TINYBOOK_STORE_MESSAGE(revoke_family)
TINYBOOK_STORE_MESSAGE(family_list)
TINYBOOK_STORE_MESSAGE(revoke_user_families)
TINYBOOK_STORE_MESSAGE(revoked_families)
TINYBOOK_STORE_MESSAGE(removed_count)
TINYBOOK_STORE_MESSAGE(remove_expired_families)

TINYBOOK_STORE_MESSAGE(saved_article)
TINYBOOK_STORE_MESSAGE(save_draft)
TINYBOOK_STORE_MESSAGE(publish_article)
TINYBOOK_STORE_MESSAGE(withdraw_article)
TINYBOOK_STORE_MESSAGE(delete_article)
TINYBOOK_STORE_MESSAGE(article_list)
TINYBOOK_STORE_MESSAGE(list_own_articles)
TINYBOOK_STORE_MESSAGE(article_detail)
TINYBOOK_STORE_MESSAGE(find_own_article)
TINYBOOK_STORE_MESSAGE(find_public_article)
TINYBOOK_STORE_MESSAGE(list_newest_articles)
TINYBOOK_STORE_MESSAGE(like_outcome)
TINYBOOK_STORE_MESSAGE(like_article)
TINYBOOK_STORE_MESSAGE(collect_article)
TINYBOOK_STORE_MESSAGE(add_reads)
TINYBOOK_STORE_MESSAGE(event_page)
TINYBOOK_STORE_MESSAGE(list_board_rows)
TINYBOOK_STORE_MESSAGE(list_top_articles)

TINYBOOK_STORE_MESSAGE(stored_events)
TINYBOOK_STORE_MESSAGE(pending_events)
TINYBOOK_STORE_MESSAGE(remove_events)

TINYBOOK_STORE_MESSAGE(submitted_message)
TINYBOOK_STORE_MESSAGE(submit_message)
TINYBOOK_STORE_MESSAGE(message_list)
TINYBOOK_STORE_MESSAGE(claim_messages)
TINYBOOK_STORE_MESSAGE(lease_kept)
TINYBOOK_STORE_MESSAGE(extend_lease)
TINYBOOK_STORE_MESSAGE(finish_message)
TINYBOOK_STORE_MESSAGE(reschedule_message)
TINYBOOK_STORE_MESSAGE(record_attempt)
TINYBOOK_STORE_MESSAGE(changed_count)
TINYBOOK_STORE_MESSAGE(reclaim_leases)
TINYBOOK_STORE_MESSAGE(expire_messages)
TINYBOOK_STORE_MESSAGE(outbox_depth)
TINYBOOK_STORE_MESSAGE(count_messages)
TINYBOOK_STORE_MESSAGE(message_history)
TINYBOOK_STORE_MESSAGE(find_message)
TINYBOOK_STORE_MESSAGE(remove_history)

TINYBOOK_STORE_MESSAGE(save_code_state)
TINYBOOK_STORE_MESSAGE(code_states)
TINYBOOK_STORE_MESSAGE(load_code_states)
TINYBOOK_STORE_MESSAGE(removed_states)
TINYBOOK_STORE_MESSAGE(remove_code_states)

TINYBOOK_STORE_MESSAGE(history_page)
TINYBOOK_STORE_MESSAGE(list_messages)
TINYBOOK_STORE_MESSAGE(redrive_message)
TINYBOOK_STORE_MESSAGE(discard_message)
TINYBOOK_STORE_MESSAGE(receipt_noted)
TINYBOOK_STORE_MESSAGE(record_receipt)
TINYBOOK_STORE_MESSAGE(provider_state_list)
TINYBOOK_STORE_MESSAGE(load_provider_states)
TINYBOOK_STORE_MESSAGE(save_provider_state)

#undef TINYBOOK_STORE_MESSAGE
