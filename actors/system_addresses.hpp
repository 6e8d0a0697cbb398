#pragma once

#include "actors/interfaces.hpp"

namespace tinybook {

/// The actors that the HTTP layer sends messages to.
struct system_addresses {
  address<accounts_actor> accounts;
  address<sessions_actor> sessions;
  address<verification_actor> verification;
  address<articles_actor> articles;
  address<inspector_actor> inspector;
  address<failover_supervisor_actor> failover;
  address<ranking_actor> ranking;
  address<long_work_actor> long_work;
  address<article_cleaner_actor> cleaner;
  store_address<reading_store> store;
};

} // namespace tinybook
