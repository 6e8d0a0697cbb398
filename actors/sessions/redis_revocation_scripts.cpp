#include "actors/sessions/redis_revocation_scripts.hpp"

#include <string>

namespace tinybook {

namespace {

const std::string revocation_helpers = R"lua(
local meta, revoked = KEYS[1], KEYS[2]
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local m = redis.call('HMGET', meta, 'run_id', 'origin', 'last')
local origin, last = m[2], tonumber(m[3] or 0)
if m[1] ~= run then
  origin, last = run .. '-' .. string.format('%.0f', now), 0
  redis.call('UNLINK', meta, revoked)
  redis.call('HSET', meta, 'run_id', run, 'origin', origin)
end
)lua";

const std::string write_text = revocation_helpers + R"lua(
local kept = tonumber(ARGV[1]) * 1000
for i = 2, #ARGV do
  last = math.max(now, last + 1)
  redis.call('ZADD', revoked, string.format('%.0f', last), ARGV[i])
end
redis.call('HSET', meta, 'last', string.format('%.0f', last))
redis.call('ZREMRANGEBYSCORE', revoked, '-inf', string.format('(%.0f', now - kept))
return 1
)lua";

const std::string read_text = revocation_helpers + R"lua(
local from = ARGV[1] == origin and '(' .. ARGV[2] or '-inf'
return {origin, redis.call('ZRANGEBYSCORE', revoked, from, '+inf', 'WITHSCORES', 'LIMIT',
                           0, 1000)}
)lua";

} // namespace

const storage::redis::script write_revocations_script{"sessions.write", write_text};
const storage::redis::script read_revocations_script{"sessions.read", read_text};

} // namespace tinybook
