#include "actors/ranking/redis_board_scripts.hpp"

#include "actors/ranking/redis_board_library.hpp"

#include <string>

namespace tinybook {

namespace {

const std::string look_text = std::string{redis_board_library} + R"lua(
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

const std::string find_text = std::string{redis_board_library} + R"lua(
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

const std::string begin_text = std::string{redis_board_library} + R"lua(
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

const std::string finish_text = std::string{redis_board_library} + R"lua(
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

const storage::redis::script redis_board_scripts::look{"boards.look", look_text};
const storage::redis::script redis_board_scripts::find{"boards.find", find_text};
const storage::redis::script redis_board_scripts::begin{"boards.begin", begin_text};
const storage::redis::script redis_board_scripts::finish{"boards.finish", finish_text};

} // namespace tinybook
