# Sourced by deploy/bench: what a migration's lock costs those who work meanwhile (R-11).
# shellcheck shell=bash disable=SC2154
tries=0 held=0

# Adds a nullable column to the tickets five times while people list and open them. PostgreSQL's log tells how long
# others waited for the table.
measure_locks() {
    local i before bearer relation failed lists opened
    wait_idle
    bearer=$(token)
    echo "Locks: a column more, five times, while tickets are listed and opened"
    relation=$(sql --command "SELECT 'tickets.ticket'::regclass::oid")
    sql --command "ALTER ROLE tickets SET log_lock_waits = on" \
        --command "ALTER ROLE tickets SET deadlock_timeout = 1"
    renew_sessions
    before=$(log_size)
    wrk --threads 1 --connections 8 --duration 15s --timeout 20s --header "Authorization: Bearer $bearer" \
        "$service/v1/tickets?limit=50" >"$work/wrk.lists" 2>&1 &
    lists=$!
    BENCH_BODY=$body BENCH_KEY=locks-$RANDOM wrk --threads 1 --connections 4 --duration 15s --timeout 20s \
        --header "Authorization: Bearer $bearer" --script deploy/benchmark/create.lua "$service" \
        >"$work/wrk.opened" 2>&1 &
    opened=$!
    sleep 2
    for ((i = 1; i <= 5; i++)); do
        add_column "bench_$i"
        sleep 1
    done
    wait "$lists" "$opened" || true
    failed=$(awk '/Non-2xx/ {n += $NF} END {print n + 0}' "$work/wrk.lists" "$work/wrk.opened")
    note locks "$size $(awk -v t="$tries" 'BEGIN {print t / 5}') $held $(log_after "$before" |
        awk -v relation="$relation" '
        / acquired [A-Za-z]+Lock on relation / && !/AccessExclusiveLock/ {
            for (i = 1; i < NF; i++) {
                if ($i == "relation") at = $(i + 1)
                if ($i == "after") took = $(i + 1)
            }
            if (at != relation) next
            waits++
            if (took > most) most = took
        }
        END { printf "%.1f %d", most, waits }') $failed"
    sql --command "ALTER ROLE tickets RESET ALL" --command "ALTER TABLE tickets.ticket DROP COLUMN bench_1,
        DROP COLUMN bench_2, DROP COLUMN bench_3, DROP COLUMN bench_4, DROP COLUMN bench_5"
    renew_sessions
    forget_opened
}

# add_column NAME: as the runner of migrations does it, with 200 ms for the lock, and another try a moment later. Counts
# the tries, and keeps the longest time from having the lock to having committed.
add_column() {
    local took
    while ((tries < 500)); do
        tries=$((tries + 1))
        if took=$(sql 2>"$work/locks.err" <<SQL
BEGIN;
SET LOCAL lock_timeout = '200ms';
LOCK TABLE tickets.ticket IN ACCESS EXCLUSIVE MODE;
SELECT clock_timestamp() AS since \gset
ALTER TABLE tickets.ticket ADD COLUMN $1 text;
COMMIT;
SELECT round(extract(epoch FROM clock_timestamp() - :'since'::timestamptz) * 1000, 1);
SQL
        ); then
            held=$(awk -v a="$held" -v b="$took" 'BEGIN {print (a > b ? a : b)}')
            return
        fi
        grep -q 'lock timeout' "$work/locks.err" || { cat "$work/locks.err" >&2; return 1; }
        sleep "0.$((RANDOM % 4 + 1))"
    done
    echo "No lock was to be had for $1." >&2
    return 1
}
