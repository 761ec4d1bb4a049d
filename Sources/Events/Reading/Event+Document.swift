package import Bytes

extension Event {
  /// The record that tells what the event is, as a tree: the innermost that is JSON. Nil for lines, and for records
  /// beyond the limits.
  package func document(limits: Limits = .standard) -> DocumentNode? {
    var found: DocumentNode?
    eachLayer { mapping, payload, _ in
      guard mapping.isObject else { return true }
      found = withBytes(payload) { bytes in try? JSONReader.read(bytes, limits: limits) }
      return found == nil
    }
    return found
  }
}
