import Bytes

extension Libraries {
  static let versionType = CELType.object("kubernetes.Semver")

  /// Semantic versions (kube-apiserver, `pkg/cel/library/semverlib.go`).
  static let semanticVersions: CELLanguage.Library = {
    @Sendable func parsed(_ text: String, _ normalizes: Bool) throws(CELFailure) -> SemanticVersion {
      do throws(SemanticVersion.Invalid) {
        return try SemanticVersion(normalizes ? try SemanticVersion.normalized(text) : text)
      } catch {
        throw .argument(error.message)
      }
    }
    @Sendable func of(_ value: CELValue) throws(CELFailure) -> SemanticVersion {
      guard case .opaque(let value as SemanticVersionValue) = value else { throw .noSuchOverload }
      return value.version
    }
    @Sendable func part(_ name: String, _ body: @escaping @Sendable (SemanticVersion) -> UInt64) -> FunctionDeclaration
    {
      FunctionDeclaration(
        name,
        [
          .member(
            "semver_" + name, [versionType], .int,
            .unary { value throws(CELFailure) in .int(Int64(bitPattern: body(try of(value)))) })
        ])
    }
    @Sendable func compared(
      _ name: String, _ id: String, _ type: CELType, _ body: @escaping @Sendable (Int) -> CELValue
    ) -> FunctionDeclaration {
      FunctionDeclaration(
        name,
        [
          .member(
            id, [versionType, versionType], type,
            .binary { a, b throws(CELFailure) in body(try of(a).compare(try of(b))) })
        ])
    }
    var library = CELLanguage.Library()
    library.functions = [
      FunctionDeclaration(
        "semver",
        [
          Overload(
            "string_to_semver", [.string], versionType,
            ofText { text throws(CELFailure) in
              .opaque(SemanticVersionValue(try parsed(text, false)))
            }),
          Overload(
            "string_bool_to_semver", [.string, .bool], versionType,
            .binary { text, normalizes throws(CELFailure) in
              guard case .string(let text) = text, case .bool(let normalizes) = normalizes else {
                throw .noSuchOverload
              }
              return .opaque(SemanticVersionValue(try parsed(text, normalizes)))
            }),
        ]),
      FunctionDeclaration(
        "isSemver",
        [
          Overload("is_semver_string", [.string], .bool, ofText { text in .bool((try? parsed(text, false)) != nil) }),
          Overload(
            "is_semver_string_bool", [.string, .bool], .bool,
            .binary { text, normalizes throws(CELFailure) in
              guard case .string(let text) = text, case .bool(let normalizes) = normalizes else {
                throw .noSuchOverload
              }
              return .bool((try? parsed(text, normalizes)) != nil)
            }),
        ]),
      compared("isGreaterThan", "semver_is_greater_than", .bool) { .bool($0 > 0) },
      compared("isLessThan", "semver_is_less_than", .bool) { .bool($0 < 0) },
      compared("compareTo", "semver_compare_to", .int) { .int(Int64($0)) },
      part("major", \.major), part("minor", \.minor), part("patch", \.patch),
    ]
    return library
  }()
}

final class SemanticVersionValue: CELOpaque {
  let version: SemanticVersion

  init(_ version: SemanticVersion) { self.version = version }

  var type: CELType { Libraries.versionType }

  func equals(_ other: any CELOpaque) throws(CELFailure) -> Bool {
    guard let other = other as? SemanticVersionValue else { throw .noSuchOverload }
    return version.compare(other.version) == 0
  }
}

/// A version by semver.org 2.0.0, with the errors of blang/semver.
struct SemanticVersion: Sendable {
  struct Invalid: Error {
    let message: String
  }

  private enum Identifier: Sendable {
    case number(UInt64)
    case text(String)
  }

  let major: UInt64
  let minor: UInt64
  let patch: UInt64
  private let preRelease: [Identifier]

  init(_ text: String) throws(Invalid) {
    guard !text.isEmpty else { throw Invalid(message: "Version string empty") }
    let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 else { throw Invalid(message: "No Major.Minor.Patch elements found") }
    major = try Self.number(parts[0], "major number", "Major number")
    minor = try Self.number(parts[1], "minor number", "Minor number")
    var rest = parts[2][...]
    var build: [Substring]?
    if let mark = rest.firstIndex(of: "+") {
      build = rest[rest.index(after: mark)...].split(separator: ".", omittingEmptySubsequences: false)
      rest = rest[..<mark]
    }
    var pre: [Substring] = []
    if let mark = rest.firstIndex(of: "-") {
      pre = rest[rest.index(after: mark)...].split(separator: ".", omittingEmptySubsequences: false)
      rest = rest[..<mark]
    }
    patch = try Self.number(String(rest), "patch number", "Patch number")
    var identifiers: [Identifier] = []
    for part in pre {
      guard !part.isEmpty else { throw Invalid(message: "Prerelease is empty") }
      if part.utf8.allSatisfy({ $0 &- 0x30 < 10 }) {
        if part.utf8.count > 1, part.hasPrefix("0") {
          throw Invalid(
            message: "Numeric PreRelease version must not contain leading zeroes \(GoText.quoted(String(part)))")
        }
        identifiers.append(.number(try Self.parse(String(part))))
      } else {
        guard Self.isAlphanumeric(part) else {
          throw Invalid(message: "Invalid character(s) found in prerelease \(GoText.quoted(String(part)))")
        }
        identifiers.append(.text(String(part)))
      }
    }
    preRelease = identifiers
    for part in build ?? [] {
      guard !part.isEmpty else { throw Invalid(message: "Build meta data is empty") }
      guard Self.isAlphanumeric(part) else {
        throw Invalid(message: "Invalid character(s) found in build meta data \(GoText.quoted(String(part)))")
      }
    }
  }

  private static func isAlphanumeric(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2D }
  }

  private static func number(_ text: String, _ name: String, _ title: String) throws(Invalid) -> UInt64 {
    guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
      throw Invalid(message: "Invalid character(s) found in \(name) \(GoText.quoted(text))")
    }
    guard text.utf8.count <= 1 || !text.hasPrefix("0") else {
      throw Invalid(message: "\(title) must not contain leading zeroes \(GoText.quoted(text))")
    }
    return try parse(text)
  }

  private static func parse(_ text: String) throws(Invalid) -> UInt64 {
    guard let value = UInt64(text) else {
      throw Invalid(
        message: "strconv.ParseUint: parsing \(GoText.quoted(text)): "
          + (text.isEmpty ? "invalid syntax" : "value out of range"))
    }
    return value
  }

  /// Without a `v` before it and zeros before its numbers, and with all three numbers.
  static func normalized(_ text: String) throws(Invalid) -> String {
    let plain = text.hasPrefix("v") ? text.dropFirst() : text[...]
    var parts = plain.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    for index in parts.indices where parts[index].utf8.count > 1 {
      let stripped = parts[index].drop { $0 == "0" }
      let startsWithDigit = stripped.utf8.first.map { $0 &- 0x30 < 10 } ?? false
      parts[index] = (startsWithDigit ? "" : "0") + stripped
    }
    if parts.count < 3 {
      if parts[parts.count - 1].contains(where: { $0 == "+" || $0 == "-" }) {
        throw Invalid(message: "short version cannot contain PreRelease/Build meta data")
      }
      while parts.count < 3 { parts.append("0") }
    }
    return parts.joined(separator: ".")
  }

  /// -1, 0 or 1; build metadata does not count.
  func compare(_ other: SemanticVersion) -> Int {
    for (a, b) in [(major, other.major), (minor, other.minor), (patch, other.patch)] where a != b {
      return a < b ? -1 : 1
    }
    if preRelease.isEmpty || other.preRelease.isEmpty {
      return preRelease.isEmpty ? (other.preRelease.isEmpty ? 0 : 1) : -1
    }
    for (a, b) in zip(preRelease, other.preRelease) {
      switch (a, b) {
      case (.number(let x), .number(let y)): if x != y { return x < y ? -1 : 1 }
      case (.number, .text): return -1
      case (.text, .number): return 1
      case (.text(let x), .text(let y)):
        if !sameText(x, y) { return x.utf8.lexicographicallyPrecedes(y.utf8) ? -1 : 1 }
      }
    }
    let difference = preRelease.count - other.preRelease.count
    return difference == 0 ? 0 : difference < 0 ? -1 : 1
  }
}
