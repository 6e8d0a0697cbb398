#pragma once

#include "actors/interfaces.hpp"

namespace tinybook::http {

/// The actors that handlers send messages to.
struct services {
  address<accounts_actor> accounts;
  address<sessions_actor> sessions;
  address<verification_actor> verification;
  address<articles_actor> articles;
  address<inspector_actor> inspector;
  address<failover_supervisor_actor> failover;
  address<ranking_actor> ranking;
};

} // namespace tinybook::http
