/// The type of an expression, as the type checker knows it.
///
/// `description` is the text that the API server prints in its errors: `list(int)`, `map(string, dyn)`,
/// `kubernetes.Quantity`.
package indirect enum CELType: Sendable, Hashable {
  /// Known at run time only.
  case dyn
  /// `google.protobuf.Any`; behaves as `dyn`.
  case any
  case null
  case bool
  case int
  case uint
  case double
  case string
  case bytes
  case duration
  case timestamp
  case list(CELType)
  case map(CELType, CELType)
  /// A type as a value, such as `int` in `type(x) == int`; `nil` where the type it denotes is not known.
  case type(CELType?)
  /// A structured type, by its full name; its fields are known to the environment.
  case object(String)
  /// A type of a library, with its parameters: `optional_type(int)`, `net.IP`.
  case opaque(String, [CELType])
  /// A nullable primitive (`google.protobuf.Int64Value` and the like).
  case wrapper(CELType)
  /// A type parameter of a declaration or of inference.
  case parameter(String)
  /// The type of what did not check; compatible with nothing reported twice.
  case error
}
