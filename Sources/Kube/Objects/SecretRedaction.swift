import Bytes

extension KubeObject {
  private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

  /// A Secret without its values: the keys stay, the values are empty, also in the copy that `kubectl apply` keeps in an
  /// annotation. Any other object as it is.
  package var withoutSecretValues: KubeObject {
    groupKind == .secret ? with(Self.redacted(root)) : self
  }

  private static func redacted(_ root: DocumentNode) -> DocumentNode {
    root.mappingEntries { key, value in
      switch key {
      case "data", "stringData": value.mappingEntries { _, _ in DocumentNode(.string("")) }
      case "metadata":
        value.mappingEntries { key, value in
          guard key == "annotations" else { return value }
          return value.mappingEntries { key, value in
            guard key == lastApplied, let text = value.string else { return value }
            // A copy that cannot be read cannot be cleaned either.
            guard let copy = try? JSONReader.read(text) else { return DocumentNode(.string("")) }
            var writer = JSONWriter(pretty: false)
            writer.value(redacted(copy))
            return DocumentNode(.string(writer.text), line: value.line, column: value.column)
          }
        }
      default: value
      }
    }
  }
}

extension DocumentNode {
  /// The same mapping with other values; anything else as it is.
  func mappingEntries(_ transform: (String, DocumentNode) -> DocumentNode) -> DocumentNode {
    guard let mapping else { return self }
    let entries = mapping.entries.map {
      Mapping.Entry(key: $0.key, line: $0.line, column: $0.column, value: transform($0.key, $0.value))
    }
    return DocumentNode(.object(Mapping(entries)), line: line, column: column)
  }
}
