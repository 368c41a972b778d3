import Models

/// What happened to credentials and rights: one line of the security audit.
///
/// It names people and credentials by id alone, and holds nothing that somebody typed.
struct AuditEvent: Sendable {
    /// The kinds of event (RELIABILITY.md, S-21) that identity writes.
    ///
    /// Those of calendars' links tasks has written, by `identity.record_calendar_link` (m0018_calendar_link_audit.sql).
    /// `Tests/IdentityTests/Fixtures/security-events.txt` says which operation writes which.
    enum Name: String, Sendable, CaseIterable {
        case signedIn = "signed_in"
        case calendarLinkCreated = "calendar_link_created"
        case calendarLinkRevoked = "calendar_link_revoked"
        case signInFailed = "sign_in_failed"
        case signInThrottled = "sign_in_throttled"
        case secondFactorFailed = "second_factor_failed"
        case signedOut = "signed_out"
        case signedOutEverywhere = "signed_out_everywhere"
        case keyCreated = "key_created"
        case keyRevoked = "key_revoked"
        case passwordChanged = "password_changed"
        case passwordReset = "password_reset"
        case secondFactorConfirmed = "second_factor_confirmed"
        case secondFactorDisabled = "second_factor_disabled"
        case secondFactorReset = "second_factor_reset"
        case recoveryCodeUsed = "recovery_code_used"
        case recoveryCodesReplaced = "recovery_codes_replaced"
        case userInvited = "user_invited"
        case linkIssued = "link_issued"
        case linkUsed = "link_used"
        case policyChanged = "policy_changed"
        case roleChanged = "role_changed"
        case userDeactivated = "user_deactivated"
        case userReactivated = "user_reactivated"
        case userCreated = "user_created"
        case mailAddressChanged = "mail_address_changed"
        case workspaceCreated = "workspace_created"
        case signingKeyMade = "signing_key_made"
        case valuesBlanked = "values_blanked"
    }

    let name: Name
    /// The user it is about; `nil` when nobody of that address exists.
    let user: ID<User>?
    /// The session or key it is about.
    let credential: String?
    /// Closed words only, such as roles before and after.
    let detail: [String: String]

    init(_ name: Name, user: ID<User>?, credential: String? = nil, detail: [String: String] = [:]) {
        self.name = name
        self.user = user
        self.credential = credential
        self.detail = detail
    }
}
