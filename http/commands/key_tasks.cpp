#include "http/app/start_checks.hpp"
#include "http/commands/commands.hpp"
#include "storage/support/key_file.hpp"

#include <string>

namespace tinybook::http {

using config::exit_code;
using config::key_task;

namespace {

result<keyring> change(const key_task& task) {
  system_random random;
  switch (task.what) {
  case key_task::action::create:
    // The data in that folder was made with other keys: new ones cannot read it.
    if (task.file.filename() == own_keys_file)
      if (auto lost = refuse_lost_keys(task.file.parent_path(), false); !lost)
        return std::move(lost.error());
    return create_keyring(task.file, random);
  case key_task::action::add:
    return add_next_key(task.file, random);
  case key_task::action::drop:
    return drop_key(task.file, task.id, random);
  case key_task::action::promote:
    break;
  }
  return promote_next_key(task.file);
}

std::string what_next(const key_task& task) {
  const auto file = task.file.string();
  switch (task.what) {
  case key_task::action::create:
    return file
           + ": one new key.\nCopy it to every replica, readable by its owner alone, and "
             "name it there as keys.file.\n";
  case key_task::action::add:
    return file
           + ": one more key, accepted but not used yet.\nCopy it to every replica and "
             "restart one after the other; when all run with it: tinybook --promote-key "
           + file + "\n";
  case key_task::action::drop:
    return file + ": key " + task.id
           + " is out; sessions, cookies and codes that were made with it end, and SMS "
             "that wait with it are lost.\nStop every replica, give all of them this "
             "file, "
             "and start them.\n";
  case key_task::action::promote:
    break;
  }
  return file
         + ": the new key is the current one; the older are still accepted.\nCopy it to "
           "every replica and restart one after the other.\n";
}

} // namespace

config::exit_request do_task(const key_task& task) {
  if (auto changed = change(task); !changed)
    return {exit_code::failed, {}, changed.error().detail + "\n"};
  return {exit_code::ok, what_next(task), {}};
}

} // namespace tinybook::http
