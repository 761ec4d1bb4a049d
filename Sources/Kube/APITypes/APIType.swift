package import Bytes

/// A type of Kubernetes' own API: its fields, and how the server serializes them.
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
    /// A `metav1.Time`, to the second.
    case time
    /// A `metav1.MicroTime`, to the microsecond.
    case microTime
    case duration
    /// Any value, kept as it is: raw extensions, schemas.
    case any
    case list(Shape)
    case map(Shape)
    /// A pointer in Go: a missing value differs from the zero value.
    case optional(Shape)
    /// A structure, by the name of its type.
    case object(String)

    /// The shape without `optional`.
    package var wrapped: Shape { if case .optional(let inner) = self { inner } else { self } }
  }

  /// A field of the type, with the markers of its Go source that change how it is decoded, merged and printed.
  package struct Field: Sendable {
    /// How server-side apply merges a list.
    package enum Merge: Sendable, Hashable {
      case atomic
      case set
      /// Elements are matched by the values of these fields.
      case map([String])
    }

    package let name: String
    package let shape: Shape
    /// `omitempty`: an empty value is not written.
    package let omitsEmpty: Bool
    /// `omitzero`: a structure whose fields are all zero is not written.
    package let omitsZero: Bool
    package let merge: Merge
    /// Whether server-side apply replaces a map or a structure as a whole.
    package let isAtomic: Bool
    /// The default from the type's `+default` marker; nil where it has none.
    package let fallback: DocumentNode?
    /// Whether the server clears the field, since its feature gate is off by default.
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

  /// Nil for a field that the type does not have.
  package func field(_ name: String) -> Field? {
    for field in fields where field.name == name { return field }
    return nil
  }
}
