/**
 * The one script of the shared rate limiter: the sums of `rate-state.ts` of the connectors, in Redis, by Redis's clock. Atomic, so
 * that however many processes ask, a limit is never passed.
 *
 * KEYS[1] the limit's state. ARGV: what to do, our time in microseconds or '' for Redis's own, and then for `take`: wanted, share kept
 * for others, perSecond (0: no limit), burst, perWindow, windowMs; for `block`: ms; for `announce`: left, resetMs.
 * Answers with the calls granted and the microseconds until the next one.
 *
 * Fields: f full again at; s sum and w width of slots, p newest slot, c0..c20 calls by slot; b blocked until; q calls left until u;
 * x when the key ends.
 */
export const rateLimitScript = `
local what, now = ARGV[1], tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1e6 + tonumber(time[2])
end
local SLOTS, RING, EPSILON = 20, 21, 1e-9
local wanted, share = tonumber(ARGV[3]), tonumber(ARGV[4])
local rate, burst, most, windowUs = 0, 0, 0, 0
if what == 'take' then
  rate, burst, most, windowUs = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]) * 1000
end
local slotWidth, slot = windowUs / SLOTS, 0
if rate > 0 then slot = math.floor(now / slotWidth) end
local place = 'c' .. (slot % RING)

local state = redis.call('HMGET', KEYS[1], 'f', 's', 'w', 'p', 'b', 'q', 'u', 'x', place)
local full, sum, width, newest = tonumber(state[1]) or 0, tonumber(state[2]) or 0, tonumber(state[3]) or 0, tonumber(state[4]) or 0
local blocked, quota, quotaUntil = tonumber(state[5]) or 0, tonumber(state[6]) or 0, tonumber(state[7]) or 0
local expires, here = tonumber(state[8]) or 0, tonumber(state[9]) or 0

local function keep(untilUs)
  if expires > untilUs + 6e7 then return end
  local ms = math.ceil((untilUs - now) / 1000) + 120000
  redis.call('PEXPIRE', KEYS[1], ms)
  redis.call('HSET', KEYS[1], 'x', now + ms * 1000)
end

if what == 'block' then
  blocked = math.max(blocked, now + tonumber(ARGV[3]) * 1000)
  redis.call('HSET', KEYS[1], 'b', blocked)
  keep(blocked)
  return { 0, 0 }
end

if what == 'announce' then
  if now < quotaUntil then
    redis.call('HSET', KEYS[1], 'q', math.min(quota, tonumber(ARGV[3])))
  else
    quotaUntil = now + tonumber(ARGV[4]) * 1000
    redis.call('HSET', KEYS[1], 'q', ARGV[3], 'u', quotaUntil)
    keep(quotaUntil)
  end
  return { 0, 0 }
end

if now < blocked then return { 0, math.ceil(blocked - now) } end

local granted, waits = wanted, {}
local function rule(left, nextUs)
  granted = math.min(granted, left)
  waits[#waits + 1] = { left, nextUs }
end

if rate > 0 then
  local interval = 1e6 / rate
  local tokens = burst - math.max(0, full - now) / interval - math.floor(burst * share + EPSILON)
  local left = math.max(0, math.floor(tokens + EPSILON))
  rule(left, math.ceil((left + 1 - tokens) * interval))

  if width ~= slotWidth then
    for ring = 0, RING - 1 do redis.call('HDEL', KEYS[1], 'c' .. ring) end
    here = sum
    redis.call('HSET', KEYS[1], 'w', slotWidth, 'p', slot, place, here)
  elseif slot > newest then
    for old = math.max(newest + 1, slot - RING + 1), slot do
      local field = 'c' .. (old % RING)
      sum = sum - (tonumber(redis.call('HGET', KEYS[1], field)) or 0)
      redis.call('HDEL', KEYS[1], field)
    end
    here = 0
    redis.call('HSET', KEYS[1], 's', sum, 'p', slot)
  end
  local rest = math.max(0, most - math.floor(most * share + EPSILON) - sum)
  local freeUs = 0
  if rest < wanted then
    local oldest = slot
    for back = SLOTS, 1, -1 do
      if redis.call('HEXISTS', KEYS[1], 'c' .. ((slot - back) % RING)) == 1 then
        oldest = slot - back
        break
      end
    end
    freeUs = math.ceil((oldest + RING) * slotWidth - now)
  end
  rule(rest, freeUs)
end
if now < quotaUntil then rule(quota, math.ceil(quotaUntil - now)) end

granted = math.max(0, granted)
if granted > 0 then
  if now < quotaUntil then redis.call('HINCRBY', KEYS[1], 'q', -granted) end
  if rate > 0 then
    full = math.max(full, now) + granted * 1e6 / rate
    redis.call('HSET', KEYS[1], 'f', full, 's', sum + granted, place, here + granted)
    keep(math.max(full, now + 2 * windowUs))
  end
end
local waitUs = 0
if granted < wanted then
  waitUs = 1
  for _, each in ipairs(waits) do
    if each[1] <= granted then waitUs = math.max(waitUs, each[2]) end
  end
end
return { granted, waitUs }
`;
