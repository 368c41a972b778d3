import Models

extension Project {
    /// The project after a patch; its version is the next one if anything differs.
    func patched(by patch: UpdateProject, at now: Timestamp) -> Project {
        var after = self
        if let name = patch.name?.value { after.name = name }
        if patch.description.isPresent { after.description = patch.description.value?.value }
        if let status = patch.status { after.status = status }
        if patch.dueOn.isPresent { after.dueOn = patch.dueOn.value }
        let isSame =
            after.name == name && after.description == description && after.status == status && after.dueOn == dueOn
        return isSame ? self : after.changed(at: now)
    }

    /// The next version of the record.
    func changed(at now: Timestamp) -> Project {
        var after = self
        after.version += 1
        after.updatedAt = now
        return after
    }
}

extension Milestone {
    /// The milestone after a patch.
    func patched(by patch: UpdateMilestone, at now: Timestamp) -> Milestone {
        var after = self
        if let name = patch.name?.value { after.name = name }
        if patch.dueOn.isPresent { after.dueOn = patch.dueOn.value }
        if let isReached = patch.isReached { after.reachedAt = isReached ? reachedAt ?? now : nil }
        return after
    }
}
