package import Bytes

/// A token that was made; it is shown this once (`token create`).
package struct TokenCreatedAnswer: KindOfAnswer {
  package static let kind = "TokenCreated"

  private let token: String
  private let scope: String
  private let name: String
  /// RFC 3339.
  private let created: String
  /// Where its hash is kept.
  private let file: String

  package init(token: String, scope: String, name: String, created: String, file: String) {
    self.token = token
    self.scope = scope
    self.name = name
    self.created = created
    self.file = file
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("token", token)
    writer.field("scope", scope)
    writer.field("name", name)
    writer.field("created", created)
    writer.field("file", file)
  }

  /// The token alone, for a pipe.
  package func text(_ terminal: Terminal) -> String { token + "\n" }
}
