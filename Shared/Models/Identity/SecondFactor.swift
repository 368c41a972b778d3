/// Whether a person's sign-in takes a code besides the password (RFC 6238), and how many spare codes are left.
package struct SecondFactor: Codable, Sendable {
    /// Whether sign-ins of the person take a code.
    package let isConfirmed: Bool
    /// Whether the workspace asks everybody for it.
    package let isRequired: Bool
    /// When it was confirmed; `nil` when it is not.
    package let confirmedAt: Timestamp?
    /// How many recovery codes have not been used.
    package let recoveryCodesLeft: Int

    /// Takes the state as it is.
    package init(isConfirmed: Bool, isRequired: Bool, confirmedAt: Timestamp?, recoveryCodesLeft: Int) {
        self.isConfirmed = isConfirmed
        self.isRequired = isRequired
        self.confirmedAt = confirmedAt
        self.recoveryCodesLeft = recoveryCodesLeft
    }
}

/// Begins to set up a second factor: proves that it is the person who asks.
package struct EnrolSecondFactor: Codable, Sendable {
    /// The password.
    package let currentPassword: Text<Secret>
}

/// What an authenticator app is given, this once.
package struct EnrolledSecondFactor: Codable, Sendable {
    /// The shared secret in base32 (RFC 4648, section 6), to be typed.
    package let secret: String
    /// The same as an address for a QR code, `otpauth://totp/...`.
    package let address: String

    /// Takes the two forms of a secret.
    package init(secret: String, address: String) {
        self.secret = secret
        self.address = address
    }
}

/// A code of the authenticator app.
package struct SecondFactorProof: Codable, Sendable {
    /// Six digits of the app, or a recovery code.
    package let code: Text<SecondFactorCode>
}

/// Takes a second factor away: proves both.
package struct DisableSecondFactor: Codable, Sendable {
    /// The password.
    package let currentPassword: Text<Secret>
    /// Six digits of the app, or a recovery code.
    package let code: Text<SecondFactorCode>
}

/// Ten codes, each of which takes the place of the app's once; shown this once.
package struct RecoveryCodes: Codable, Sendable {
    /// The codes, in groups of five characters.
    package let codes: [String]

    /// Takes the codes.
    package init(codes: [String]) {
        self.codes = codes
    }
}

/// The second step of a sign-in.
package struct SignInProof: Codable, Sendable {
    /// What the first step answered.
    package let challenge: Text<Secret>
    /// Six digits of the app, or a recovery code.
    package let code: Text<SecondFactorCode>
}

/// A code of an authenticator app, or a recovery code, as people type it.
package enum SecondFactorCode: TextRule {
    /// The least and the most characters.
    package static let length = 6...40
    /// The sentence for the reference.
    package static let summary = "Six digits of the authenticator app, or a recovery code."
    /// Shown nowhere.
    package static let isSecret = true

    /// In lower case, without blanks and hyphens, which people put between groups.
    package static func normalise(_ text: String) -> String {
        String(text.lowercased().unicodeScalars.filter { $0 != "-" && !$0.properties.isWhitespace }.map(Character.init))
    }

    /// Refuses what no code is made of.
    package static func problem(in text: String) -> String? {
        text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
            ? nil : "must be six digits, or a recovery code"
    }
}

extension Problem.Code {
    /// The password is right, and a code is needed too; the answer's `challenge` goes with it to the second step.
    package static let secondFactorRequired = Problem.Code(
        "second_factor_required", 401, "A code of the authenticator app is needed")
}

/// The operations on second factors.
package enum SecondFactors {
    package static let show = Endpoint<NoPath, NoQuery, NoBody, SecondFactor>(
        .get, "/v1/users/me/second-factor", "second_factors.show", .needs(.profileManage),
        "Whether the caller's sign-in takes a code.")
    package static let enrol = Endpoint<NoPath, NoQuery, EnrolSecondFactor, EnrolledSecondFactor>(
        .post, "/v1/users/me/second-factor", "second_factors.enrol", .needs(.profileManage),
        "Makes a secret for an authenticator app and shows it, this once; it counts once it is confirmed.",
        success: 201, problems: [.conflict], answer: .secret)
    package static let confirm = Endpoint<NoPath, NoQuery, SecondFactorProof, RecoveryCodes>(
        .post, "/v1/users/me/second-factor/confirm", "second_factors.confirm", .needs(.profileManage),
        "Confirms the app by a first code, ends the caller's other sessions, and shows recovery codes, this once.",
        problems: [.conflict], answer: .secret)
    package static let replaceCodes = Endpoint<NoPath, NoQuery, SecondFactorProof, RecoveryCodes>(
        .post, "/v1/users/me/second-factor/recovery-codes", "second_factors.replace_codes", .needs(.profileManage),
        "Makes new recovery codes in place of the old ones and shows them, this once.", problems: [.conflict],
        answer: .secret)
    package static let disable = Endpoint<NoPath, NoQuery, DisableSecondFactor, NoContent>(
        .post, "/v1/users/me/second-factor/disable", "second_factors.disable", .needs(.profileManage),
        "Takes the caller's second factor away, unless the workspace asks for it.", success: 204,
        problems: [.conflict])
    package static let reset = Endpoint<IDPath<User>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/users/{id}/second-factor", "second_factors.reset", .needs(.usersAdminister),
        "Takes a person's second factor away, whose device is lost, and ends all their sessions.", success: 204)
}
