import Models
import ServiceKit

/// Every endpoint of the service and its handler, on one screen.
func routeTable(
    signIns: SignInRoutes, sessions: SessionRoutes, tokens: TokenRoutes, users: UserRoutes, passwords: PasswordRoutes,
    factors: SecondFactorRoutes, links: LinkRoutes, teams: TeamRoutes, skills: SkillRoutes,
    availability: AvailabilityRoutes, keys: APIKeyRoutes, workspaces: WorkspaceRoutes, audit: AuditRoutes
) -> [Route] {
    [
        .on(Sessions.create, use: signIns.create),
        .on(Sessions.prove, use: signIns.prove),
        .on(Sessions.list, use: sessions.list),
        .on(Sessions.current, use: sessions.current),
        .on(Sessions.endCurrent, use: sessions.endCurrent),
        .on(Sessions.end, use: sessions.end),
        .on(Sessions.endAll, use: sessions.endAll),
        .on(Sessions.endAllOf, use: sessions.endAllOf),

        .on(Tokens.exchange, use: tokens.exchange),
        .on(Tokens.keys, use: tokens.keys),
        .on(Tokens.rotateKeys, use: tokens.rotateKeys),

        .on(Users.me, use: users.me),
        .on(Users.list, use: users.list),
        .on(Users.show, use: users.show),
        .on(Users.create, use: users.create),
        .on(Users.update, use: users.update),
        .on(Users.notifications, use: users.notifications),
        .on(Users.updateNotifications, use: users.updateNotifications),
        .on(Users.changePassword, use: passwords.change),
        .on(Users.resetPassword, use: passwords.reset),

        .on(SecondFactors.show, use: factors.show),
        .on(SecondFactors.enrol, use: factors.enrol),
        .on(SecondFactors.confirm, use: factors.confirm),
        .on(SecondFactors.replaceCodes, use: factors.replaceCodes),
        .on(SecondFactors.disable, use: factors.disable),
        .on(SecondFactors.reset, use: factors.reset),

        .on(Links.invite, use: links.invite),
        .on(Links.issue, use: links.issue),
        .on(Links.requestReset, use: links.requestReset),
        .on(Links.show, use: links.show),
        .on(Links.use, use: links.use),

        .on(Teams.list, use: teams.list),
        .on(Teams.show, use: teams.show),
        .on(Teams.create, use: teams.create),
        .on(Teams.update, use: teams.update),
        .on(Teams.delete, use: teams.delete),
        .on(Teams.members, use: teams.members),
        .on(Teams.addMember, use: teams.addMember),
        .on(Teams.removeMember, use: teams.removeMember),

        .on(Roles.list, use: { _ in try .value(RoleList()) }),

        .on(APIKeys.list, use: keys.list),
        .on(APIKeys.create, use: keys.create),
        .on(APIKeys.revoke, use: keys.revoke),

        .on(Workspaces.create, use: workspaces.create),
        .on(Workspaces.show, use: workspaces.show),
        .on(Workspaces.update, use: workspaces.update),

        .on(SecurityAudit.list, use: audit.list),
        .on(SecurityAudit.verify, use: audit.verify),
        .on(SecurityAudit.blank, use: audit.blank),
    ] + workRoutes(skills: skills, availability: availability)
}

/// What people can do, and whether they take work.
private func workRoutes(skills: SkillRoutes, availability: AvailabilityRoutes) -> [Route] {
    [
        .on(Skills.list, use: skills.list),
        .on(Skills.show, use: skills.show),
        .on(Skills.create, use: skills.create),
        .on(Skills.update, use: skills.update),
        .on(Skills.delete, use: skills.delete),
        .on(Skills.ofUser, use: skills.ofUser),
        .on(Skills.set, use: skills.set),
        .on(Skills.remove, use: skills.remove),

        .on(Availabilities.list, use: availability.list),
        .on(Availabilities.mine, use: availability.mine),
        .on(Availabilities.updateMine, use: availability.updateMine),
        .on(Availabilities.show, use: availability.show),
        .on(Availabilities.update, use: availability.update),
    ]
}
