/// Where a value stands in a record of a source: `user.extra.'authentication.kubernetes.io/pod-name'`. Quotes hold keys
/// that have dots. In the middle or at the end of it arrays are passed through. Sources that are lines have keys of one
/// part.
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

  /// As a person writes it.
  var text: String { keys.joined(separator: ".") }

  /// UTF-8 of what follows behind so many keys.
  func rest(after count: Int) -> [UInt8] { Array(keys.dropFirst(count).joined(separator: ".").utf8) }
}
