/// How processes hear that a credential ended before its time.
package enum Revocation {
    /// The channel; the payload is the credential's id.
    package static let channel = "casebook_revoked"
}
