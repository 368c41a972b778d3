# Sourced by deploy/bench: takes the statements that the service sends out of PostgreSQL's own log, so that pgbench runs
# the very same ones, and the plans out of auto_explain.
# shellcheck shell=bash disable=SC2154

# Sets or resets how sessions of the service log, and has it open new ones.
log_statements() {
    sql --command "ALTER ROLE $role $1 log_min_duration_statement${2:+ = $2}"
    renew_sessions
}

# Ends the service's sessions and waits until it has new ones: settings of a role hold from a session's start.
renew_sessions() {
    local i
    sql --command "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '$role'" >/dev/null
    for ((i = 0; i < 200; i++)); do
        curl -sS -o /dev/null --fail "$service/readyz" 2>/dev/null &&
            (($(sql --command "SELECT count(*) FROM pg_stat_activity WHERE usename = '$role'") >= 10)) && return
        sleep 0.1
    done
    echo "The $role service did not get its sessions back." >&2
    return 1
}

# What the log holds after `$1` bytes, once it has come to rest.
log_after() {
    sleep 0.5
    tail -c "+$(($1 + 1))" "$CASEBOOK_HOME/logs/postgres.log"
}
log_size() { wc -c <"$CASEBOOK_HOME/logs/postgres.log"; }

# capture FILE CURL-ARGUMENT...: writes what one request makes the service execute, with its values, for pgbench.
capture() {
    local file=$1 before
    shift
    curl -sS --fail -o /dev/null -H "Authorization: Bearer $(token)" "$@"
    before=$(log_size)
    curl -sS --fail -o "$file.answer" -H "Authorization: Bearer $(token)" "$@"
    log_after "$before" | awk -v wanted="$wanted" -f deploy/benchmark/statements.awk >"$file"
    [[ -s $file ]] || { echo "The log shows no statement of $*." >&2; return 1; }
}

# print_plans COMMAND: prints the plans of what the command lists, as the service ran them, functions' own statements
# included.
print_plans() {
    local setting what path before
    for setting in "session_preload_libraries = 'auto_explain'" "auto_explain.log_min_duration = 0" \
        "auto_explain.log_analyze = on" "auto_explain.log_buffers = on" "auto_explain.log_nested_statements = on"; do
        sql --command "ALTER ROLE $role SET $setting"
    done
    renew_sessions
    while IFS=$'\t' read -r what path; do
        curl -sS -o /dev/null -H "Authorization: Bearer $(token)" "$service$path"
        before=$(log_size)
        curl -sS -o /dev/null -H "Authorization: Bearer $(token)" "$service$path"
        printf '\n=== %s: GET %s\n' "$what" "$path"
        log_after "$before" | awk -v wanted="$wanted|tickets.search" '
            /LOG:  duration: .* plan:/ {
                show()
                isPlan = 1
                head = $0
                sub(/^.*duration: /, "-- ", head)
                next
            }
            /^\t/ && isPlan { plan = plan substr($0, 2) "\n"; next }
            { isPlan = 0 }
            function show() {
                # Workers are at work beside: theirs are other statements.
                if (plan ~ wanted && plan !~ /learn_words|core\./)
                    printf "%s\n%s", head, plan
                plan = ""
            }
            END { show() }'
    done < <("$1")
    sql --command "ALTER ROLE $role RESET ALL"
    renew_sessions
}

# The lists and searches, each with what it is: the names in the data decide the filters.
query_paths() {
    sql --field-separator=$'\t' <<'SQL'
WITH sample AS (SELECT * FROM tickets.ticket WHERE status <> 'closed' AND assignee_id IS NOT NULL LIMIT 1),
owned AS (SELECT * FROM tickets.ticket WHERE individual_id IS NOT NULL ORDER BY id DESC LIMIT 1),
company AS (SELECT * FROM tickets.ticket WHERE organization_id IS NOT NULL ORDER BY id DESC LIMIT 1),
teamed AS (SELECT * FROM tickets.ticket WHERE team_id IS NOT NULL ORDER BY id DESC LIMIT 1),
text AS (SELECT description FROM tickets.ticket TABLESAMPLE SYSTEM (5) LIMIT 3000),
word AS (
    SELECT lower(w) AS word, count(DISTINCT description)::float8 / (SELECT count(*) FROM text) AS share
    FROM text, regexp_split_to_table(description, '[^[:alpha:]]+') AS w
    WHERE w ~ '^[A-Za-z]{4,}$' GROUP BY 1)
SELECT 'newest', '/v1/tickets?limit=50' UNION ALL
SELECT 'oldest', '/v1/tickets?limit=50&sort=created_at' UNION ALL
SELECT 'changed', '/v1/tickets?limit=50&sort=-updated_at' UNION ALL
SELECT 'urgent', '/v1/tickets?limit=50&sort=-priority' UNION ALL
SELECT 'one status', '/v1/tickets?limit=50&status=open' UNION ALL
SELECT 'closed', '/v1/tickets?limit=50&status=closed' UNION ALL
SELECT 'one assignee', '/v1/tickets?limit=50&assignee=' || assignee_id FROM sample UNION ALL
SELECT 'nobody''s', '/v1/tickets?limit=50&assignee=none' UNION ALL
SELECT 'one team', '/v1/tickets?limit=50&team=' || team_id FROM teamed UNION ALL
SELECT 'one person''s', '/v1/tickets?limit=50&individual=' || individual_id FROM owned UNION ALL
SELECT 'one company''s', '/v1/tickets?limit=50&organization=' || organization_id FROM company UNION ALL
SELECT 'counted', '/v1/tickets?limit=50&count=true' UNION ALL
(SELECT 'a search, rare word', '/v1/tickets?q=' || word FROM word ORDER BY share, word LIMIT 1) UNION ALL
(SELECT 'a search, word of 10 %', '/v1/tickets?q=' || word FROM word ORDER BY abs(share - 0.1), word LIMIT 1) UNION ALL
(SELECT 'a search, word of 40 %', '/v1/tickets?q=' || word FROM word ORDER BY abs(share - 0.4), word LIMIT 1) UNION ALL
(SELECT 'a search, mistyped', '/v1/tickets?q=' || left(word, 3) || 'x' || substr(word, 4) FROM word
    WHERE length(word) > 7 ORDER BY abs(share - 0.1), word LIMIT 1) UNION ALL
SELECT 'a search, end of a number', '/v1/tickets?q=' || right(case_number, 4) FROM sample UNION ALL
SELECT 'a search in one status', '/v1/tickets?status=closed&q=' || word
FROM (SELECT word FROM word ORDER BY abs(share - 0.1), word LIMIT 1) AS w
SQL
}
