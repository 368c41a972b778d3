# Sourced by deploy/bench: starts and stops a suite of its own in a folder of its own, and knows its processes.
# shellcheck shell=bash disable=SC2034,SC2154
export CASEBOOK_HOME=$work/home CASEBOOK_LOG_LEVEL=warning
# The load comes from one address with one key.
export CASEBOOK_LIMIT_ADDRESS_REQUESTS=0 CASEBOOK_LIMIT_PRINCIPAL_REQUESTS=0 CASEBOOK_LIMIT_WORKSPACE_REQUESTS=0
# Thousands of idle readers come from one address with one key, too.
export CASEBOOK_HTTP_CONNECTIONS_PER_ADDRESS=0 CASEBOOK_EVENTS_STREAMS_PER_PRINCIPAL=100000
# Which service is measured, by the name of its role, and which of its statements pgbench runs.
role=tickets wanted='FROM tickets.ticket AS t'
pgbench=$(find /usr/lib/postgresql -name pgbench -path '*/bin/*' | sort -V | tail -n 1)
supervisor=0

start_suite() {
    local i
    : >"$work/up.log"
    "$CASEBOOK_PRODUCTS/casebook" up >"$work/up.log" 2>&1 &
    supervisor=$!
    for ((i = 0; i < 2000; i++)); do
        grep -q 'Ctrl-C stops everything' "$work/up.log" && break
        kill -0 "$supervisor" 2>/dev/null || { cat "$work/up.log" >&2; exit 1; }
        sleep 0.05
    done
    processes=$(tr -d ' \n' <"$CASEBOOK_HOME/run/processes.json")
    address=$(sed -nE 's/^Address: +//p' "$work/up.log")
    tickets_pid=$(pid_of tickets) postgres_pid=$(pid_of postgres)
    service=http://127.0.0.1:$(port_of tickets)
    socket=$(find "$CASEBOOK_HOME" -maxdepth 3 -name '.s.PGSQL.*' -not -name '*.lock' -printf '%h\n' | head -n 1)
}

stop_suite() {
    ((supervisor)) || return 0
    kill -INT "$supervisor" 2>/dev/null && wait "$supervisor" 2>/dev/null || true
    supervisor=0
}

# Goes on with the suite of another folder, and the tickets that it has.
move_to() {
    stop_suite
    export CASEBOOK_HOME=$1
    start_suite
    sign_in
    seeded=$(sql --command 'SELECT count(*) FROM tickets.ticket')
}

# Stops the suite, starts it again on its data, and notes how long that took.
restart_suite() {
    local before
    stop_suite
    before=$(date +%s%N)
    start_suite
    note "start" "$((($(date +%s%N) - before) / 1000000))"
}

# What `casebook up` wrote down: process ids, ports, passwords.
pid_of() { sed -nE "s/.*\"$1\":\{[^}]*\"pid\":([0-9]+).*/\1/p" <<<"$processes"; }
port_of() { tr -d ' \n' <"$CASEBOOK_HOME/ports.json" | sed -nE "s/.*\"$1\":([0-9]+).*/\1/p"; }
password() {
    tr -d ' \n' <"$CASEBOOK_HOME/credentials.json" |
        sed -nE "s/.*\"databasePasswords\":\{[^}]*\"$1\":\"([^\"]+)\".*/\1/p"
}

sign_in() {
    local me
    key=$("$CASEBOOK_PRODUCTS/casebook" admin create-key admin@example.com | grep -oE 'cbk_[^ ]+' | head -n 1)
    me=$(curl -sS -H "Authorization: Bearer $key" "$address/v1/workspaces/current")
    workspace=$(grep -oE '"id":"[0-9a-f-]{36}"' <<<"$me" | head -n 1 | cut -d'"' -f4)
    [[ -n $workspace ]] || { echo "The bench could not sign in." >&2; cat "$work/up.log" >&2; exit 1; }
}

# A token of the service's own form: it lives 60 s, so each measurement takes its own.
token() {
    curl -sS -H 'Content-Type: application/json' -d "{\"credential\":\"$key\"}" \
        "http://127.0.0.1:$(port_of identity)/v1/tokens" | grep -oE '"token":"[^"]+"' | cut -d'"' -f4
}

# Statements as the administrator of the cluster, who sees all rows.
sql() {
    PGPASSWORD=$(password casebook_admin) psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 \
        --host "$socket" --port "$(port_of postgres)" --username casebook_admin --dbname casebook "$@"
}

note() { echo "$1 $2" >>"$work/figures"; }

resident_of_all() {
    local name
    for name in identity customers tickets tasks gateway; do
        awk -v name="$name" '/VmRSS/ {printf "%s=%.0f ", name, $2 / 1024}' "/proc/$(pid_of "$name")/status"
    done
}

# CPU time in milliseconds of processes and of their children that have ended; one that ends meanwhile counts nothing.
cpu() {
    { cat "$@" 2>/dev/null || true; } | awk -v hz="$(getconf CLK_TCK)" \
        '{sub(/.*\) /, ""); total += $12 + $13 + $14 + $15} END {printf "%d", total * 1000 / hz}'
}
cpu_service() { cpu "/proc/$tickets_pid/stat"; }
cpu_postgres() {
    local files=("/proc/$postgres_pid/stat") child
    for child in $(pgrep -P "$postgres_pid"); do files+=("/proc/$child/stat"); done
    cpu "${files[@]}"
}
