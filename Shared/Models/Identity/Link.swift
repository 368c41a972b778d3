/// What a link by mail lets its holder do.
package enum LinkPurpose: String, WireWord {
    /// Choose a first password.
    case invitation
    /// Choose another password.
    case passwordReset = "password_reset"
}

/// A link as whoever opens it sees it, before anything is done.
package struct Link: Codable, Sendable {
    /// What it lets its holder do.
    package let purpose: LinkPurpose
    /// The workspace's short name, to sign in with.
    package let workspace: String
    /// The workspace's name.
    package let workspaceName: String
    /// The mail address of the person it is for.
    package let email: String
    /// The person's name.
    package let name: String
    /// When it ends.
    package let expiresAt: Timestamp

    /// Describes a link.
    package init(
        purpose: LinkPurpose, workspace: String, workspaceName: String, email: String, name: String,
        expiresAt: Timestamp
    ) {
        self.purpose = purpose
        self.workspace = workspace
        self.workspaceName = workspaceName
        self.email = email
        self.name = name
        self.expiresAt = expiresAt
    }
}

/// A link as it is made, shown this once.
package struct IssuedLink: Codable, Sendable {
    /// What it lets its holder do.
    package let purpose: LinkPurpose
    /// Whom it is for.
    package let userID: ID<User>
    /// The secret, which goes to the person and to nobody else.
    package let token: String
    /// The secret as an address.
    package let address: String
    /// When it ends.
    package let expiresAt: Timestamp

    /// Takes a link as it was made.
    package init(purpose: LinkPurpose, userID: ID<User>, token: String, address: String, expiresAt: Timestamp) {
        self.purpose = purpose
        self.userID = userID
        self.token = token
        self.address = address
        self.expiresAt = expiresAt
    }
}

/// Adds a person who will choose their own password.
package struct InviteUser: Codable, Sendable {
    /// The mail address to sign in with.
    package let email: Text<MailAddress>
    /// The name that people read.
    package let name: Text<Label>
    /// What the person will be.
    package let role: Role

    /// Describes a person to be invited.
    package init(email: Text<MailAddress>, name: Text<Label>, role: Role) {
        self.email = email
        self.name = name
        self.role = role
    }
}

/// A person who was invited, and the link for them.
package struct Invitation: Codable, Sendable {
    /// The person, who cannot sign in yet.
    package let user: User
    /// The link with which they choose a password.
    package let link: IssuedLink

    /// Joins the two.
    package init(user: User, link: IssuedLink) {
        self.user = user
        self.link = link
    }
}

/// Chooses a password with a link.
package struct UseLink: Codable, Sendable {
    /// The password from now on.
    package let newPassword: Text<NewPassword>
}

/// Asks for a link that sets another password.
package struct RequestPasswordReset: Codable, Sendable {
    /// The workspace's short name.
    package let workspace: Text<Slug>
    /// The mail address.
    package let email: Text<MailAddress>
}

/// A path with a link's secret in it.
package struct LinkPath: Codable, Sendable {
    /// The secret.
    package let token: Text<LinkToken>
}

/// The secret of a link: `cbl_<workspace>_<id>_<256 random bits>`.
package enum LinkToken: TextRule {
    /// Always as long.
    package static let length = 121...121
    /// The sentence for the reference.
    package static let summary = "The secret of a link, as the link carries it."
    /// Shown nowhere.
    package static let isSecret = true

    /// Refuses what was not made here.
    package static func problem(in text: String) -> String? {
        let parts = text.split(separator: "_", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "cbl", ID<Workspace>(parts[1]) != nil, ID<Link>(parts[2]) != nil,
            Base64URL.decode(parts[3])?.count == 32
        else { return "must be the secret of a link" }
        return nil
    }
}

/// The operations on links by mail.
package enum Links {
    package static let invite = Endpoint<NoPath, NoQuery, InviteUser, Invitation>(
        .post, "/v1/users/invitations", "links.invite", .needs(.usersAdminister),
        "Adds a person without a password and makes a link of 72 hours with which they choose one.", success: 201,
        problems: [.conflict], answer: .secret)
    package static let issue = Endpoint<IDPath<User>, NoQuery, NoBody, IssuedLink>(
        .post, "/v1/users/{id}/links", "links.issue", .needs(.usersAdminister),
        "Makes a link with which a person chooses a password: an invitation when they have none, else a reset of 30 "
            + "minutes. Earlier links of theirs are void.", success: 201, answer: .secret)
    package static let requestReset = Endpoint<NoPath, NoQuery, RequestPasswordReset, NoContent>(
        .post, "/v1/users/password-resets", "links.request_reset",
        .open(reason: "Whoever has forgotten a password has no credential; the link goes to their mail address alone."),
        "Asks for a link that sets another password. The answer is the same whether there is such a person or not.",
        success: 202, problems: [.rateLimited], answer: KeptAnswer.none)
    package static let show = Endpoint<LinkPath, NoQuery, NoBody, Link>(
        .get, "/v1/users/links/{token}", "links.show",
        .open(reason: "The single-use secret in the address is the proof; reading changes nothing."),
        "What a link is for. Nothing is done by it.")
    package static let use = Endpoint<LinkPath, NoQuery, UseLink, NoContent>(
        .post, "/v1/users/links/{token}", "links.use",
        .open(reason: "The single-use secret in the address is the proof."),
        "Chooses a password, uses the link up and ends the person's sessions.", success: 204, answer: KeptAnswer.none)
}
