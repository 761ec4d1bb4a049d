/// The name of a source package as rpm writes it: `ncurses-6.1-150000.5.12.1.src.rpm`.
///
/// Source: rpm, tag 1044, `SourceRPM`.
package struct SourceRPM: Sendable, Hashable {
  package let name: String
  package let version: String
  package let release: String

  /// - Returns: nil for a text of another form.
  package init?(_ text: String) {
    var rest = text[...]
    for ending in [".src.rpm", ".nosrc.rpm"] where rest.hasSuffix(ending) { rest = rest.dropLast(ending.count) }
    guard rest.endIndex < text.endIndex, let last = rest.lastIndex(of: "-"), last > rest.startIndex else { return nil }
    let head = rest[..<last]
    guard let middle = head.lastIndex(of: "-"), middle > head.startIndex else { return nil }
    name = String(head[..<middle])
    version = String(head[head.index(after: middle)...])
    release = String(rest[rest.index(after: last)...])
    guard !version.isEmpty, !release.isEmpty else { return nil }
  }

  /// With the epoch of the binary package, which the name of the source does not tell.
  package func fullVersion(like binary: String) -> String {
    let epoch = binary.firstIndex(of: ":").map { binary[...$0] } ?? ""
    return "\(epoch)\(version)-\(release)"
  }
}
