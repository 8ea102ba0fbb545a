"""What Redis does in one step: Lua, which no call of another replica comes between.

    KEYS  1 the settings' digest, 2 the account, 3 the calls of its rate window, 4 the counters of its faults, 5 what was done last
    ARGV  1 our digest, 2 seconds that an unused account is kept (below zero where they need not begin anew yet), 3 the version that we
          have, and from 4 on what each script says; the last two are the replica and the id of its request

The client runs a script again where the reply is lost. A script that changes something keeps its outcome under the replica's name, with the
id, and gives that again instead of doing the same twice; a replica makes one request of an account at a time.

Every script gives a list that begins with SAME, STALE or OTHER. An account that is not there has the version ''.
"""

SAME, STALE, OTHER = 0, 1, 2

LEASE = 30
"""Seconds without any request after which replicas with other settings may take over."""

_BEGIN = f"""
local digest = redis.call('GET', KEYS[1])
if digest and digest ~= ARGV[1] then return {{{OTHER}}} end
local version = redis.call('HGET', KEYS[2], 'version') or ''
local kept = math.abs(tonumber(ARGV[2]))
local function renew()
  for place = 2, 5 do redis.call('EXPIRE', KEYS[place], kept) end
end
if not digest or tonumber(ARGV[2]) > 0 then
  redis.call('SET', KEYS[1], ARGV[1], 'EX', {LEASE})
  renew()
end
local replica, request = ARGV[#ARGV - 1], ARGV[#ARGV]
local done = redis.call('HGET', KEYS[5], replica)
if done and string.sub(done, 1, #request) == request then return cjson.decode(string.sub(done, #request + 1)) end
local function finish(outcome)
  if redis.call('HSET', KEYS[5], replica, request .. cjson.encode(outcome)) == 1 then redis.call('EXPIRE', KEYS[5], kept) end
  return outcome
end
"""

_STALE = f"if version ~= ARGV[3] then return {{{STALE}, version, redis.call('HGET', KEYS[2], 'state') or ''}} end\n"

CHECK = _BEGIN + _STALE + f"return {{{SAME}}}"

# RateWindow, call for call. ARGV: calls, seconds, 1 when the window slides, 1 when refused calls count, 1 when this one counts,
# and the time; the time is '' where the clock runs: then it is that of Redis, the same for all replicas.
ADMIT = (
    _BEGIN
    + _STALE
    + """
local limit, seconds, now = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[9]
if now == '' then
  local time = redis.call('TIME')
  now = string.format('%d.%06d', time[1], time[2])
end
local moment = tonumber(now)
local function begin(call)
  local past = math.fmod(call, seconds)
  if past < 0 then past = past + seconds end
  return call - past
end
local function is_over(call)
  if ARGV[6] == '1' then return call <= moment - seconds end
  return begin(call) < begin(moment)
end
local size = redis.call('LLEN', KEYS[3])
if size > limit then
  redis.call('LTRIM', KEYS[3], -limit, -1)
  size = limit
end
while size > 0 and tonumber(redis.call('LINDEX', KEYS[3], -1)) > moment do
  redis.call('RPOP', KEYS[3])
  size = size - 1
end
while size > 0 and is_over(tonumber(redis.call('LINDEX', KEYS[3], 0))) do
  redis.call('LPOP', KEYS[3])
  size = size - 1
end
local is_open = size < limit
if (is_open and ARGV[8] == '1') or (not is_open and ARGV[7] == '1') then
  redis.call('RPUSH', KEYS[3], now)
  if size == 0 then redis.call('EXPIRE', KEYS[3], kept) end
  if size == limit then redis.call('LPOP', KEYS[3]) end
end
"""
    + f"return finish({{{SAME}, is_open and 1 or 0}})"
)

# FaultRule.strikes, rule for rule. ARGV: 1 when the call chose its fault itself; and of each rule 1 when it is for this call, then times
# (-1 for always), after, every. Gives the place of the rule that strikes from 1 on, 0 for none, and the number of the fault.
STRIKE = (
    _BEGIN
    + _STALE
    + """
local struck = 0
if ARGV[4] == '0' then
  for at = 5, #ARGV - 2, 4 do
    local place, times = (at - 5) / 4, tonumber(ARGV[at + 1])
    local seen_by, struck_by = string.format('seen:%d', place), string.format('struck:%d', place)
    if ARGV[at] == '1' and (times < 0 or tonumber(redis.call('HGET', KEYS[4], struck_by) or 0) < times) then
      local number = redis.call('HINCRBY', KEYS[4], seen_by, 1) - tonumber(ARGV[at + 2])
      if number >= 1 and number % tonumber(ARGV[at + 3]) == 0 then
        redis.call('HINCRBY', KEYS[4], struck_by, 1)
        struck = place + 1
        break
      end
    end
  end
end
local number = 0
if struck > 0 or ARGV[4] == '1' then number = redis.call('HINCRBY', KEYS[4], 'applied', 1) end
redis.call('EXPIRE', KEYS[4], kept)
"""
    + f"return finish({{{SAME}, struck, number}})"
)

# Gives the account with what requests counted; its state only where it stale.
LOAD = (
    _BEGIN
    + f"""
local calls, counters = redis.call('LRANGE', KEYS[3], 0, -1), redis.call('HGETALL', KEYS[4])
if version == ARGV[3] then return {{{SAME}, version, '', calls, counters}} end
return {{{STALE}, version, redis.call('HGET', KEYS[2], 'state') or '', calls, counters}}
"""
)

# ARGV: the new version, the state, how many calls follow and how many names and values of counters behind them; -1 leaves them as they are.
SAVE = (
    _BEGIN
    + _STALE
    + """
redis.call('HSET', KEYS[2], 'version', ARGV[4], 'state', ARGV[5])
local at = 8
local function replace(key, command, count, step)
  if count < 0 then return end
  redis.call('DEL', key)
  for _ = 1, count, step do
    redis.call(command, key, unpack(ARGV, at, at + step - 1))
    at = at + step
  end
end
replace(KEYS[3], 'RPUSH', tonumber(ARGV[6]), 1)
replace(KEYS[4], 'HSET', tonumber(ARGV[7]), 2)
renew()
"""
    + f"return finish({{{SAME}}})"
)

REMOVE = _BEGIN + f"redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])\nreturn {{{SAME}}}"
