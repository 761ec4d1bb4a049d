package import Bytes

/// A value of an expression.
///
/// Lists and maps of documents are views: making a value of a `DocumentNode` of any size costs nothing, and reading a
/// field of it copies no more than a reference.
package enum CELValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  /// In nanoseconds, as Go counts.
  case duration(Int64)
  case timestamp(CELTimestamp)
  case list(CELList)
  case map(CELMap)
  case type(CELType)
  case optional(CELOptional)
  /// A message: what `Object{...}` or `JSONPatch{...}` made, or a document whose schema makes it an object.
  case object(CELObject)
  /// A value of a library: URL, IP address, CIDR, quantity, version, format, authorizer.
  case opaque(any CELOpaque)
  /// `variables`: the composited variables of this evaluation, each evaluated when it is first read.
  case variables
}

/// A point in time, in the proleptic Gregorian calendar and UTC.
package struct CELTimestamp: Sendable, Hashable {
  /// Since 1970-01-01T00:00:00Z; between 0001-01-01 and 9999-12-31.
  package let seconds: Int64
  /// 0 to 999,999,999.
  package let nanoseconds: Int32

  package init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }
}

/// A list: elements of a document that stay where they are, or values that an expression made.
package enum CELList: Sendable {
  case nodes([DocumentNode])
  /// Elements of a document whose schema is known, which decides how they are read (dates, bytes, int-or-string).
  case typed([DocumentNode], SchemaType)
  case values([CELValue])
}

/// A map: a mapping of a document that stays where it is, or entries that an expression made.
package enum CELMap: Sendable {
  case nodes(Mapping)
  /// A mapping of a document whose schema is known.
  case typed(Mapping, SchemaType)
  case values(CELEntries)
}

/// What `optional.of(x)` and `optional.none()` make.
package final class CELOptional: Sendable {
  package let value: CELValue?

  package init(_ value: CELValue?) { self.value = value }

  package static let none = CELOptional(nil)
}

/// A message with its fields.
package final class CELObject: Sendable {
  /// Full name: `Object.spec.template`, `JSONPatch`.
  package let typeName: String
  /// In the order in which they were written, each once; fields that were set to `optional.none()` are left out.
  package let fields: [(name: String, value: CELValue)]

  package init(typeName: String, fields: [(name: String, value: CELValue)]) {
    self.typeName = typeName
    self.fields = fields
  }

  package subscript(name: String) -> CELValue? {
    for field in fields where field.name == name { return field.value }
    return nil
  }
}

/// A value of a library's own type.
package protocol CELOpaque: Sendable {
  var type: CELType { get }
  func equals(_ other: any CELOpaque) -> Bool
}
