/// The path of a value in a record: `user.extra.'authentication.kubernetes.io/pod-name'`. Quotes enclose keys with
/// dots. Paths lead through arrays anywhere. Keys of line formats are paths of one part.
struct NativePath: Sendable, Hashable, ExpressibleByStringLiteral {
  let keys: [String]

  init(stringLiteral text: String) {
    var keys: [String] = [""]
    var quoted = false
    for character in text {
      if character == "'" {
        quoted.toggle()
      } else if character == ".", !quoted {
        keys.append("")
      } else {
        keys[keys.count - 1].append(character)
      }
    }
    self.keys = keys
  }

  init(keys: [String]) { self.keys = keys }

  /// The path as a user would write it.
  var text: String { keys.joined(separator: ".") }

  /// The rest of the path after a number of keys, in UTF-8.
  func rest(after count: Int) -> [UInt8] { Array(keys.dropFirst(count).joined(separator: ".").utf8) }
}
