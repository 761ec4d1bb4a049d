/// A value that a rule asked for, and where it was found.
struct Capture {
  /// Includes the quotes of a string and the brackets of an object or array.
  var range = 0..<0
  var kind = JSONScan.Kind.none
  /// Number of keys of the path that lead to the value; the others continue through an array.
  var used = 0
  /// Whether the bytes are in the scratch buffer of the line parser.
  var isScratch = false

  var isThere: Bool { kind != .none }
  /// Whether there is a value other than null.
  var hasValue: Bool { kind != .none && kind != .null }
}
