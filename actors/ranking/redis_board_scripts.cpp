#include "actors/ranking/redis_board_scripts.hpp"

#include <string>

namespace tinybook {

namespace {

/// What every board script begins with: the names of keys, the epochs that are valid, the
/// boards that a day needs.
const std::string board_library = R"lua(
local base = KEYS[1]
local meta = base .. ':meta'
local fill, audit = base .. ':fill', base .. ':audit'
local call = redis.call

local function key(epoch, what)
  return base .. ':' .. epoch .. ':' .. what
end

local function drop(epoch)
  for _, day in ipairs(call('SMEMBERS', key(epoch, 'days'))) do
    call('UNLINK', key(epoch, 'dc:' .. day), key(epoch, 'd:' .. day),
         key(epoch, 'w:' .. day))
  end
  call('UNLINK', key(epoch, 'ver'), key(epoch, 'info'), key(epoch, 'all'),
       key(epoch, 'days'), key(epoch, 'tv'))
end

local function this_run()
  return string.match(call('INFO', 'server'), 'run_id:(%w+)')
end

-- The served epoch and the one that is built, as texts; '0' where there is none.
local function epochs()
  local m = call('HMGET', meta, 'served', 'building')
  return m[1] or '0', m[2] or '0'
end

-- The same, after epochs of an earlier run of the server were voided.
local function valid_epochs()
  local served, building = epochs()
  if served == '0' and building == '0' then return served, building end
  if call('HGET', meta, 'run_id') == this_run() then return served, building end
  if served ~= '0' then drop(served) end
  if building ~= '0' then drop(building) end
  local counter = call('HGET', meta, 'counter')
  call('DEL', meta, fill, audit)
  if counter then call('HSET', meta, 'counter', counter) end
  return '0', '0'
end

local function next_version(epoch)
  return call('HINCRBY', key(epoch, 'tv'), 'n', 1)
end

-- Makes the boards that `today` needs and drops those that it does not any more; gives
-- the day that the boards of the epoch stand at, which never goes back.
local function roll(epoch, today)
  local tv = key(epoch, 'tv')
  local at = tonumber(call('HGET', tv, 'today') or nil)
  if at and today <= at then return at end
  if not at then call('HSET', tv, 'all', next_version(epoch)) end
  local from = math.max(at and at + 2 or today - 1, today - 1)
  for day = from, today + 1 do
    local days = {}
    for d = day - 6, day do days[#days + 1] = key(epoch, 'd:' .. d) end
    call('ZUNIONSTORE', key(epoch, 'w:' .. day), 7, unpack(days))
    call('SADD', key(epoch, 'days'), day)
    call('HSET', tv, 'd:' .. day, next_version(epoch), 'w:' .. day, next_version(epoch))
  end
  for _, text in ipairs(call('SMEMBERS', key(epoch, 'days'))) do
    local day = tonumber(text)
    if day < today - 1 then
      call('UNLINK', key(epoch, 'w:' .. text))
      call('HDEL', tv, 'd:' .. text, 'w:' .. text)
    end
    if day < today - 7 then
      call('UNLINK', key(epoch, 'd:' .. text), key(epoch, 'dc:' .. text))
      call('SREM', key(epoch, 'days'), text)
    end
  end
  call('HSET', tv, 'today', today)
  return today
end

local function as_of()
  local m = call('HMGET', meta, 'base', 'partitions')
  local from, count = tonumber(m[1] or 0), tonumber(m[2] or 0)
  local least
  for p = 0, count - 1 do
    local mark = math.max(from, tonumber(call('HGET', meta, 'm:' .. p) or 0))
    least = math.min(least or mark, mark)
  end
  return string.format('%.0f', least or from)
end

-- id, likes and info of the rows from `first` to `last`, from 0.
local function rows(epoch, name, first, last)
  local found = call('ZREVRANGE', key(epoch, name), first, last, 'WITHSCORES')
  if #found == 0 then return found end
  local ids, out = {}, {}
  for i = 1, #found, 2 do ids[#ids + 1] = string.match(found[i], '^0*(.*)$') end
  local infos = call('HMGET', key(epoch, 'info'), unpack(ids))
  for i, id in ipairs(ids) do
    out[#out + 1] = id
    out[#out + 1] = found[2 * i]
    out[#out + 1] = infos[i] or ''
  end
  return out
end
)lua";

const std::string apply_text = board_library + R"lua(
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

const std::string look_text = board_library + R"lua(
local today = tonumber(ARGV[1])
local served, building = valid_epochs()
if served == '0' then return {'0', building} end
local day = math.max(today, roll(served, today) - 1)
local names = {'all', 'd:' .. day, 'w:' .. day}
local versions = call('HMGET', key(served, 'tv'), unpack(names))
local out = {served, building, day, as_of(), call('ZCARD', key(served, 'all')),
             call('HLEN', key(served, 'ver'))}
for i = 1, 3 do out[#out + 1] = versions[i] end
for i = 1, 3 do
  local known = ARGV[2] == served and ARGV[2 + i] == versions[i]
  out[#out + 1] = not known and rows(served, names[i], 0, 99) or false
end
return out
)lua";

const std::string find_text = board_library + R"lua(
local window, today, id, each_side = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local served = valid_epochs()
if served == '0' then return {'0'} end
local day = math.max(today, roll(served, today) - 1)
local name = window == 'all' and window or window .. ':' .. day
local out = {served, day, call('HGET', key(served, 'tv'), name), as_of(), 0, {}}
local rank = call('ZREVRANK', key(served, name), string.rep('0', 20 - #id) .. id)
if rank then
  local first = math.max(0, rank - each_side)
  out[5] = first + 1
  out[6] = rows(served, name, first, rank + each_side)
end
return out
)lua";

const std::string begin_text = board_library + R"lua(
local replica, reason, time = ARGV[1], ARGV[2], ARGV[3]
local served, building = valid_epochs()

local function take(lease)
  local holder = call('GET', lease)
  if holder and holder ~= replica then return false end
  call('SET', lease, replica, 'PX', time)
  return true
end

if reason == 'audit' then
  return served ~= '0' and take(audit) and served or '0'
end
if served ~= '0' and building == '0' and reason ~= 'rebuild' then return '0' end
if not take(fill) then return '0' end
if building == '0' then
  local now = call('TIME')
  local clock = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
  local last = tonumber(call('HGET', meta, 'counter') or 0)
  building = string.format('%.0f', math.max(clock, last + 1))
  call('HSET', meta, 'building', building, 'counter', building, 'run_id', this_run())
end
return building
)lua";

const std::string finish_text = board_library + R"lua(
local replica, epoch, complete_until = ARGV[1], ARGV[2], ARGV[3]
local served, building = valid_epochs()
if building ~= '0' and building == epoch and call('GET', fill) == replica then
  call('HSET', meta, 'served', epoch, 'building', '0', 'base', complete_until)
  call('DEL', fill)
  if served ~= '0' then drop(served) end
  return 1
end
if served ~= '0' and served == epoch and call('GET', audit) == replica then
  if tonumber(complete_until) > tonumber(call('HGET', meta, 'base') or 0) then
    call('HSET', meta, 'base', complete_until)
  end
  return 1
end
return 0
)lua";

} // namespace

const storage::redis::script redis_board_scripts::apply{"boards.apply", apply_text};
const storage::redis::script redis_board_scripts::look{"boards.look", look_text};
const storage::redis::script redis_board_scripts::find{"boards.find", find_text};
const storage::redis::script redis_board_scripts::begin{"boards.begin", begin_text};
const storage::redis::script redis_board_scripts::finish{"boards.finish", finish_text};

} // namespace tinybook
