/// A PostgreSQL type by its object id, an open set: any id can be named, the known ones have names here.
///
/// Source: the `oid` column of `pg_type.dat` of PostgreSQL 15; these ids never change between versions.
package struct PostgresType: Hashable, Sendable, CustomStringConvertible {
    /// The object id in `pg_type`.
    package let oid: UInt32

    /// Names a type by its object id.
    package init(oid: UInt32) {
        self.oid = oid
    }

    /// The type's name where it is known here, otherwise `oid <n>`.
    package var description: String {
        Self.names[oid] ?? "oid \(oid)"
    }

    /// The array type whose elements are of this type, `nil` where none is known here.
    package var array: PostgresType? {
        Self.arrays[oid].map(PostgresType.init(oid:))
    }
}

extension PostgresType {
    /// `bool`.
    package static let bool = PostgresType(oid: 16)
    /// `bytea`.
    package static let bytea = PostgresType(oid: 17)
    /// `name`, the type of catalog names.
    package static let name = PostgresType(oid: 19)
    /// `int8`, 64 bits.
    package static let int8 = PostgresType(oid: 20)
    /// `int2`, 16 bits.
    package static let int2 = PostgresType(oid: 21)
    /// `int4`, 32 bits.
    package static let int4 = PostgresType(oid: 23)
    /// `text`.
    package static let text = PostgresType(oid: 25)
    /// `json`.
    package static let json = PostgresType(oid: 114)
    /// `float4`.
    package static let float4 = PostgresType(oid: 700)
    /// `float8`.
    package static let float8 = PostgresType(oid: 701)
    /// A literal whose type the server did not settle.
    package static let unknown = PostgresType(oid: 705)
    /// `char(n)`.
    package static let bpchar = PostgresType(oid: 1042)
    /// `varchar(n)`.
    package static let varchar = PostgresType(oid: 1043)
    /// `date`.
    package static let date = PostgresType(oid: 1082)
    /// `timestamptz`, microseconds.
    package static let timestamptz = PostgresType(oid: 1184)
    /// `interval`.
    package static let interval = PostgresType(oid: 1186)
    /// `numeric`.
    package static let numeric = PostgresType(oid: 1700)
    /// `void`, what a function answers that answers nothing.
    package static let void = PostgresType(oid: 2278)
    /// `uuid`.
    package static let uuid = PostgresType(oid: 2950)
    /// `jsonb`.
    package static let jsonb = PostgresType(oid: 3802)
    /// `xid8`, a transaction id that does not wrap.
    package static let xid8 = PostgresType(oid: 5069)
    /// `bool[]`.
    package static let boolArray = PostgresType(oid: 1000)
    /// `bytea[]`.
    package static let byteaArray = PostgresType(oid: 1001)
    /// `int2[]`.
    package static let int2Array = PostgresType(oid: 1005)
    /// `int4[]`.
    package static let int4Array = PostgresType(oid: 1007)
    /// `text[]`.
    package static let textArray = PostgresType(oid: 1009)
    /// `varchar[]`.
    package static let varcharArray = PostgresType(oid: 1015)
    /// `int8[]`.
    package static let int8Array = PostgresType(oid: 1016)
    /// `float8[]`.
    package static let float8Array = PostgresType(oid: 1022)
    /// `date[]`.
    package static let dateArray = PostgresType(oid: 1182)
    /// `timestamptz[]`.
    package static let timestamptzArray = PostgresType(oid: 1185)
    /// `interval[]`.
    package static let intervalArray = PostgresType(oid: 1187)
    /// `numeric[]`.
    package static let numericArray = PostgresType(oid: 1231)
    /// `uuid[]`.
    package static let uuidArray = PostgresType(oid: 2951)
    /// `jsonb[]`.
    package static let jsonbArray = PostgresType(oid: 3807)

    private static let arrays: [UInt32: UInt32] = [
        16: 1000, 17: 1001, 20: 1016, 21: 1005, 23: 1007, 25: 1009, 701: 1022, 1043: 1015,
        1082: 1182, 1184: 1185, 1186: 1187, 1700: 1231, 2950: 2951, 3802: 3807,
    ]

    private static let names: [UInt32: String] = [
        16: "bool", 17: "bytea", 19: "name", 20: "int8", 21: "int2", 23: "int4", 25: "text", 114: "json",
        700: "float4", 701: "float8", 705: "unknown", 1042: "bpchar", 1043: "varchar", 1082: "date",
        1184: "timestamptz", 1186: "interval", 1700: "numeric", 2278: "void", 2950: "uuid", 3802: "jsonb",
        5069: "xid8", 1000: "bool[]", 1001: "bytea[]", 1005: "int2[]", 1007: "int4[]", 1009: "text[]",
        1015: "varchar[]", 1016: "int8[]", 1022: "float8[]", 1182: "date[]", 1185: "timestamptz[]",
        1187: "interval[]", 1231: "numeric[]", 2951: "uuid[]", 3807: "jsonb[]",
    ]
}

extension PostgresType {
    /// The type of an array type's elements, `nil` where this is no known array type.
    package var element: PostgresType? {
        Self.elements[oid].map(PostgresType.init(oid:))
    }

    private static let elements: [UInt32: UInt32] = {
        var elements: [UInt32: UInt32] = [:]
        for (element, array) in arrays { elements[array] = element }
        return elements
    }()
}
