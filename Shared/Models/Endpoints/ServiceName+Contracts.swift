extension ServiceName {
    /// The operations that the service serves: what the gateway routes by, and what its route table must equal.
    package var contracts: [Contract] {
        switch self {
        case .identity: Self.identityContracts
        case .customers: Self.customersContracts
        case .tickets: Self.ticketsContracts
        case .tasks: Self.tasksContracts
        case .gateway: Self.gatewayContracts
        case .casebook: []
        }
    }

    private static let identityContracts: [Contract] = [
        Sessions.create.contract, Sessions.list.contract, Sessions.current.contract, Sessions.endCurrent.contract,
        Sessions.end.contract, Sessions.prove.contract, Sessions.endAll.contract, Sessions.endAllOf.contract,
        Tokens.exchange.contract, Tokens.keys.contract, Tokens.rotateKeys.contract,
        Users.me.contract, Users.list.contract, Users.show.contract, Users.create.contract, Users.update.contract,
        Users.changePassword.contract, Users.resetPassword.contract, Users.notifications.contract,
        Users.updateNotifications.contract,
        SecondFactors.show.contract, SecondFactors.enrol.contract, SecondFactors.confirm.contract,
        SecondFactors.replaceCodes.contract, SecondFactors.disable.contract, SecondFactors.reset.contract,
        Links.invite.contract, Links.issue.contract, Links.requestReset.contract, Links.show.contract,
        Links.use.contract,
        Teams.list.contract, Teams.show.contract, Teams.create.contract, Teams.update.contract,
        Teams.delete.contract, Teams.members.contract, Teams.addMember.contract, Teams.removeMember.contract,
        Skills.list.contract, Skills.show.contract, Skills.create.contract, Skills.update.contract,
        Skills.delete.contract, Skills.ofUser.contract, Skills.set.contract, Skills.remove.contract,
        Availabilities.list.contract, Availabilities.mine.contract, Availabilities.updateMine.contract,
        Availabilities.show.contract, Availabilities.update.contract,
        Roles.list.contract,
        APIKeys.list.contract, APIKeys.create.contract, APIKeys.revoke.contract,
        SecurityAudit.list.contract, SecurityAudit.verify.contract, SecurityAudit.blank.contract,
        Workspaces.create.contract, Workspaces.show.contract, Workspaces.update.contract,
    ]
}
