package import Bytes
package import Kube

/// Names, labels and annotations of objects.
///
/// Source: k8s.io/apimachinery `pkg/api/validation/objectmeta.go` and `pkg/util/validation/validation.go`.
package enum ObjectMetadataValidation {
  package static func validate(_ metadata: DocumentNode, isNamespaced: Bool) -> [FieldError] {
    var errors: [FieldError] = []
    let name = metadata["name"]?.string ?? ""
    let prefix = metadata["generateName"]?.string ?? ""
    if !prefix.isEmpty {
      for detail in subdomainFaults(prefix, isPrefix: true) {
        errors.append(.invalid("metadata.generateName", DocumentNode(.string(prefix)), detail))
      }
    }
    if name.isEmpty {
      if prefix.isEmpty { errors.append(.required("metadata.name", "name or generateName is required")) }
    } else {
      for detail in subdomainFaults(name) {
        errors.append(.invalid("metadata.name", DocumentNode(.string(name)), detail))
      }
    }
    let namespace = metadata["namespace"]?.string ?? ""
    if isNamespaced, namespace.isEmpty {
      errors.append(.required("metadata.namespace"))
    } else if !isNamespaced, !namespace.isEmpty {
      errors.append(.forbidden("metadata.namespace", "not allowed on this type"))
    }
    for entry in metadata["labels"]?.entries ?? [] {
      for detail in qualifiedNameFaults(entry.key) {
        errors.append(.invalid("metadata.labels", DocumentNode(.string(entry.key)), detail))
      }
      for detail in labelValueFaults(entry.value.string ?? "") {
        errors.append(.invalid("metadata.labels", entry.value, detail))
      }
    }
    var size = 0
    for entry in metadata["annotations"]?.entries ?? [] {
      for detail in qualifiedNameFaults(entry.key.lowercased()) {
        errors.append(.invalid("metadata.annotations", DocumentNode(.string(entry.key)), detail))
      }
      size += entry.key.utf8.count + (entry.value.string ?? "").utf8.count
    }
    if size > 256 * 1024 { errors.append(.tooLong("metadata.annotations", 256 * 1024)) }
    for (index, finalizer) in (metadata["finalizers"]?.strings ?? []).enumerated() {
      for detail in qualifiedNameFaults(finalizer) {
        errors.append(.invalid("metadata.finalizers[\(index)]", DocumentNode(.string(finalizer)), detail))
      }
    }
    return errors
  }

  /// What resources inside of a resource must have.
  package static func embedded(_ object: DocumentNode, _ schema: StructuralSchema) -> [FieldError] {
    var errors: [FieldError] = []
    walk(object, schema, path: "", isRoot: true, &errors)
    return errors
  }

  private static func walk(
    _ value: DocumentNode, _ schema: StructuralSchema, path: String, isRoot: Bool, _ errors: inout [FieldError]
  ) {
    switch value.content {
    case .object(let mapping):
      if schema.isEmbeddedResource, !isRoot {
        for key in ["apiVersion", "kind"] where (mapping[key]?.string ?? "").isEmpty {
          errors.append(.required(path + "." + key))
        }
      }
      for entry in mapping.entries {
        guard let inner = schema.field(entry.key) else { continue }
        walk(entry.value, inner, path: path.isEmpty ? entry.key : path + "." + entry.key, isRoot: false, &errors)
      }
    case .array(let items):
      guard let inner = schema.items else { return }
      for (index, item) in items.enumerated() { walk(item, inner, path: "\(path)[\(index)]", isRoot: false, &errors) }
    default: return
    }
  }

  // MARK: Grammar

  private static func isAlphanumeric(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 }

  package static let subdomainMessage =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

  package static func subdomainFaults(_ text: String, isPrefix: Bool = false) -> [String] {
    var faults: [String] = []
    if text.utf8.count > 253 { faults.append("must be no more than 253 bytes") }
    let checked = isPrefix && text.hasSuffix("-") ? text.dropLast() + "a" : text
    let parts = checked.split(separator: ".", omittingEmptySubsequences: false)
    if !parts.allSatisfy({ DNSName.hasLabelForm($0.utf8) }) { faults.append(subdomainMessage) }
    return faults
  }

  private static let namePattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

  package static func qualifiedNameFaults(_ text: String) -> [String] {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    var faults: [String] = []
    let name: Substring
    switch parts.count {
    case 1: name = parts[0]
    case 2:
      name = parts[1]
      if parts[0].isEmpty {
        faults.append("prefix part must be non-empty")
      } else {
        faults += subdomainFaults(String(parts[0])).map { "prefix part " + $0 }
      }
    default:
      return [
        "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '\(namePattern)') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
      ]
    }
    if name.isEmpty {
      faults.append("name part must be non-empty")
    } else if name.utf8.count > 63 {
      faults.append("name part must be no more than 63 bytes")
    }
    if !isName(name) {
      faults.append(
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '\(namePattern)')"
      )
    }
    return faults
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
  }

  package static func labelValueFaults(_ text: String) -> [String] {
    var faults: [String] = []
    if text.utf8.count > 63 { faults.append("must be no more than 63 bytes") }
    if !text.isEmpty, !isName(text[...]) {
      faults.append(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
      )
    }
    return faults
  }

  /// RFC 1035, as far as versions and kinds are held to it.
  package static func labelFault(_ text: String) -> String? {
    let isLabel =
      DNSName.hasLabelForm(text.utf8) && text.utf8.first.map { $0 &- 0x61 < 26 } == true
      && text.utf8.count <= 63
    return isLabel
      ? nil
      : "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
  }
}
