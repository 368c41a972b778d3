/// How urgent a ticket or a task is.
package enum Priority: String, WireWord {
    case low
    case medium
    case high
    case urgent
}
