/// A value that a rule asked for, where it was found.
struct Capture {
  /// With the quotes of a string and the brackets of an object or array.
  var range = 0..<0
  var kind = JSONScan.Kind.none
  /// Keys of the path that lead to the value; the others lead on through an array.
  var used = 0
  /// Whether the bytes are the scratch of the line's parser.
  var isScratch = false

  var isThere: Bool { kind != .none }
  /// Whether the value is there and says something: no null.
  var hasValue: Bool { kind != .none && kind != .null }
}
