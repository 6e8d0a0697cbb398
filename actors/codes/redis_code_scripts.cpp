#include "actors/codes/redis_code_scripts.hpp"

#include <string>

namespace tinybook {

namespace {

/// The state as `code_state` has it: codes with id, hash, key id, end, asker, tries and
/// others left, and what was replaced. Compares of hashes need no constant time: they are
/// keyed, and Lua compares texts by their address.
const std::string code_helpers = R"lua(
local now, valid, cooldown = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tries, others = tonumber(ARGV[4]), tonumber(ARGV[5])
local per_day, day = tonumber(ARGV[6]), tonumber(ARGV[7])
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

-- Kept a little beyond what matters: clocks of replicas may differ, and a message that
-- was used before it was confirmed is to be found.
local function save()
  local till = now
  for i = last_two(), #codes do till = math.max(till, codes[i].till) end
  if state.sent ~= 0 then till = math.max(till, state.sent + cooldown) end
  if state.used > 0 then till = math.max(till, state.since + day) end
  redis.call('SET', name, cmsgpack.pack(state), 'PX',
             string.format('%.0f', till - now + grace))
end
)lua";

const std::string issue_text = code_helpers + R"lua(
local passed = math.abs(now - state.sent)
if state.sent ~= 0 and passed < cooldown then
  return {'cooldown', math.min(cooldown, math.max(0, state.sent + cooldown - now))}
end
if #codes == 3 then table.remove(codes, 1) end
codes[#codes + 1] = {id = ARGV[8], hash = ARGV[9], key = ARGV[10], asker = ARGV[11],
                     till = now + valid, tries = tries, others = others}
state.sent = now
save()
return {'ok'}
)lua";

const std::string replace_text = code_helpers + R"lua(
for i = last_two(), #codes do
  local c = codes[i]
  if c.id == ARGV[8] and now < c.till then
    c.was = {id = c.id, hash = c.hash, key = c.key}
    c.id, c.hash, c.key = ARGV[9], ARGV[10], ARGV[11]
    save()
    return {'ok'}
  end
end
return {'wrong_state'}
)lua";

const std::string confirm_text = code_helpers + R"lua(
return known and 1 or 0
)lua";

const std::string withdraw_text = code_helpers + R"lua(
for i, c in ipairs(codes) do
  if c.id == ARGV[8] then
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
local asker = ARGV[8]
if now >= state.since + day then state.used = 0 end

local any_live, own, foreign, open = false, {}, {}, {}
for i = last_two(), #codes do
  local c = codes[i]
  if now < c.till then
    any_live = true
    if asker == '' or c.asker ~= asker then
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

if not any_live then return {'no_live_code', 0} end
if #open == 0 then
  local back = day_spent and state.since + day or state.sent + cooldown
  return {'too_many_tries', math.max(0, back - now)}
end

local matched = {}
for _, c in ipairs(open) do
  for i = 9, #ARGV, 2 do
    if c.hash ~= '' and c.key == ARGV[i] and c.hash == ARGV[i + 1] then
      matched[#matched + 1] = c.id
      break
    end
  end
end
if #matched > 0 then
  state.codes = {}
  codes = state.codes
  save()
  return {'accepted', 0, unpack(matched)}
end

if mine then
  for _, c in ipairs(own) do c.tries = c.tries - 1 end
else
  for _, c in ipairs(open) do c.others = c.others - 1 end
  if state.used == 0 then state.since = now end
  state.used = state.used + 1
end
save()
return {'wrong', 0}
)lua";

const std::string wanted_text = code_helpers + R"lua(
for i = last_two(), #codes do
  if codes[i].id == ARGV[8] and now < codes[i].till then return 1 end
end
return 0
)lua";

} // namespace

const storage::redis::script redis_code_scripts::issue{"codes.issue", issue_text};
const storage::redis::script redis_code_scripts::replace{"codes.replace", replace_text};
const storage::redis::script redis_code_scripts::confirm{"codes.confirm", confirm_text};
const storage::redis::script redis_code_scripts::withdraw{"codes.withdraw",
                                                          withdraw_text};
const storage::redis::script redis_code_scripts::try_code{"codes.try", try_text};
const storage::redis::script redis_code_scripts::wanted{"codes.wanted", wanted_text};

} // namespace tinybook
