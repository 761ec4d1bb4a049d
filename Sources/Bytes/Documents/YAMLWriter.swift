/// Writes YAML that reads back as the same value, in the style of Kubernetes manifests.
package enum YAMLWriter {
  /// All documents, separated by `---`.
  package static func text(_ documents: [DocumentNode]) -> String {
    documents.map { document in
      var text = ""
      write(document, indent: 0, &text)
      return text
    }.joined(separator: "---\n")
  }

  private static func write(_ node: DocumentNode, indent: Int, _ text: inout String) {
    let padding = String(repeating: " ", count: indent)
    switch node.content {
    case .object(let mapping):
      for entry in mapping.entries {
        text += padding + scalar(entry.key) + ":"
        writeValue(entry.value, indent: indent, &text)
      }
    case .array(let items):
      for item in items {
        var inner = ""
        if isEmpty(item) || item.array == nil && item.mapping == nil {
          text += padding + "- " + inline(item) + "\n"
          continue
        }
        write(item, indent: indent + 2, &inner)
        text += padding + "- " + inner.dropFirst(indent + 2)
      }
    default: text += padding + inline(node) + "\n"
    }
  }

  private static func writeValue(_ node: DocumentNode, indent: Int, _ text: inout String) {
    if isEmpty(node) || node.array == nil && node.mapping == nil {
      text += " " + inline(node) + "\n"
    } else if let items = node.array, items.allSatisfy({ $0.array == nil && $0.mapping == nil }),
      items.reduce(0, { $0 + inline($1).utf8.count + 2 }) < 100
    {
      text += " [" + items.map(inline).joined(separator: ", ") + "]\n"
    } else {
      text += "\n"
      write(node, indent: node.array == nil ? indent + 2 : indent, &text)
    }
  }

  private static func isEmpty(_ node: DocumentNode) -> Bool {
    node.array?.isEmpty ?? node.mapping?.entries.isEmpty ?? false
  }

  private static func inline(_ node: DocumentNode) -> String {
    switch node.content {
    case .string(let text): scalar(text)
    case .array: "[]"
    case .object: "{}"
    case .null: "null"
    default: node.text ?? "null"
    }
  }

  /// Without quotes where that reads back as the same text; in JSON quotes otherwise.
  private static func scalar(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let plain = bytes.allSatisfy { byte in
      (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || [0x2D, 0x2E, 0x2F, 0x5F, 0x3A, 0x40].contains(byte)
    }
    let startsPlain = bytes.first.map { ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2F } ?? false
    let ambiguous = bytes.last == 0x3A || text.contains(": ")
    let resolved = bytes.withUnsafeBufferPointer { YAMLScalar.resolve($0) }
    let isWord = resolved != nil || ["y", "Y", "n", "N"].contains(text)
    if plain, startsPlain, !ambiguous, !isWord { return text }
    var writer = JSONWriter(pretty: false)
    writer.value(text)
    return writer.text
  }
}
