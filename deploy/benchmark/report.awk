# Prints the medians of the figures and how they stand to the targets of the design.
# `small` and `large` are the numbers of tickets measured at; `large` is 0 when only one was.

function median(size, name, column,    n, i, j, t, list) {
    n = 0
    for (i = 1; i <= rows; i++) if (sizes[i] == size && names[i] == name) list[++n] = values[i, column]
    for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (list[j] < list[i]) {
        t = list[i]; list[i] = list[j]; list[j] = t
    }
    return n ? list[int((n + 1) / 2)] : 0
}
function ratio(a, b) { return b ? a / b : 0 }
function stand(label, value, target) { printf "%-56s %6.2f   (%s)\n", label, value, target }
function cost(size, name) { return ratio(median(size, name, 2), median(size, "bare", 2)) }

function report(size,    i, n, order, series) {
    printf "\n%d tickets\n%-34s %12s %12s %14s\n", size, "medians", "a second", "service ms", "PostgreSQL ms"
    n = split("bare read read_database gateway list list_database worklist worklist_database create create_database",
        order, " ")
    for (i = 1; i <= n; i++)
        printf "%-34s %12.0f %12.4f %14.4f\n", label[order[i]], median(size, order[i], 1), median(size, order[i], 2),
            median(size, order[i], 3)
    series = 1 / (1 / median(size, "bare", 1) + 1 / median(size, "read_database", 1))
    print ""
    stand("read one: service CPU / bare route", cost(size, "read"), "at most 1.80")
    stand("read one: rate / series limit of " int(series), ratio(median(size, "read", 1), series), "at least 0.75")
    stand("list 50: service CPU / bare route", cost(size, "list"), "at most 3.00")
    stand("list 50: rate / pgbench", ratio(median(size, "list", 1), median(size, "list_database", 1)), "at least 0.55")
    stand("joint list 50: service CPU / bare route", cost(size, "worklist"), "at most 3.00")
    stand("joint list 50: rate / pgbench",
        ratio(median(size, "worklist", 1), median(size, "worklist_database", 1)), "at least 0.55")
    stand("open one: service CPU / bare route", cost(size, "create"), "at most 2.50")
    stand("open one: rate / pgbench without the counter",
        ratio(median(size, "create", 1), median(size, "create_database", 1)), "at least 0.65")
    stand("read one: through the gateway / directly",
        ratio(median(size, "gateway", 1), median(size, "read", 1)), "at least 0.50")
    stand("search as you type, 8 users: 99th percentile in ms", median(size, "typing", 3), "at most 50 at 1,000,000")
    stand("search as you type: median in ms; searches a second " int(median(size, "typing", 1)),
        median(size, "typing", 2), "no target")
}

# Peak, asked for a second, then what came of it: good, refused, other, not sent, refusals' 99th percentile, seconds
# until it was as before.
function overload(where,    p) {
    split(notes["open_" where], p, " ")
    stand("open overload, " where ", " int(p[2]) " a second: good / peak", ratio(p[3], p[1]), "at least 0.80")
    stand("  refusal, 99th percentile ms, of " int(p[4]) " a second", p[7], "at most 100")
    stand("  answers that are neither good nor such a refusal", p[5], "0")
    stand("  seconds until it is as before", p[8], "at most 5")
    stand("  requests a second that k6 could not send", p[6], "0")
}

BEGIN {
    label["bare"] = "bare route"
    label["read"] = "read one ticket"
    label["read_database"] = "  pgbench, the same statements"
    label["gateway"] = "  the same through the gateway"
    label["list"] = "list 50 tickets"
    label["list_database"] = "  pgbench, the same statements"
    label["worklist"] = "joint list 50 tickets and tasks"
    label["worklist_database"] = "  pgbench, the same statement"
    label["create"] = "open a ticket"
    label["create_database"] = "  pgbench, the same inserts"
}
$1 ~ /^[0-9]+$/ {
    sizes[++rows] = $1; names[rows] = $2
    for (c = 1; c <= 3; c++) values[rows, c] = $(c + 2)
    next
}
{ notes[$1] = substr($0, length($1) + 2) }

END {
    report(small)
    if (large) {
        report(large)
        print ""
        n = split("read list worklist create typing gateway", order, " ")
        for (i = 1; i <= n; i++)
            stand("growth, " order[i] ": rate at " large " / at " small,
                ratio(median(large, order[i], 1), median(small, order[i], 1)), "at least 0.70")
    }
    print ""
    for (name in notes) if (name ~ /^seeded_/) {
        split(notes[name], part, " ")
        printf "seeded %d tickets and as many tasks in %.1f s\n", part[1], part[2] / 1000
    }
    printf "resident when idle, MB: %s(at most 40 each)\n", notes["idle_memory"]
    printf "resident after the load%s, MB: %s(at most 80 each)\n",
        "sent" in notes ? " and " notes["sent"] " reads more" : "", notes["memory"]
    printf "start on these data: %.1f s (at most 3)\n", notes["start"] / 1000
    print ""
    split(notes["change"], p, " ")
    stand("change until it comes over the stream: median ms", p[1], "no target")
    stand("  95th percentile ms", p[2], "no target")
    stand("  99th percentile ms", p[3], "at most 150")
    stand("  99th percentile ms, from when the write was sent", p[4], "at most 150")
    split(notes["streams"], p, " ")
    stand(p[1] " idle streams: gateway MB resident, " p[3] " before", p[4], "at most 150 for 5,000")
    stand("  seconds to open them", p[2], "no target")
    # Good answers, refusals, median, 99th percentile: before, during and after; then the refusals that were timed.
    split(notes["overload"], p, " ")
    stand("overload: answers asked for / peak", ratio(p[5] + p[6], p[1]), "at least 3.00, or all were taken")
    stand("  good answers / peak", ratio(p[5], p[1]), "at least 0.80")
    stand("  refusal, 99th percentile ms, of " p[13], p[14], "at most 100")
    stand("  rate after / peak", ratio(p[9], p[1]), "about 1")
    overload("service")
    overload("gateway")
    split(notes["guesses"], p, " ")
    stand(p[1] " guesses: unknown / known, medians, " p[2] " ms known", ratio(p[3], p[2]), "0.90 to 1.10")
    split(notes["burst"], p, " ")
    stand("50 sign-ins at once: list p99 / quiet p99", ratio(p[4], p[2]), "at most 2.00")
    split(notes["fairness"], p, " ")
    stand("a loud workspace: another's p99 / its quiet p99", ratio(p[4], p[2]), "at most 1.50")
    split(notes["locks"], p, " ")
    stand("a column more, " p[1] " tickets under load: table held, ms", p[3], "at most 200")
    stand("  longest wait of others for it, ms, of " p[5] " that waited", p[4], "at most 200")
    stand("  tries a column, with 200 ms for the lock each", p[2], "no target")
    stand("  answers that failed meanwhile", p[6], "0")
}
