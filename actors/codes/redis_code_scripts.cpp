#include "actors/codes/redis_code_scripts.hpp"

#include <string>

namespace tinybook {

namespace {

/// The state has the members of `code_state`: codes with id, hash, key id, end, asker,
/// tries and others left, and the replaced code. Hashes need no comparison in constant
/// time: they are keyed, and Lua compares strings by their address.
const std::string code_helpers = R"lua(
local now, valid, cooldown = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tries, others = tonumber(ARGV[4]), tonumber(ARGV[5])
local per_day, day, hold = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local grace = 60000
local name, known = KEYS[1], redis.call('GET', KEYS[1])
for i = 2, #KEYS do
  if known then break end
  known = redis.call('GET', KEYS[i])
  if known then name = KEYS[i] end
end
local state = known and cmsgpack.unpack(known)
    or {codes = {}, used = 0, since = 0, sent = 0}
local codes = state.codes

local function last_two()
  return math.max(1, #codes - 1)
end

-- As verifies() of storage/code_state.hpp.
local function verifies(i)
  if i >= last_two() then return true end
  if codes[i].asker == '' then return false end
  for newer = i + 1, #codes do
    if codes[newer].asker == codes[i].asker then return false end
  end
  return true
end

local function held_for()
  return state.held and math.max(0, state.held.till - now) or 0
end

-- Kept a little longer than needed: clocks of replicas may differ, and a code that was
-- used before it was confirmed must still be found.
local function save()
  local till = now
  for _, c in ipairs(codes) do till = math.max(till, c.till) end
  if state.sent ~= 0 then till = math.max(till, state.sent + cooldown) end
  if state.used > 0 then till = math.max(till, state.since + day) end
  redis.call('SET', name, cmsgpack.pack(state), 'PX',
             string.format('%.0f', till - now + grace))
end
)lua";

const std::string issue_text = code_helpers + R"lua(
if held_for() > 0 then return {'cooldown', held_for()} end
local passed = math.abs(now - state.sent)
if state.sent ~= 0 and passed < cooldown then
  return {'cooldown', math.min(cooldown, math.max(0, state.sent + cooldown - now))}
end
while codes[1] and (#codes >= 12 or now >= codes[1].till) do table.remove(codes, 1) end
codes[#codes + 1] = {id = ARGV[9], hash = ARGV[10], key = ARGV[11], asker = ARGV[12],
                     till = now + valid, tries = tries, others = others}
state.sent = now
save()
return {'ok'}
)lua";

const std::string replace_text = code_helpers + R"lua(
if held_for() > 0 then return {'wrong_state'} end
for i = last_two(), #codes do
  local c = codes[i]
  if c.id == ARGV[9] and now < c.till then
    c.was = {id = c.id, hash = c.hash, key = c.key}
    c.id, c.hash, c.key = ARGV[10], ARGV[11], ARGV[12]
    save()
    return {'ok'}
  end
end
return {'wrong_state'}
)lua";

const std::string withdraw_text = code_helpers + R"lua(
for i, c in ipairs(codes) do
  if c.id == ARGV[9] then
    if c.was then
      c.id, c.hash, c.key, c.was = c.was.id, c.was.hash, c.was.key, nil
    else
      if i == #codes then state.sent = 0 end
      table.remove(codes, i)
    end
    save()
    break
  end
end
return 1
)lua";

const std::string try_text = code_helpers + R"lua(
local asker, ticket, counts = ARGV[9], ARGV[10], ARGV[11] == '1'
if held_for() > 0 then return {'held', held_for()} end
if now >= state.since + day then state.used = 0 end

local any_live, own, foreign, open = false, {}, {}, {}
for i, c in ipairs(codes) do
  local is_own = asker ~= '' and c.asker == asker and verifies(i)
  if now < c.till and (is_own or i >= last_two()) then
    any_live = true
    if not is_own then
      foreign[#foreign + 1] = c
    elseif c.tries > 0 then
      own[#own + 1] = c
      open[#open + 1] = c
    end
  end
end
local mine = #own > 0
local day_spent = not mine and per_day > 0 and state.used >= per_day
for _, c in ipairs(foreign) do
  if mine or (not day_spent and c.others > 0) then open[#open + 1] = c end
end

local function refused(word, wait)
  local answer = {word, wait}
  for _, c in ipairs(codes) do answer[#answer + 1] = c.id end
  return answer
end

if not any_live then return refused('no_live_code', 0) end
if #open == 0 then
  local back = day_spent and state.since + day or state.sent + cooldown
  return refused('too_many_tries', math.max(0, back - now))
end

local matched = {}
for _, c in ipairs(open) do
  for i = 12, #ARGV, 2 do
    if c.hash ~= '' and c.key == ARGV[i] and c.hash == ARGV[i + 1] then
      matched[#matched + 1] = c.id
      break
    end
  end
end
if #matched > 0 then
  state.held = {by = ticket, till = now + hold}
  save()
  return {'accepted', 0, unpack(matched)}
end
if not counts then return refused('wrong', 0) end

if mine then
  for _, c in ipairs(own) do c.tries = c.tries - 1 end
else
  for _, c in ipairs(open) do c.others = c.others - 1 end
  if state.used == 0 then state.since = now end
  state.used = state.used + 1
end
save()
return refused('wrong', 0)
)lua";

const std::string settle_text = code_helpers + R"lua(
if not known then return 1 end
if state.held and state.held.by == ARGV[9] then state.held = nil end
if ARGV[10] == '1' then
  for _, c in ipairs(codes) do
    for i = 11, #ARGV do
      if c.id == ARGV[i] then state.codes = {} end
    end
  end
  codes = state.codes
end
save()
return 1
)lua";

// Codes that are not among the rows are dropped: used, replaced, or with a message that
// is not stored yet; such a code is restored before its message is sent.
const std::string restore_text = code_helpers + R"lua(
local by_id, restored, list = {}, 0, {}
for _, c in ipairs(codes) do by_id[c.id] = c end
for i = 9, #ARGV, 5 do
  local c = by_id[ARGV[i]]
  if not c then
    restored = restored + 1
    c = {id = ARGV[i], hash = ARGV[i + 1], key = ARGV[i + 2], asker = ARGV[i + 3],
         till = tonumber(ARGV[i + 4]), tries = 1, others = 1}
  end
  list[#list + 1] = c
end
if restored == 0 then return 0 end
state.codes = list
codes = list
save()
return restored
)lua";

const std::string wanted_text = code_helpers + R"lua(
for i = last_two(), #codes do
  if codes[i].id == ARGV[9] and now < codes[i].till then return 1 end
end
return 0
)lua";

std::string in_ms(std::chrono::milliseconds time) {
  return std::to_string(time.count());
}

} // namespace

std::vector<std::string> redis_code_scripts::first_args(const code_rules& rules,
                                                        wall_time now) {
  return {std::to_string(to_unix_ms(now)),
          in_ms(rules.valid),
          in_ms(rules.cooldown),
          std::to_string(rules.tries_per_send),
          std::to_string(rules.others_per_send),
          std::to_string(rules.others_per_day),
          in_ms(rules.day),
          in_ms(rules.hold)};
}

const storage::redis::script redis_code_scripts::issue{"codes.issue", issue_text};
const storage::redis::script redis_code_scripts::replace{"codes.replace", replace_text};
const storage::redis::script redis_code_scripts::withdraw{"codes.withdraw",
                                                          withdraw_text};
const storage::redis::script redis_code_scripts::try_code{"codes.try", try_text};
const storage::redis::script redis_code_scripts::settle{"codes.settle", settle_text};
const storage::redis::script redis_code_scripts::restore{"codes.restore", restore_text};
const storage::redis::script redis_code_scripts::wanted{"codes.wanted", wanted_text};

} // namespace tinybook
