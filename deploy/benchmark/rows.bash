# Sourced by deploy/bench: what is measured. Each figure is "NUMBER-OF-TICKETS NAME RATE SERVICE-MS POSTGRESQL-MS".
# shellcheck shell=bash disable=SC2154
seeded=0 sent=0

# measure NAME COMMAND...: the command prints requests and requests per second; notes both CPU times beside them.
measure() {
    local name=$1 before_service before_postgres answer
    shift
    before_service=$(cpu_service) before_postgres=$(cpu_postgres)
    answer=$("$@")
    awk -v size="$size" -v name="$name" -v s="$(($(cpu_service) - before_service))" \
        -v p="$(($(cpu_postgres) - before_postgres))" \
        '{printf "%d %s %.1f %.4f %.4f\n", size, name, $2, s / $1, p / $1}' <<<"$answer" >>"$work/figures"
}

load() {
    wrk --threads 1 --connections "$connections" --duration "${seconds}s" "$@" >"$work/wrk"
    if grep -qE 'Non-2xx|Socket errors' "$work/wrk"; then
        echo "Not every request succeeded: $(grep -hE 'Non-2xx|Socket errors' "$work/wrk")" >&2
        return 1
    fi
    awk '/requests in/ {n = $1} /Requests\/sec/ {r = $2} END {print n, r}' "$work/wrk"
}
bearer() { load --header "Authorization: Bearer $(token)" "$@"; }

# database CLIENTS FILE...: pgbench with scripts, each chosen as often as the others.
database() {
    local scripts=() clients=$1 file
    shift
    for file in "$@"; do scripts+=(--file "$file"); done
    PGPASSWORD=$(password "$role") "$pgbench" --no-vacuum --protocol prepared --client "$clients" --jobs 1 \
        --time "$seconds" "${scripts[@]}" --host "$socket" --port "$(port_of postgres)" --username "$role" casebook \
        >"$work/pgbench" 2>"$work/pgbench.err" || { head -n 5 "$work/pgbench.err" >&2; return 1; }
    awk '/transactions actually processed/ {n = $NF} /^tps =/ {r = $3} END {sub(/\/.*/, "", n); print n, r}' \
        "$work/pgbench"
}

# Eight users who type the next letter as soon as they are answered, which no person does.
typing() {
    BENCH_PATHS=$work/typed wrk --threads 1 --connections 8 --duration "${seconds}s" --latency \
        --header "Authorization: Bearer $(token)" --script deploy/benchmark/paths.lua "$service" >"$work/wrk"
    if grep -q 'Non-2xx' "$work/wrk"; then grep 'Non-2xx' "$work/wrk" >&2 && return 1; fi
    awk -v size="$size" '
        function milliseconds(text) { return text * (text ~ /us$/ ? 0.001 : text ~ /ms$/ ? 1 : 1000) }
        $1 == "50%" {half = milliseconds($2)} $1 == "99%" {most = milliseconds($2)} /Requests\/sec/ {rate = $2}
        END {printf "%d typing %.1f %.1f %.1f\n", size, rate, half, most}' "$work/wrk" >>"$work/figures"
}

seed() {
    local before
    (($1 > seeded)) || return 0
    before=$(date +%s%N)
    echo "Seeding $(($1 - seeded)) tickets and tasks"
    "$CASEBOOK_PRODUCTS/casebook" seed --tickets "$(($1 - seeded))" --seed "$1" --add >"$work/seed.log" 2>&1 ||
        { cat "$work/seed.log" >&2; return 1; }
    note "seeded_$1" "$(($1 - seeded)) $((($(date +%s%N) - before) / 1000000))"
    seeded=$1
    sql --command 'VACUUM ANALYZE' --command CHECKPOINT
}

# What is asked for: tickets all over the table, and words as people type them, letter by letter.
choose() {
    local id
    sql --command "SELECT '/v1/tickets/' || id FROM tickets.ticket WHERE workspace_id = '$workspace'
        ORDER BY md5(id::text) LIMIT 100" >"$work/shown"
    sql --command "
        WITH told AS (SELECT description, owner_label, case_number FROM tickets.ticket
            WHERE workspace_id = '$workspace' ORDER BY md5(id::text) LIMIT 60),
        word AS (
            SELECT w FROM (SELECT DISTINCT regexp_split_to_table(description, '[^[:alpha:]]+') AS w FROM told) AS d
            WHERE length(w) BETWEEN 4 AND 12 ORDER BY md5(w) LIMIT 40),
        typed AS (
            SELECT w FROM word UNION ALL
            (SELECT left(owner_label, 14) FROM told LIMIT 10) UNION ALL (SELECT right(case_number, 5) FROM told LIMIT 5)
            UNION ALL (SELECT left(w, 3) || 'q' || substr(w, 4) FROM word WHERE length(w) > 7 LIMIT 5))
        SELECT '/v1/tickets?limit=20&q='
            || regexp_replace(encode(convert_to(left(w, n), 'UTF8'), 'hex'), '(..)', '%\\1', 'g')
        FROM typed, generate_series(3, length(w)) AS n WHERE left(w, n) !~ '\\s\$'" >"$work/typed"
    id=$(sql --command "SELECT id FROM customers.individual WHERE workspace_id = '$workspace' LIMIT 1")
    body='{"owner":{"individual_id":"'$id'"},"priority":"high","description":"The boiler in the cellar shows error F28 '
    body+='since this morning and does not start again. It was serviced in spring."}'
    rm -f "$work"/read.*.sql
    log_statements SET 0
    while read -r path; do capture "$work/read.${path##*/}.sql" "$service$path"; done < <(head -n 20 "$work/shown")
    capture "$work/list.sql" "$service/v1/tickets?limit=50"
    capture_create
    log_statements RESET
    choose_worklist
}

# The statement that writes the ticket, without the one before it that counts, its ids and its key made anew each time.
capture_create() {
    local before claim=bench-$RANDOM$RANDOM answer id number
    before=$(log_size)
    answer=$(curl -sS --fail -H "Authorization: Bearer $(token)" -H 'Content-Type: application/json' \
        -H "Idempotency-Key: $claim" --data "$body" "$service/v1/tickets")
    id=$(grep -oE '"id":"[0-9a-f-]{36}"' <<<"$answer" | head -n 1 | cut -d'"' -f4)
    number=$(grep -oE '"case_number":"[0-9]+"' <<<"$answer" | cut -d'"' -f4)
    log_after "$before" >"$work/create.log"
    grep -oE "'[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}'" "$work/create.log" | tr -d "'" |
        sort -u >"$work/create.ids"
    # New are those of the ticket's own millisecond.
    awk -v wanted='INSERT INTO tickets.ticket' -v number="$number" \
        -v own="$(grep "^${id:0:13}" "$work/create.ids" | paste -sd '|')" \
        -f deploy/benchmark/statements.awk "$work/create.log" >"$work/create.sql"
}

# Seeds up to a number of tickets and measures there.
measure_at() {
    local i
    size=$1
    seed "$size"
    choose
    wait_idle
    echo "Warming up"
    load "$service/healthz" >/dev/null
    BENCH_PATHS=$work/shown bearer --script deploy/benchmark/paths.lua "$service" >/dev/null
    for ((i = 1; i <= runs; i++)); do
        echo "$size tickets, run $i of $runs: ${seconds} s each, $connections connections"
        measure bare load "$service/healthz"
        BENCH_PATHS=$work/shown measure read bearer --script deploy/benchmark/paths.lua "$service"
        measure read_database database "$connections" "$work"/read.*.sql
        BENCH_PATHS=$work/shown measure gateway load --header "Authorization: Bearer $key" \
            --script deploy/benchmark/paths.lua "$address"
        measure list bearer "$service/v1/tickets?limit=50"
        measure list_database database "$connections" "$work/list.sql"
        measure_worklist
        typing
    done
    # Last, since they add tickets.
    for ((i = 1; i <= runs; i++)); do
        echo "$size tickets, opening more, run $i of $runs"
        BENCH_BODY=$body BENCH_KEY=$size-$i-$RANDOM measure create bearer \
            --script deploy/benchmark/create.lua "$service"
        # Eight fill two cores; with 32 some wait 50 ms for room in a table, and the limit for keys ends them.
        measure create_database database 8 "$work/create.sql"
    done
    forget_opened
}

# Takes away the tickets that were opened here: they are the newest, all say the same, and searches look there first.
forget_opened() {
    sql --command "CREATE TEMPORARY TABLE opened AS
            SELECT id FROM tickets.ticket WHERE description LIKE '%error F28%'" \
        --command 'DELETE FROM core.activity WHERE subject_id IN (SELECT id FROM opened)' \
        --command 'DELETE FROM tickets.search_text WHERE ticket_id IN (SELECT id FROM opened)' \
        --command 'DELETE FROM tickets.ticket WHERE id IN (SELECT id FROM opened)'
    sql --command VACUUM
}

# Sends reads until the service has answered so many.
send_reads() {
    local before
    (($1)) || return 0
    echo "Sending $1 reads"
    while ((sent < $1)); do
        before=$(BENCH_PATHS=$work/shown bearer --script deploy/benchmark/paths.lua "$service")
        sent=$((sent + ${before%% *}))
    done
    note sent "$sent"
}
