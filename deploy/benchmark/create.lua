-- For wrk: opens tickets with the body that BENCH_BODY holds, each under a key of its own that starts with BENCH_KEY.
local body, key, count = os.getenv("BENCH_BODY"), os.getenv("BENCH_KEY"), 0
request = function()
    count = count + 1
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Idempotency-Key"] = key .. "-" .. count
    return wrk.format("POST", "/v1/tickets", nil, body)
end
