package import Bytes

/// A JSON merge patch (RFC 7386).
package enum MergePatch {
  package static func apply(_ patch: DocumentNode, to target: DocumentNode) -> DocumentNode {
    guard let changes = patch.mapping else { return patch }
    var result = target.mapping == nil ? DocumentNode(.object(Mapping([]))) : target
    for entry in changes.entries {
      if entry.value.isNull {
        result = result.setting(entry.key, nil)
      } else {
        result = result.setting(entry.key, apply(entry.value, to: result.mapping?[entry.key] ?? .null))
      }
    }
    return result
  }
}
