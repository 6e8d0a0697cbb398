#pragma once

#include <string_view>

namespace tinybook {

/// What every board script begins with: the names of keys, the epochs that are valid, the
/// boards that a day needs.
inline constexpr std::string_view redis_board_library = R"lua(
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

} // namespace tinybook
