package import Bytes

/// A type of Kubernetes' own API: the fields that an object of it has, and how the server writes them.
package final class APIType: Sendable {
  /// What a field holds.
  package indirect enum Shape: Sendable, Hashable {
    case string
    case bool
    case int32
    case int64
    case double
    case bytes
    case quantity
    case intOrString
    /// To the second.
    case time
    /// To the microsecond.
    case microTime
    case duration
    /// Anything, kept as it is: raw extensions, schemas.
    case any
    case list(Shape)
    case map(Shape)
    /// A value that may be missing, which is something else than its zero.
    case optional(Shape)
    /// By the name of its type.
    case object(String)

    /// The shape of what is there when it is there.
    package var wrapped: Shape { if case .optional(let inner) = self { inner } else { self } }
  }

  package struct Field: Sendable {
    /// How server-side apply merges a list.
    package enum Merge: Sendable, Hashable {
      case atomic
      case set
      /// By the values of these fields of the elements.
      case map([String])
    }

    package let name: String
    package let shape: Shape
    /// Whether an empty value is left out.
    package let omitsEmpty: Bool
    /// Whether a structure whose fields are all zero is left out.
    package let omitsZero: Bool
    package let merge: Merge
    /// Whether a map or a structure is replaced as a whole by server-side apply.
    package let isAtomic: Bool
    /// What the server puts where there is nothing.
    package let fallback: DocumentNode?
    /// Whether the server takes the field away, as the feature that it belongs to is off.
    package let isDisabled: Bool
  }

  /// Package and name: `core/v1.Container`.
  package let name: String
  package let fields: [Field]
  package let isAtomic: Bool
  let defaults: TypeDefaults?

  init(name: String, fields: [Field], isAtomic: Bool) {
    self.name = name
    self.fields = fields
    self.isAtomic = isAtomic
    defaults = TypeDefaults.table[name]
  }

  package func field(_ name: String) -> Field? {
    for field in fields where field.name == name { return field }
    return nil
  }
}
