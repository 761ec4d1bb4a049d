import Bytes
import Expressions
import Images

extension FuzzTarget {
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The lines of an input, for what takes several texts.
  private static func lines(_ bytes: [UInt8]) -> [String] {
    bytes.prefix(4096).split(separator: 0x0A, maxSplits: 4, omittingEmptySubsequences: false).map { text(Array($0)) }
  }

  static let texts: [FuzzTarget] = [
    FuzzTarget(name: "version") { bytes in
      let sides = lines(bytes)
      guard sides.count > 1 else { return }
      for name in ecosystems {
        guard let order = Ecosystem(name).order else { continue }
        let outcome = order.compare(sides[0], sides[1])
        precondition(order.compare(sides[1], sides[0]) == outcome?.reversed, "\(name): the order has two answers")
      }
    },
    FuzzTarget(name: "regex") { bytes in
      let sides = lines(bytes)
      guard sides.count > 1, sides[0].utf8.count < 200 else { return }
      let pattern = try LinearRegex(sides[0])
      guard pattern.steps(sides[1]) < 1_000_000 else { return }
      _ = (pattern.matches(sides[1]), pattern.firstMatch(in: sides[1]), pattern.allMatches(in: sides[1], limit: 10))
    },
    FuzzTarget(name: "values") { bytes in
      let text = text(bytes)
      _ = (Quantity(text), Timestamp(text), CalendarDate(text), IPAddress(text), IPRange(cidr: text))
      _ = (Base64.decode(text), PercentEncoding.decode(text), DNSName.isName(text), TextEncoding.decoded(bytes))
      _ = (ImageReference(text), try? PackageURL(text), try? CVSS(text))
    },
    FuzzTarget(name: "expression") { bytes in
      guard bytes.count < 2_000 else { return }
      let program = try environment.compile(text(bytes))
      _ = program.evaluate(CELActivation(), costLimit: 100_000)
    },
  ]

  private static let environment = CELEnvironment.storedExpressions

  private static let ecosystems = [
    "Alpine:v3.20", "Debian:12", "Red Hat", "Maven", "PyPI", "npm", "RubyGems", "Packagist", "NuGet", "Go", "crates.io",
    "Hex", "Pub", "ConanCenter", "Hackage", "SwiftURL", "GIT",
  ]
}
