#pragma once

/// Includes every store, for code that runs the commands of all.
#include "storage/account_store.hpp"
#include "storage/article_store.hpp"
#include "storage/audit_store.hpp"
#include "storage/code_store.hpp"
#include "storage/event_store.hpp"
#include "storage/own_data.hpp"
#include "storage/phone_store.hpp"
#include "storage/provider_states.hpp"
#include "storage/session_store.hpp"
#include "storage/sms_archive.hpp"
#include "storage/sms_outbox.hpp"
#include "storage/user_store.hpp"
