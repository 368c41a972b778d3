# Sourced by deploy/bench: the live stream, overload, fairness and sign-ins. Their figures are notes of one run each:
# ratios inside the run, or times against a target.
# shellcheck shell=bash disable=SC2154

# Waits until consumers have caught up with what was seeded: the services and PostgreSQL use next to no time for 3 s.
wait_idle() {
    local i quiet=0 before
    for ((i = 0; i < 240 && quiet < 6; i++)); do
        before=$(($(cpu_all) + $(cpu_postgres)))
        sleep 0.5
        if (($(cpu_all) + $(cpu_postgres) - before <= 30)); then quiet=$((quiet + 1)); else quiet=0; fi
    done
    ((quiet == 6)) || echo "The suite did not come to rest in 2 minutes; it is measured as it is." >&2
}
cpu_all() {
    local name files=()
    for name in identity customers tickets tasks gateway; do files+=("/proc/$(pid_of "$name")/stat"); done
    cpu "${files[@]}"
}

# How long a change takes until another reader has it, and what idle readers cost.
measure_stream() {
    wait_idle
    echo "The live stream: $changes changes, $streams readers"
    note change "$(python3 deploy/benchmark/ask.py change "$address" "$key" "$changes" <<<"$body")"
    forget_opened
    wait_idle
    note streams "$streams $(python3 deploy/benchmark/ask.py idle "$address" "$key" "$streams" "$(pid_of gateway)")"
}

# rate CONNECTIONS PATHS URL ARGUMENT...: good answers and refusals a second, and the median and 99th percentile in ms,
# when the paths of a file are asked for.
rate() {
    local connections=$1 paths=$2
    shift 2
    BENCH_PATHS=$paths wrk --threads 1 --connections "$connections" --duration "${seconds}s" --latency \
        --timeout 20s --script deploy/benchmark/paths.lua "$@" >"$work/wrk.rate"
    awk '
        function milliseconds(text) { return text * (text ~ /us$/ ? 0.001 : text ~ /ms$/ ? 1 : 1000) }
        $1 == "50%" {half = milliseconds($2)} $1 == "99%" {most = milliseconds($2)}
        /requests in/ {n = $1} /Requests\/sec/ {r = $2} /Non-2xx/ {bad = $NF} /Socket errors/ {failed = $0}
        END {
            if (!n) exit 1
            printf "%.1f %.1f %.1f %.1f\n", r * (n - bad) / n, r * bad / n, half, most
        }' "$work/wrk.rate"
}

# More than a service may have under way: some ask on at once whenever they are refused, which is far beyond three times
# what it can do. Meanwhile others note how long a refusal takes, and after it the rate is to be what it was.
measure_overload() {
    local peak over after i bearer
    wait_idle
    bearer=$(token)
    echo "Overload: $connections connections, then $((limit_under_way + connections * 4)), then $connections"
    peak=$(rate "$connections" "$work/shown" --header "Authorization: Bearer $(token)" "$service")
    : >"$work/refusals"
    for ((i = 0; i < 40; i++)); do
        sleep "$(awk -v s="$seconds" -v i="$i" 'BEGIN {printf "%.2f", i ? s * 0.8 / 40 : s * 0.1}')"
        curl -sS -o /dev/null -w '%{http_code} %{time_total}\n' -H "Authorization: Bearer $bearer" --max-time 20 \
            "$service/v1/tickets?limit=1" >>"$work/refusals" || true
    done &
    over=$(rate $((limit_under_way + connections * 4)) "$work/shown" --header "Authorization: Bearer $(token)" \
        "$service")
    wait $!
    after=$(rate "$connections" "$work/shown" --header "Authorization: Bearer $(token)" "$service")
    note overload "$peak $over $after $(awk '$1 == 503 {print $2 * 1000}' "$work/refusals" | sort -n |
        awk '{t[NR] = $1} END {printf "%d %.0f", NR, t[int(NR * 0.99 + 0.99)]}')"
}

# An open model: requests for a list arrive at three times the rate that was reached, however long answers take (R-9).
measure_open_overload() {
    local k6 where base bearer peak
    k6=$(deploy/tool k6 1.1.0 k6)
    echo "/v1/tickets?limit=50" >"$work/listed"
    for where in service gateway; do
        wait_idle
        base=$service bearer=$(token)
        [[ $where == service ]] || base=$address bearer=$key
        peak=$(rate "$connections" "$work/listed" --header "Authorization: Bearer $bearer" "$base")
        peak=${peak%% *}
        [[ $where == gateway ]] || bearer=$(token)
        echo "Open overload of the $where: three times $peak requests a second for $overload_seconds s"
        BENCH_URL="$base/v1/tickets?limit=50" BENCH_BEARER=$bearer BENCH_PEAK=$peak BENCH_SECONDS=$overload_seconds \
            BENCH_OUTPUT=$work/open "$k6" run --quiet --no-usage-report --no-color deploy/benchmark/overload.js \
            >"$work/k6.log" 2>&1 || { tail -n 20 "$work/k6.log" >&2; return 1; }
        note "open_$where" "$peak $(cat "$work/open")"
    done
}

# Guesses at accounts that are there and at as many that are not; then what 50 sign-ins at once do to other requests.
measure_sign_in() {
    local mails quiet busy
    sql --command 'DELETE FROM identity.throttle'
    mapfile -t mails < <(sql --command "SELECT email FROM identity.user, generate_series(1, 8)
        WHERE workspace_id = '$workspace' AND is_active ORDER BY generate_series, email LIMIT $guesses")
    wait_idle
    echo "Sign-ins: ${#mails[@]} guesses at accounts and as many at none, then 50 at once"
    note guesses "${#mails[@]} $(python3 deploy/benchmark/ask.py sign-in "http://127.0.0.1:$(port_of identity)" "${mails[@]}")"
    quiet=$(python3 deploy/benchmark/ask.py pace "$address" "$key" 200 "/v1/tickets?limit=50")
    seq 50 | xargs -P 50 -I N curl -sS -o /dev/null -H 'Content-Type: application/json' --max-time 60 \
        -d '{"workspace":"main","email":"burst-N@example.com","password":"not the password"}' \
        "http://127.0.0.1:$(port_of identity)/v1/sessions" &
    busy=$(python3 deploy/benchmark/ask.py pace "$address" "$key" 200 "/v1/tickets?limit=50")
    wait $! || true
    note burst "$quiet $busy"
}

# With the limits on credentials and workspaces that everybody has (all come from one address here): what a workspace
# that asks far beyond its own costs another.
measure_fairness() {
    local other quiet busy
    stop_suite
    unset CASEBOOK_LIMIT_PRINCIPAL_REQUESTS CASEBOOK_LIMIT_WORKSPACE_REQUESTS
    start_suite
    sign_in
    "$CASEBOOK_PRODUCTS/casebook" admin create-workspace other --mail other@example.com >/dev/null
    other=$("$CASEBOOK_PRODUCTS/casebook" admin create-key other@example.com --workspace other |
        grep -oE 'cbk_[^ ]+' | head -n 1)
    wait_idle
    echo "Fairness: one workspace asks far beyond its quota, another 40 times a second"
    quiet=$(python3 deploy/benchmark/ask.py pace "$address" "$other" 400 "/v1/tickets?limit=50")
    wrk --threads 1 --connections 4 --duration 12s --header "Authorization: Bearer $key" \
        "$address/v1/tickets?limit=50" >"$work/wrk.loud" 2>&1 &
    busy=$(python3 deploy/benchmark/ask.py pace "$address" "$other" 400 "/v1/tickets?limit=50")
    wait $! || true
    note fairness "$quiet $busy"
}
