/// Names of namespaces, Services and hosts.
///
/// Source: RFC 1123, section 2.1; k8s.io/apimachinery `pkg/util/validation`.
package enum ServiceName {
  /// Lower-case letters, digits and dashes, at most 63.
  package static func isLabel(_ text: some StringProtocol) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...63).contains(bytes.count), bytes.first != 0x2D, bytes.last != 0x2D else { return false }
    return bytes.allSatisfy { $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D }
  }

  /// Labels with dots between them, at most 253 characters.
  package static func isName(_ text: String) -> Bool {
    text.utf8.count <= 253 && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
  }
}
