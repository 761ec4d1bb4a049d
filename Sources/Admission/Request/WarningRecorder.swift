/// The warnings of one answer as they reach the client: each once, none with control characters, cut where they would be
/// too many.
///
/// Source: k8s.io/apiserver `pkg/endpoints/filters/warning.go` and k8s.io/apimachinery `pkg/util/net/http.go`.
package struct WarningRecorder: Sendable {
  private static let totalScalars = 4 * 1024
  private static let itemScalars = 256

  package private(set) var warnings: [String] = []
  private var recorded: [String] = []
  private var written = 0
  private var isTruncating = false

  package init() {}

  package mutating func add(_ text: String) {
    if text.isEmpty || (isTruncating && written >= Self.totalScalars) || recorded.contains(text) { return }
    recorded.append(text)
    if isTruncating {
      write(Self.cut(text))
    } else if written + text.unicodeScalars.count <= Self.totalScalars || !Self.isSendable(text) {
      write(text)
    } else {
      isTruncating = true
      written = 0
      warnings = []
      for text in recorded { write(Self.cut(text)) }
    }
  }

  private mutating func write(_ text: String) {
    guard Self.isSendable(text) else { return }
    written += text.unicodeScalars.count
    warnings.append(text)
  }

  private static func isSendable(_ text: String) -> Bool { !text.utf8.contains { $0 < 0x20 || $0 == 0x7F } }

  private static func cut(_ text: String) -> String {
    text.unicodeScalars.count <= itemScalars
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(itemScalars)))
  }
}
