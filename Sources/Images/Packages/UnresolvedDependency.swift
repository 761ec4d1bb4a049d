package import Bytes

/// A dependency that a file or a bill of materials names, and of which no advisory can be asked, since it is not told which version of
/// what it is. It counts among what was to be judged, and is not.
package struct UnresolvedDependency: Sendable, Hashable {
  /// Why it is not known which version is used.
  package enum Reason: String, Sendable, CaseIterable {
    /// Several versions are allowed, or any.
    case range
    /// No version stands beside it.
    case missing
    /// What stands in the place of a version is none, or its name is none.
    case unreadable
    /// It comes from an address or a repository, and the file does not say which version lies there.
    case source
    /// Another file is to be read, and was not.
    case include
    /// It lies outside of what was scanned.
    case outside
    /// A manifest asks for it, and no lock file says which version is used.
    case notLocked = "not-locked"
    /// The file is a lock file of a format that is not read.
    case unreadFormat = "unread-format"
    /// A component of a bill of materials without a package URL that advisories speak of.
    case noPackageURL = "no-purl"
  }

  /// By OSV's name; empty where it is not known.
  package let ecosystem: String
  package let name: String
  package let reason: Reason
  /// What stands in the place of a version; empty for nothing.
  package let detail: String
  /// Of the file that names it.
  package var path: String
  /// From 1; 0 where none is known.
  package let line: Int

  /// Longest text of a file that is kept, in characters.
  private static let longestText = 120

  /// - Parameters:
  ///   - detail: as the file writes it; credentials of addresses are taken out.
  ///   - line: from 1; 0 where none is known.
  package init(
    ecosystem: String, name: String, reason: Reason, detail: String = "", path: String, line: Int = 0
  ) {
    self.ecosystem = ecosystem
    self.name = Self.bounded(name)
    self.reason = reason
    self.detail = Self.bounded(Self.withoutCredentials(detail))
    self.path = path
    self.line = line
  }

  private static func bounded(_ text: String) -> String {
    text.utf8.count > longestText && text.count > longestText ? text.prefix(longestText) + "…" : text
  }

  /// Addresses without the names and passwords before their hosts, and without their queries.
  static func withoutCredentials(_ text: String) -> String {
    guard let scheme = text.firstRange(of: "://") else { return text }
    let rest = text[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    let path = rest[authority.endIndex...].prefix { $0 != "?" }
    return String(text[..<scheme.upperBound] + host + path)
  }

  /// What is known of it, as part of a sentence.
  package var why: String {
    switch reason {
    case .range: "no single version is asked for" + (detail.isEmpty ? "" : " (\(detail))")
    case .missing: "no version is told"
    case .unreadable: detail.isEmpty ? "it is not understood" : "\"\(detail)\" is not understood as a version"
    case .source: "it is taken from \(detail), and no version is told"
    case .include: "\(detail.isEmpty ? "it" : detail) was not read"
    case .outside: "it lies outside of what was scanned (\(detail))"
    case .notLocked: "no lock file says which version is used" + (detail.isEmpty ? "" : " (\(detail))")
    case .unreadFormat: "lock files of this format are not read"
    case .noPackageURL:
      "it has no package URL that advisories speak of" + (detail.isEmpty ? "" : " (\(detail))")
    }
  }

  /// Whether it stands for all that a manifest asks for, since the language of that is not read.
  var isWholeManifest: Bool { reason == .notLocked && name == Self.dependencies(of: path) }

  /// What stands for all that a file asks for.
  static func dependencies(of path: String) -> String { "dependencies of \(path)" }

  /// `name (path:3)`.
  package var title: String { "\(name) (\(path)\(line > 0 ? ":\(line)" : ""))" }

  /// The order in which they are listed: by file, line and name.
  package static func precedes(_ a: UnresolvedDependency, _ b: UnresolvedDependency) -> Bool {
    (a.path, a.line, a.name) < (b.path, b.line, b.name)
  }
}

/// As processes of this program tell each other of it, and as the cache of layers keeps it.
extension UnresolvedDependency {
  package func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("name", name)
      writer.field("ecosystem", ecosystem)
      writer.field("reason", reason.rawValue)
      writer.field("detail", detail)
      writer.field("path", path)
      writer.field("line", line)
    }
  }

  /// - Returns: nil for what is no such object.
  package init?(json item: DocumentNode) {
    guard let name = item["name"]?.string, let ecosystem = item["ecosystem"]?.string, let path = item["path"]?.string,
      let reason = item["reason"]?.string.flatMap({ Reason(rawValue: $0) })
    else { return nil }
    self.init(
      ecosystem: ecosystem, name: name, reason: reason, detail: item["detail"]?.string ?? "", path: path,
      line: Int(clamping: item["line"]?.int ?? 0))
  }
}
