import Bytes

/// A part of a policy file with its place in it, so that every refusal says where and what.
struct PolicyNode {
  let node: DocumentNode
  /// Such as `spec.authorities[0].key`.
  let path: String
  let file: String

  func wrong(_ reason: String) -> TrustFailure {
    .malformed(.imagePolicy, "\(file):\(node.line): \(path.isEmpty ? "" : path + ": ")\(reason)")
  }

  private func child(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

  /// Refuses fields that are not known: a misspelt one would weaken the policy without a word.
  func allow(_ keys: String...) throws(TrustFailure) {
    guard let mapping = node.mapping else { throw wrong("must be an object") }
    for entry in mapping.entries where !keys.contains(entry.key) {
      throw PolicyNode(node: entry.value, path: path, file: file).wrong(
        "unknown field \(entry.key); known are \(keys.joined(separator: ", "))")
    }
    if let key = mapping.repeated.first { throw wrong("the field \(key.key) occurs twice") }
  }

  subscript(key: String) -> PolicyNode? {
    node[key].map { PolicyNode(node: $0, path: child(key), file: file) }
  }

  func required(_ key: String) throws(TrustFailure) -> PolicyNode {
    guard let value = self[key] else { throw wrong("\(key) is missing") }
    return value
  }

  func text() throws(TrustFailure) -> String {
    guard let text = node.string, !text.isEmpty else { throw wrong("must be text") }
    return text
  }

  func text(_ key: String) throws(TrustFailure) -> String? { try self[key]?.text() }

  func list() throws(TrustFailure) -> [PolicyNode] {
    guard let items = node.array else { throw wrong("must be a list") }
    return items.enumerated().map { PolicyNode(node: $0.element, path: "\(path)[\($0.offset)]", file: file) }
  }

  func list(_ key: String) throws(TrustFailure) -> [PolicyNode] { try self[key]?.list() ?? [] }
}
