# Sourced by deploy/bench: the joint list over tickets and tasks, and pgbench running the same statement. Inside these
# functions the measured service is tasks: bash looks up what they set in the functions that they call.
# shellcheck shell=bash disable=SC2034,SC2154
worklist_wanted='FROM tickets.work_item AS w'

# Whose work it is: the person who has most left to do.
choose_worklist() {
    local role=tasks wanted=$worklist_wanted service
    service=http://127.0.0.1:$(port_of tasks)
    worker=$(sql --command "SELECT assignee_id FROM tasks.task
        WHERE workspace_id = '$workspace' AND NOT is_ended AND assignee_id IS NOT NULL
        GROUP BY assignee_id ORDER BY count(*) DESC, assignee_id LIMIT 1")
    log_statements SET 0
    capture "$work/worklist.sql" "$service/v1/worklist?limit=50&assignee=$worker"
    log_statements RESET
}

measure_worklist() {
    local role=tasks tickets_pid service
    tickets_pid=$(pid_of tasks) service=http://127.0.0.1:$(port_of tasks)
    measure worklist bearer "$service/v1/worklist?limit=50&assignee=$worker"
    measure worklist_database database "$connections" "$work/worklist.sql"
}

print_worklist_plans() {
    local role=tasks wanted=$worklist_wanted service
    service=http://127.0.0.1:$(port_of tasks)
    print_plans worklist_paths
}

# The forms of the list, each with what it is.
worklist_paths() {
    local what
    for what in "one person's=assignee=$worker" "nobody's=assignee=none" "overdue=assignee=$worker&due=overdue" \
        "due at no time=assignee=$worker&due=none" "urgent=assignee=$worker&priority=urgent" \
        "tickets alone=assignee=$worker&kind=ticket" "tasks alone=assignee=$worker&kind=task" \
        "counted=assignee=$worker&count=true"; do
        printf 'joint list, %s\t/v1/worklist?limit=50&%s\n' "${what%%=*}" "${what#*=}"
    done
}
