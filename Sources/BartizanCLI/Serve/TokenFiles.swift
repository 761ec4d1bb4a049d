import Findings
import Operations
import Server
import Transport

/// Files of tokens, which hold hashes alone.
enum TokenFiles {
  /// - Throws: `BartizanError` for a file that cannot be read, or is no list.
  static func read(_ path: String) throws(BartizanError) -> TokenList {
    let bytes = try FileReader.named(path)
    do throws(TokenList.Invalid) { return try TokenList(json: bytes) } catch {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
  }

  static func write(_ list: TokenList, _ path: String) throws(BartizanError) {
    try FileWriter.writePrivate(list.json, to: path)
  }

  /// The shortest token that is taken from a user: fewer characters can be guessed.
  private static let shortest = 16

  /// The token in a file, or that of `BARTIZAN_TOKEN`; nil where there is neither.
  static func token(_ path: String?) throws(BartizanError) -> String? {
    let (text, place) =
      if let path {
        (String(decoding: try FileReader.named(path), as: UTF8.self), path)
      } else if let value = Environment.value("BARTIZAN_TOKEN"), !value.isEmpty {
        (value, "BARTIZAN_TOKEN")
      } else {
        ("", "")
      }
    if place.isEmpty { return nil }
    let token = text.trimmed
    guard token.utf8.count >= shortest, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw BartizanError(
        .input,
        "\(place): a token has at least \(shortest) characters of ASCII, without blanks; `bartizan token create` makes one"
      )
    }
    return token
  }
}

extension String {
  /// Without white space at its ends.
  fileprivate var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
