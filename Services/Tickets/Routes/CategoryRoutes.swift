import Models
import Postgres
import ServiceKit

/// The kinds of tickets, and how a workspace works on them.
struct CategoryRoutes: Sendable {
    let database: Database

    private var store: OwnWordStore { OwnWordStore(.categories, database: database) }
    private var settingStore: SettingStore { SettingStore(database: database) }

    /// All kinds.
    func list(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<TicketCategoryList> {
        let own = try await store.own(in: try call.principal.workspace).map(\.category)
        return try .value(TicketCategoryList(items: BuiltInCategory.allCases.map(\.category) + own))
    }

    /// Makes a kind.
    func create(_ call: Call<NoPath, NoQuery, CreateTicketCategory>) async throws -> Answer<TicketCategory> {
        let word = OwnWord(word: call.body.word.value, name: call.body.name.value)
        guard BuiltInCategory(rawValue: word.word) == nil else { throw OwnWords.categories.builtIn }
        let answer = try StoredAnswer(
            status: 201, word.category, location: "/v1/tickets/categories/\(word.word)", version: 1)
        try await store.add(word, answer: answer, try call.write)
        return .stored(answer)
    }

    /// Changes a kind.
    func update(
        _ call: Call<CategoryPath, NoQuery, UpdateTicketCategory>
    ) async throws -> Answer<TicketCategory> {
        let answer = try await store.change(call.path.word.value, expecting: call.ifMatch, try call.write) { word in
            let after = word.patched(name: call.body.name?.value, isActive: call.body.isActive)
            return (after, try StoredAnswer(status: 200, after.category, version: after.version))
        }
        return .stored(answer)
    }

    /// How the workspace works on tickets.
    func settings(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<TicketSettings> {
        let settings = try await settingStore.settings(of: try call.principal.workspace)
        return try .value(settings, version: settings.version > 0 ? Int64(settings.version) : nil)
    }

    /// Changes how the workspace works on tickets.
    func updateSettings(
        _ call: Call<NoPath, NoQuery, UpdateTicketSettings>
    ) async throws -> Answer<TicketSettings> {
        .stored(try await settingStore.change(call.body, expecting: call.ifMatch, try call.write))
    }
}
