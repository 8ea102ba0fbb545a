-- What wrk sends. Arguments: the file of the body, "warm" or "cold", and a salt that no other run has.
-- Warm: every request is the same. Cold: the word SALT of the body is another in every request, so no address was ever asked for before.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local body = file:read("*a")
  file:close()
  if args[2] == "warm" then
    wrk.body = body:gsub("SALT", "warm")
    return
  end
  local count = 0
  -- wrk builds each request anew when there is a global function of this name.
  function request()
    count = count + 1
    return wrk.format(nil, nil, nil, (body:gsub("SALT", args[3] .. "n" .. count)))
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"bytes":%d,"errors":%d,"p50":%.3f,"p99":%.3f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
