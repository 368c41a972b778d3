import Models
import ServiceKit

/// Every endpoint of the service and its handler, on one screen.
func routeTable(
    sessions: SessionRoutes, tokens: TokenRoutes, users: UserRoutes, passwords: PasswordRoutes, teams: TeamRoutes,
    keys: APIKeyRoutes, workspaces: WorkspaceRoutes
) -> [Route] {
    [
        .on(Sessions.create, use: sessions.create),
        .on(Sessions.list, use: sessions.list),
        .on(Sessions.current, use: sessions.current),
        .on(Sessions.endCurrent, use: sessions.endCurrent),
        .on(Sessions.end, use: sessions.end),

        .on(Tokens.exchange, use: tokens.exchange),
        .on(Tokens.keys, use: tokens.keys),

        .on(Users.me, use: users.me),
        .on(Users.list, use: users.list),
        .on(Users.show, use: users.show),
        .on(Users.create, use: users.create),
        .on(Users.update, use: users.update),
        .on(Users.notifications, use: users.notifications),
        .on(Users.updateNotifications, use: users.updateNotifications),
        .on(Users.changePassword, use: passwords.change),
        .on(Users.resetPassword, use: passwords.reset),

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
    ]
}
