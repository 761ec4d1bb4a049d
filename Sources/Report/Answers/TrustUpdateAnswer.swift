package import Bytes

/// What was fetched from a TUF repository (`sigstore update-trust`).
package struct TrustUpdateAnswer: KindOfAnswer {
  package static let kind = "TrustUpdate"

  private let repository: String
  private let file: String
  private let versions: [(role: String, version: UInt64)]
  private let expires: Timestamp

  /// - Parameters:
  ///   - file: where the target is.
  ///   - expires: the first of the documents.
  package init(
    repository: String, file: String, root: UInt64, timestamp: UInt64, snapshot: UInt64, targets: UInt64,
    expires: Timestamp
  ) {
    self.repository = repository
    self.file = file
    versions = [("root", root), ("timestamp", timestamp), ("snapshot", snapshot), ("targets", targets)]
    self.expires = expires
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("repository", repository)
    writer.field("file", file)
    writer.key("versions")
    writer.object { writer in for item in versions { writer.field(item.role, Int(clamping: item.version)) } }
    writer.field("expires", expires.text)
  }

  package func text(_ terminal: Terminal) -> String {
    let list = versions.map { "\($0.role) \($0.version)" }.joined(separator: ", ")
    return """
      \(Terminal.printable(file))
        from \(Terminal.printable(repository)): \(list)
        current until \(expires.text)

      """
  }
}
