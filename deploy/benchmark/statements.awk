# Makes of PostgreSQL's log of one request a script for pgbench: the statement that matches `wanted` behind the settings
# that its session had for it, their values in place of $1, $2 and so on, in one pipeline.
# `own` names ids (separated by |) that each run needs anew, `number` a case number: they and the hashes of an
# idempotency key are replaced by expressions, so that a statement that inserts can be run many times.

function literal(value,    quoted) {
    if (value == "NULL") return value
    if (number != "" && value == "'" number "'")
        return "(100000000000000 + floor(random() * 800000000000000))::bigint::text"
    if (own != "" && value ~ ("^'(" own ")'$"))
        return "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' ||" \
            " substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid"
    # The hashes of an idempotency key and of its request.
    if (own != "" && length(value) == 68 && value ~ /^'\\x[0-9a-f]+'$/)
        return "decode(md5(random()::text) || md5(random()::text), 'hex')"
    # pgbench takes a colon before a letter for a variable of its own, in strings too.
    if (index(value, ":")) {
        gsub(/\\/, "\\\\", value)
        gsub(/:/, "\\072", value)
        value = "E" value
    }
    return value
}

# Reads "$1 = 'a', $2 = NULL" into `values`.
function read_values(text,    n, rest, end) {
    delete values
    while (match(text, /^(, )?\$[0-9]+ = /)) {
        n = substr(text, 1, RLENGTH)
        gsub(/[^0-9]/, "", n)
        text = substr(text, RLENGTH + 1)
        if (substr(text, 1, 4) == "NULL") {
            values[n] = "NULL"
            text = substr(text, 5)
            continue
        }
        end = 2
        while (1) {
            if (substr(text, end, 2) == "''") { end += 2; continue }
            if (substr(text, end, 1) == "'" || end > length(text)) break
            end++
        }
        values[n] = substr(text, 1, end)
        text = substr(text, end + 1)
    }
}

function finish(    out, rest, n) {
    if (statement == "") return
    read_values(parameters)
    out = ""
    rest = statement
    while (match(rest, /\$[0-9]+/)) {
        n = substr(rest, RSTART + 1, RLENGTH - 1)
        out = out substr(rest, 1, RSTART - 1) literal(n in values ? values[n] : "NULL")
        rest = substr(rest, RSTART + RLENGTH)
    }
    out = out rest ";\n"
    if (statement ~ /^SELECT set_config/) settings[session] = out
    else if (script == "" && statement ~ wanted) script = settings[session] out
    statement = parameters = ""
}

/LOG:  duration: .* execute [^:]+: / {
    finish()
    match($0, /\[[0-9]+\]/)
    session = substr($0, RSTART, RLENGTH)
    statement = $0
    sub(/^.* execute [^:]+: /, "", statement)
    part = "statement"
    next
}
/DETAIL:  parameters: / && part == "statement" {
    parameters = $0
    sub(/^.*DETAIL:  parameters: /, "", parameters)
    part = "parameters"
    next
}
/^\t/ && part == "statement" { statement = statement "\n" substr($0, 2); next }
/^\t/ && part == "parameters" { parameters = parameters "\n" substr($0, 2); next }
{ part = "" }

END {
    finish()
    if (script != "") printf "\\startpipeline\n%s\\endpipeline\n", script
}
