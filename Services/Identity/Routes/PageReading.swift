import Models

/// Where a page starts, read from the caller's cursor.
enum PageReading {
    /// The id after which a page in order of ids starts; `nil` for the first page.
    ///
    /// - Throws: ``Problem`` 400 `invalid_cursor`.
    static func id<Entity>(
        _ cursor: Text<CursorText>?, binding: String, of entity: Entity.Type = Entity.self
    ) throws(Problem) -> ID<Entity>? {
        guard let key = try key(cursor, binding: binding) else { return nil }
        guard let id = ID<Entity>(key) else {
            throw Problem(.invalidCursor, "Pass next_cursor back exactly as the list gave it.")
        }
        return id
    }

    /// The one sort key after which a page starts; `nil` for the first page.
    ///
    /// - Throws: ``Problem`` 400 `invalid_cursor`.
    static func key(_ cursor: Text<CursorText>?, binding: String) throws(Problem) -> String? {
        guard let cursor else { return nil }
        return try Cursor(cursor, binding: binding, count: 1).keys.first
    }
}
