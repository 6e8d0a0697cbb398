#include "tests/actors/support/memory_stores.hpp"

#include <algorithm>

namespace tinybook::test {

template <class Matches>
result<storage::user> memory_stores::find(Matches matches) const {
  auto it = std::find_if(users.begin(), users.end(), matches);
  if (it == users.end())
    return errc::user_not_found;
  auto user = *it;
  user.banned = banned.contains(user.id);
  return user;
}

result<storage::user> memory_stores::run(const storage::create_user& m) {
  if (find([&](const auto& u) { return u.email == m.email; }))
    return errc::email_taken;
  storage::user u;
  u.id = static_cast<user_id>(users.size()) + 1;
  u.email = m.email;
  u.password_hash = m.password_hash;
  u.created_at = m.now;
  users.push_back(u);
  return u;
}

result<storage::user> memory_stores::run(const storage::find_user& m) {
  return find([&](const auto& u) { return u.id == m.id; });
}

result<storage::profile> memory_stores::run(const storage::find_profile& m) {
  auto u = run(storage::find_user{m.id});
  if (!u)
    return u.error();
  return storage::profile{u->email,      u->phone,    u->nickname,
                          u->birthday,   u->about_me, !u->password_hash.empty(),
                          u->created_at, u->banned};
}

result<storage::user> memory_stores::run(const storage::find_user_by_email& m) {
  return find([&](const auto& u) { return u.email == m.email; });
}

result<storage::user> memory_stores::run(const storage::claim_phone_account& m) {
  auto known = find([&](const auto& u) { return u.phone == m.phone; });
  if (known)
    return known;
  storage::user u;
  u.id = static_cast<user_id>(users.size()) + 1;
  u.phone = m.phone;
  u.created_at = m.now;
  users.push_back(u);
  verified_phones.insert(m.phone);
  return u;
}

result<done> memory_stores::run(const storage::edit_user& m) {
  for (auto& u : users)
    if (u.id == m.id) {
      u.nickname = m.nickname.value_or(u.nickname);
      u.birthday = m.birthday.value_or(u.birthday);
      u.about_me = m.about_me.value_or(u.about_me);
      return done{};
    }
  return errc::user_not_found;
}

result<done> memory_stores::run(const storage::upgrade_password_hash& m) {
  for (auto& u : users)
    if (u.id == m.id && u.password_hash == m.expected) {
      u.password_hash = m.replacement;
      return done{};
    }
  return errc::wrong_state;
}

result<storage::user> memory_stores::run(const storage::find_user_by_phone& m) {
  return find([&](const auto& u) { return !m.phone.empty() && u.phone == m.phone; });
}

result<done> memory_stores::run(const storage::bind_phone& m) {
  for (auto& u : users)
    if (u.phone == m.phone && u.id != m.id)
      return errc::phone_taken;
  for (auto& u : users)
    if (u.id == m.id) {
      if (auto proved = run(storage::find_proof{m.id, m.proof}); !proved)
        return proved;
      if (u.phone != m.replaces)
        return errc::wrong_state;
      if (auto taken = use(m.code); !taken)
        return taken;
      if (m.notice)
        notices.push_back(*m.notice);
      u.phone = m.phone;
      verified_phones.insert(m.phone);
      return done{};
    }
  return errc::user_not_found;
}

result<storage::password_set> memory_stores::run(const storage::set_password& m) {
  for (auto& u : users)
    if (u.id == m.id) {
      if (m.proof)
        if (auto proved = run(storage::find_proof{m.id, *m.proof}); !proved)
          return proved.error();
      if (m.phone && *m.phone != u.phone)
        return errc::wrong_code;
      if (m.expected && *m.expected != u.password_hash)
        return errc::wrong_state;
      if (auto taken = use(m.code); !taken)
        return taken.error();
      u.password_hash = m.password_hash;
      ++u.device_epoch;
      return storage::password_set{
          revoke_all(m.id, m.now).families, {u.device_epoch}, banned.contains(m.id)};
    }
  return errc::user_not_found;
}

result<done> memory_stores::use(const std::optional<storage::code_use>& use) {
  if (!use)
    return done{};
  auto& rows = messages[use->key];
  const bool known = std::ranges::any_of(rows, [&](const auto& row) {
    return std::ranges::count(use->codes, row.code.code_id) > 0;
  });
  if (!known)
    return errc::wrong_code;
  rows.clear();
  if (auto it = codes.find(use->key); it != codes.end())
    it->second.state.codes.clear();
  verified_phones.insert(use->key.phone);
  used.push_back(*use);
  return done{};
}

result<storage::phone_use> memory_stores::run(const storage::find_phone_use& m) {
  const auto owner = find([&](const auto& u) { return u.phone == m.phone; });
  const auto lives_there = [&](const auto& known) {
    const auto& f = known.second;
    return f.user == owner->id && f.revoked_at == wall_time{} && f.expires_at > m.now
           && f.network == m.network;
  };
  return storage::phone_use{verified_phones.contains(m.phone),
                            owner && !m.network.empty()
                                && std::ranges::any_of(families, lives_there)};
}

result<storage::code_entered> memory_stores::run(const storage::was_code_entered& m) {
  return storage::code_entered{std::ranges::any_of(used, [&](const auto& use) {
    return !m.once.empty() && use.once == m.once && use.key == m.key && use.at >= m.since;
  })};
}

result<storage::verified_shares> memory_stores::run(const storage::count_verified&) {
  return shares;
}

result<storage::opened_family> memory_stores::run(const storage::create_family& m) {
  if (families.contains(m.family.id))
    return errc::wrong_state;
  const auto epoch = epoch_of(m.family.user);
  if (m.seen && m.seen->number != epoch.number)
    return errc::wrong_credentials;
  if (leaving.contains(m.family.user))
    return storage::opened_family{epoch, {}, true};
  if (auto taken = use(m.code); !taken)
    return taken.error();
  storage::opened_family out{epoch, {}, false, banned.contains(m.family.user)};
  auto others = run(storage::list_user_families{m.family.user, m.family.rotated_at});
  families[m.family.id] = m.family;
  if (out.banned) {
    families[m.family.id].expires_at = m.until_if_banned.value();
    opened_banned.insert(m.family.id);
  }
  const auto kept = static_cast<std::size_t>(m.max_of_user - 1);
  for (std::size_t i = kept; i < others->families.size(); ++i) {
    auto& ended = families.at(others->families[i].id);
    ended.revoked_at = m.family.rotated_at;
    out.ended.push_back(ended);
  }
  return out;
}

storage::device_epoch memory_stores::epoch_of(user_id user) const {
  const auto found = std::ranges::find(users, user, &storage::user::id);
  // Tests of sessions alone have no accounts.
  return {found == users.end() ? 0 : found->device_epoch};
}

result<storage::family_list> memory_stores::run(const storage::list_user_families& m) {
  storage::family_list out;
  for (const auto& [id, f] : families)
    if (f.user == m.user && f.revoked_at == wall_time{} && f.expires_at > m.now)
      out.families.push_back(f);
  std::ranges::sort(out.families, std::greater<>{}, &storage::session_family::rotated_at);
  return out;
}

result<done> memory_stores::run(const storage::revoke_own_family& m) {
  if (m.id != m.proof.family)
    if (auto proved = run(storage::find_proof{m.user, m.proof}); !proved)
      return proved;
  const auto it = families.find(m.id);
  if (it == families.end() || it->second.user != m.user)
    return errc::session_not_found;
  if (it->second.revoked_at == wall_time{} && it->second.expires_at > m.now)
    it->second.revoked_at = m.now;
  return done{};
}

result<storage::known_family> memory_stores::run(const storage::find_family& m) {
  const auto it = families.find(m.id);
  if (it == families.end())
    return errc::token_revoked;
  const auto user = it->second.user;
  return storage::known_family{it->second, epoch_of(user), opened_banned.contains(m.id),
                               restoring.contains(m.id)};
}

result<storage::rotation_outcome> memory_stores::run(const storage::rotate_family& m) {
  auto it = families.find(m.id);
  if (it == families.end())
    return storage::rotation_outcome{};
  auto what =
      rotate(it->second, m.shown_generation, m.now, m.grace, m.lifetime, m.absolute);
  if (what == storage::rotation::rotated && !m.network.empty())
    it->second.network = m.network;
  return storage::rotation_outcome{what, it->second};
}

result<done> memory_stores::run(const storage::note_family_shown& m) {
  auto it = families.find(m.id);
  if (it != families.end() && it->second.generation == m.generation
      && it->second.shown_at == wall_time{})
    it->second.shown_at = m.now;
  return done{};
}

result<done> memory_stores::run(const storage::revoke_family& m) {
  auto it = families.find(m.id);
  if (it != families.end() && it->second.revoked_at == wall_time{})
    it->second.revoked_at = m.now;
  return done{};
}

storage::family_list memory_stores::revoke_all(user_id user, wall_time now) {
  storage::family_list revoked;
  for (auto& [id, f] : families)
    if (f.user == user && f.revoked_at == wall_time{}) {
      f.revoked_at = now;
      revoked.families.push_back(f);
    }
  return revoked;
}

result<done> memory_stores::run(const storage::find_proof& m) {
  const auto it = families.find(m.proof.family);
  if (it == families.end() || it->second.user != m.user
      || it->second.revoked_at != wall_time{})
    return errc::token_revoked;
  if (it->second.proved_at >= m.proof.since)
    return done{};
  return errc::step_up_required;
}

result<storage::family_list> memory_stores::run(const storage::revoke_other_families& m) {
  if (auto proved = run(storage::find_proof{m.user, m.proof}); !proved)
    return proved.error();
  storage::family_list revoked;
  for (auto& [id, f] : families)
    if (f.user == m.user && f.revoked_at == wall_time{} && id != m.proof.family) {
      f.revoked_at = m.now;
      revoked.families.push_back(f);
    }
  return revoked;
}

result<done> memory_stores::run(const storage::prove_session& m) {
  const auto it = families.find(m.family);
  if (it == families.end() || it->second.user != m.user
      || it->second.revoked_at != wall_time{})
    return errc::token_revoked;
  if (m.seen && m.seen->number != epoch_of(m.user).number)
    return errc::wrong_credentials;
  if (auto taken = use(m.code); !taken)
    return taken;
  it->second.proved_at = m.now;
  return done{};
}

result<storage::family_list> memory_stores::run(const storage::ban_account& m) {
  if (!banned.insert(m.user).second)
    return errc::wrong_state;
  return revoke_all(m.user, m.now);
}

result<done> memory_stores::run(const storage::lift_ban& m) {
  if (banned.erase(m.user) == 0)
    return errc::wrong_state;
  return done{};
}

result<storage::family_list> memory_stores::run(const storage::request_deletion& m) {
  if (auto proved = run(storage::find_proof{m.user, m.proof}); !proved)
    return proved.error();
  leaving.insert(m.user);
  return revoke_all(m.user, m.now);
}

result<storage::opened_family> memory_stores::run(const storage::restore_account& m) {
  const bool left = leaving.erase(m.opening.family.user) > 0;
  auto opened = run(m.opening);
  if (opened && left)
    restoring.insert(m.opening.family.id);
  return opened;
}

result<done> memory_stores::run(const storage::note_audit& m) {
  audit.push_back(m.event);
  return done{};
}

result<storage::family_list> memory_stores::run(const storage::revoked_families& m) {
  storage::family_list revoked;
  for (auto& [id, f] : families)
    if (f.revoked_at != wall_time{} && f.revoked_at >= m.since)
      revoked.families.push_back(f);
  return revoked;
}

result<storage::removed_count>
memory_stores::run(const storage::remove_expired_families& m) {
  auto removed = std::erase_if(
      families, [&](const auto& f) { return f.second.expires_at < m.before; });
  return storage::removed_count{static_cast<std::int64_t>(removed)};
}

result<done> memory_stores::run(const storage::save_code_state& m) {
  codes[m.state.key] = m.state;
  return done{};
}

result<storage::live_codes> memory_stores::run(const storage::find_live_codes& m) {
  auto rows = messages[m.key];
  std::erase_if(rows, [&](const auto& row) { return row.code.expires_at <= m.now; });
  return storage::live_codes{storage::last_codes(rows)};
}

result<storage::code_states> memory_stores::run(const storage::load_code_states& m) {
  storage::code_states loaded;
  for (auto& [key, state] : codes)
    if (state.matters_until > m.now && (!m.only || *m.only == key))
      loaded.states.push_back(state);
  return loaded;
}

result<storage::submitted_message> memory_stores::run(const storage::submit_message& m) {
  if (pending && !submitted.empty())
    return errc::sms_pending;
  const auto& row = m.message;
  const code_key key{row.phone, row.purpose};
  if (m.code)
    codes[key] = *m.code;
  submitted.push_back(m);
  const auto id = static_cast<message_id>(submitted.size());
  messages[key].push_back({id,
                           row.parent,
                           {.code_id = row.code,
                            .hash = row.code_hash,
                            .key_id = row.code_key_id,
                            .expires_at = row.expires_at,
                            .asker = row.code_asker}});
  return storage::submitted_message{id};
}

result<storage::removed_states> memory_stores::run(const storage::remove_code_states& m) {
  auto removed = std::erase_if(
      codes, [&](const auto& s) { return s.second.matters_until <= m.now; });
  return storage::removed_states{static_cast<std::int64_t>(removed)};
}

} // namespace tinybook::test
