#pragma once

#include "actors/sms/sms_provider.hpp"
#include "actors/system/actor_tree.hpp"
#include "actors/wiring/actor_system_config.hpp"
#include "config/settings.hpp"
#include "storage/support/keyring.hpp"

#include <caf/all.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace tinybook::bench {

/// All of the product's actors on the database in `folder`, started as the server
/// starts them but without listeners; `clients` make the clients of the enabled
/// providers. Stopped in order at the end.
class running_tree {
 public:
  running_tree(const config::settings& settings, const std::filesystem::path& folder,
               std::shared_ptr<const keyring> keys, const sms_provider_factory& clients);
  ~running_tree();
  running_tree(const running_tree&) = delete;
  running_tree& operator=(const running_tree&) = delete;

  /// A gauge of an actor, as an operator sees it; -1 = it does not answer or has none.
  [[nodiscard]] double gauge(const std::string& actor, const std::string& name);

  /// Waits until a gauge has reached `least`; after two minutes it ends the process.
  void wait_for(const std::string& actor, const std::string& name, double least);

 private:
  directory_ptr directory_;
  tuned_actor_system_config config_;
  caf::actor_system system_;
  actor_tree tree_;
  handle_of<root_supervisor_actor> root_;
};

} // namespace tinybook::bench
