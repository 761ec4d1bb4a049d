import Bytes

extension KubeObject {
  private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

  /// A Secret with its keys and empty values, also in the copy that `kubectl apply` keeps in an annotation. Other
  /// objects are returned unchanged.
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
            // A copy that cannot be parsed cannot be redacted, so it is dropped.
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
  /// The mapping with each value replaced; anything else is returned unchanged.
  func mappingEntries(_ transform: (String, DocumentNode) -> DocumentNode) -> DocumentNode {
    guard let mapping else { return self }
    let entries = mapping.entries.map {
      Mapping.Entry(key: $0.key, line: $0.line, column: $0.column, value: transform($0.key, $0.value))
    }
    return DocumentNode(.object(Mapping(entries)), line: line, column: column)
  }
}
