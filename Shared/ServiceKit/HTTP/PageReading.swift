package import Models

/// Where a page of a list starts, read from the caller's cursor: one reader for every list.
package enum PageReading {
    /// The sort keys after which a page starts; `nil` for the first page.
    ///
    /// - Throws: ``Problem`` 400 `invalid_cursor` when the cursor is another list's, or none of ours.
    package static func keys(
        _ cursor: Text<CursorText>?, binding: String, count: Int
    ) throws(Problem) -> [String]? {
        guard let cursor else { return nil }
        return try Cursor(cursor, binding: binding, count: count).keys
    }

    /// The one sort key after which a page starts; `nil` for the first page.
    ///
    /// - Throws: ``Problem`` 400 `invalid_cursor`.
    package static func key(_ cursor: Text<CursorText>?, binding: String) throws(Problem) -> String? {
        try keys(cursor, binding: binding, count: 1)?.first
    }

    /// The id after which a page in order of ids starts; `nil` for the first page.
    ///
    /// - Throws: ``Problem`` 400 `invalid_cursor`.
    package static func id<Entity>(
        _ cursor: Text<CursorText>?, binding: String, of entity: Entity.Type = Entity.self
    ) throws(Problem) -> ID<Entity>? {
        guard let key = try key(cursor, binding: binding) else { return nil }
        guard let id = ID<Entity>(key) else { throw wrongCursor }
        return id
    }

    /// The version before which a page of a record's history starts; `nil` for the newest page.
    ///
    /// - Throws: ``Problem`` 400 `invalid_cursor`.
    package static func version(_ cursor: Text<CursorText>?, binding: String) throws(Problem) -> Int64? {
        guard let key = try key(cursor, binding: binding) else { return nil }
        guard let version = Int64(key), version > 0 else { throw wrongCursor }
        return version
    }

    /// 400 for a cursor whose keys cannot be those of the list.
    package static var wrongCursor: Problem {
        Problem(.invalidCursor, "Pass next_cursor back exactly as the list gave it.")
    }
}
