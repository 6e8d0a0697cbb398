#include "actors/ranking/redis_board_library.hpp"
#include "actors/ranking/redis_board_scripts.hpp"

#include <string>

namespace tinybook {

namespace {

const std::string apply_text = std::string{redis_board_library} + R"lua(
local exact, epoch, today = ARGV[1] == 'database', ARGV[2], tonumber(ARGV[3])
local served, building = epochs()
local targets = {}
if exact then
  if epoch == '0' or (epoch ~= served and epoch ~= building) then
    return {'wrong_state'}
  end
  targets[1] = {epoch = epoch}
else
  if served ~= '0' then targets[#targets + 1] = {epoch = served} end
  if building ~= '0' then targets[#targets + 1] = {epoch = building} end
end

for _, t in ipairs(targets) do
  t.at = roll(t.epoch, today)
  t.dirty, t.days = {}, {}
  for _, day in ipairs(call('SMEMBERS', key(t.epoch, 'days'))) do
    t.days[tonumber(day)] = true
  end
  t.ver, t.info, t.all = key(t.epoch, 'ver'), key(t.epoch, 'info'), key(t.epoch, 'all')
end

local function in_top(board, member)
  local rank = call('ZREVRANK', board, member)
  return rank and rank < 100
end

-- Gives the member this score on the board, 0 = none; whether that changed anything.
local function score(t, name, member, new)
  local board = key(t.epoch, name)
  local was = tonumber(call('ZSCORE', board, member) or 0)
  if was == new then return false end
  local shown = was > 0 and in_top(board, member)
  if new > 0 then
    call('ZADD', board, new, member)
  else
    call('ZREM', board, member)
  end
  if shown or (new > 0 and in_top(board, member)) then t.dirty[name] = true end
  return true
end

-- Likes of that day and their version; what is not known has version -1.
local function day_count(t, day, id)
  local known = t.days[day] and call('HGET', key(t.epoch, 'dc:' .. day), id)
  if not known then return 0, -1 end
  local cnt, ver = string.match(known, '^(%d+):(%d+)$')
  return tonumber(cnt), tonumber(ver)
end

local function week_count(t, week, id)
  local sum = 0
  for day = week - 6, week do sum = sum + day_count(t, day, id) end
  return sum
end

-- Puts the article on the boards of days and weeks as its counts say, or takes it off;
-- whether that changed anything.
local function place(t, e, first, last)
  local changed = false
  for day = first, last do
    if t.days[day] then
      local cnt = e.on and day_count(t, day, e.id) or 0
      changed = score(t, 'd:' .. day, e.member, cnt) or changed
    end
  end
  for week = math.max(first, t.at - 1), math.min(last + 6, t.at + 1) do
    local cnt = e.on and week_count(t, week, e.id) or 0
    changed = score(t, 'w:' .. week, e.member, cnt) or changed
  end
  return changed
end

-- What is shown beside the counts has changed: every window that shows it has, too.
local function touch(t, member)
  if in_top(t.all, member) then t.dirty.all = true end
  for day = t.at - 1, t.at + 1 do
    for _, name in ipairs({'d:' .. day, 'w:' .. day}) do
      if in_top(key(t.epoch, name), member) then t.dirty[name] = true end
    end
  end
end

-- Notes the event's day: whether it is newer, whether it differed at an equal version,
-- and the likes before.
local function note_day(t, e)
  if e.day == 0 or e.day < t.at - 7 then return false, false, 0 end
  local cnt, ver = day_count(t, e.day, e.id)
  local newer = e.day_ver > ver
  local differs = exact and e.day_ver == ver and cnt ~= e.day_cnt
  if newer or differs then
    if not t.days[e.day] then
      t.days[e.day] = true
      call('SADD', key(t.epoch, 'days'), e.day)
    end
    call('HSET', key(t.epoch, 'dc:' .. e.day), e.id, e.day_text)
  end
  return newer, differs, cnt
end

-- The likes of one day of an article that stays on the boards changed from `before`.
local function move_day(t, e, before)
  score(t, 'd:' .. e.day, e.member, e.day_cnt)
  for week = math.max(e.day, t.at - 1), math.min(e.day + 6, t.at + 1) do
    local now = tonumber(call('ZSCORE', key(t.epoch, 'w:' .. week), e.member) or 0)
    score(t, 'w:' .. week, e.member, math.max(0, now + e.day_cnt - before))
  end
end

-- Whether the event was newer in a part, and whether it mended something.
local function put(t, e)
  local new_day, differs, before = note_day(t, e)
  local known = tonumber(call('HGET', t.ver, e.id) or -1)
  local old = call('HGET', t.info, e.id)
  if e.ver < known or (e.ver == known and not exact) then
    -- Its day may be news all the same; on the boards is what has an info.
    if old and (new_day or differs) then move_day(t, e, before) end
    return new_day, false
  end
  local newer = e.ver > known
  if newer then call('HSET', t.ver, e.id, e.ver_text) end
  if not e.on then
    if old then
      call('HDEL', t.info, e.id)
      score(t, 'all', e.member, 0)
      place(t, e, t.at - 7, t.at + 1)
    end
    return newer or new_day, differs or (old and true or false)
  end
  local reads, rest
  if old then reads, rest = string.match(old, '^(%d+):(.*)$') end
  -- Reads have no version: at an equal one the greater count is the later.
  if not newer and reads and tonumber(reads) > tonumber(e.reads) then e.reads = reads end
  local info = e.reads .. ':' .. e.rest
  if old ~= info then call('HSET', t.info, e.id, info) end
  differs = rest ~= e.rest or differs
  differs = score(t, 'all', e.member, e.cnt) or differs
  if not old then
    place(t, e, t.at - 7, t.at + 1)
  else
    if old ~= info then touch(t, e.member) end
    if exact and not new_day and e.day ~= 0 then
      differs = place(t, e, e.day, e.day) or differs
    elseif new_day then
      move_day(t, e, before)
    end
  end
  return newer or new_day, differs
end

local marks = tonumber(ARGV[4])
local at = 5 + 3 * marks
local applied, ignored, mended = 0, 0, 0
while at <= #ARGV do
  local id = ARGV[at]
  -- What is told is of the served epoch, where it was written.
  local told
  for _, t in ipairs(targets) do
    local e = {
      id = id, member = string.rep('0', 20 - #id) .. id,
      ver = tonumber(ARGV[at + 1]), ver_text = ARGV[at + 1],
      cnt = tonumber(ARGV[at + 2]), reads = ARGV[at + 4], rest = ARGV[at + 5],
      day = tonumber(ARGV[at + 6]), day_cnt = tonumber(ARGV[at + 7]),
      day_ver = tonumber(ARGV[at + 8]), day_text = ARGV[at + 7] .. ':' .. ARGV[at + 8],
    }
    e.on = ARGV[at + 3] == '1' and e.cnt > 0
    local newer, differs = put(t, e)
    told = told or (newer and 'applied') or (differs and 'mended') or 'ignored'
  end
  if told == 'applied' then
    applied = applied + 1
  elseif told == 'mended' then
    mended = mended + 1
  elseif told then
    ignored = ignored + 1
  end
  at = at + 9
end

for _, t in ipairs(targets) do
  for name in pairs(t.dirty) do
    call('HSET', key(t.epoch, 'tv'), name, next_version(t.epoch))
  end
end
for i = 5, 4 + 3 * marks, 3 do
  local field = 'm:' .. ARGV[i]
  call('HSET', meta, 'partitions', ARGV[i + 1])
  if tonumber(ARGV[i + 2]) > tonumber(call('HGET', meta, field) or 0) then
    call('HSET', meta, field, ARGV[i + 2])
  end
end
return {applied, ignored, mended}
)lua";

} // namespace

const storage::redis::script redis_board_scripts::apply{"boards.apply", apply_text};

} // namespace tinybook
