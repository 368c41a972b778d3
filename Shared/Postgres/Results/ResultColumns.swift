/// Names and types of a result's columns, and how they are written as JSON: worked out once per statement.
final class ResultColumns: Sendable {
    let names: [String]
    let types: [PostgresType]
    /// How rows are written as JSON, or why these columns cannot be.
    let json: Result<JSONLayout, JSONLayoutError>
    private let indexes: [String: Int]

    init(names: [String], types: [PostgresType]) {
        self.names = names
        self.types = types
        self.json = Result { () throws(JSONLayoutError) in try JSONLayout(names: names, types: types) }
        var indexes: [String: Int] = [:]
        for (index, name) in names.enumerated() { indexes[name] = index }
        self.indexes = indexes
    }

    convenience init(of result: ResultBox) {
        let columns = 0..<result.columnCount
        self.init(names: columns.map(result.columnName), types: columns.map(result.columnType))
    }

    func index(of name: String) -> Int? {
        indexes[name]
    }

    /// Whether a result of the same statement still has these columns: a table may have been altered meanwhile.
    func fit(_ result: ResultBox) -> Bool {
        guard result.columnCount == types.count else { return false }
        for index in types.indices where result.columnType(index) != types[index] { return false }
        return true
    }
}
