/// Words of a command line that somebody copies into a shell.
package enum ShellWord {
  /// One word, whatever is in it: names come from clusters and from files. Control characters are shown as `?`.
  package static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy {
        $0 &- 0x30 < 10 || $0 &- 0x41 < 26 || $0 &- 0x61 < 26 || [0x2D, 0x2E, 0x2F, 0x3A, 0x40, 0x5F].contains($0)
      }
    guard !isPlain else { return text }
    let visible = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : String($0) }.joined()
    return "'" + visible.replacing("'", with: "'\\''") + "'"
  }
}
