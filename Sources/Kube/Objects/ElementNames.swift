package import Bytes
import Findings

/// Paths in which elements of lists go by what they are called, so that they stay the same when another element comes
/// before them: `spec.containers[name=app].image`.
package enum ElementNames {
  /// - Parameter path: with indexes, from the root of an object. Where it leads nowhere it is kept as it is.
  package static func path(_ path: String, in root: DocumentNode) -> String {
    guard path.utf8.contains(UInt8(ascii: "[")) else { return path }
    var result = ""
    var node: DocumentNode? = root
    var rest = Substring(path)
    while let first = rest.first {
      if first == "[", let end = rest.firstIndex(of: "]") {
        let inner = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        guard let index = Int(inner), let items = node?.array, items.indices.contains(index) else {
          result += "[\(inner)]"
          node = node?.mapping?[String(inner)]
          continue
        }
        result += "[\(name(of: index, in: items))]"
        node = items[index]
        continue
      }
      if first == "." {
        result += "."
        rest.removeFirst()
        continue
      }
      // Keys may hold dots: the longest that fits.
      let entry = (node?.entries ?? []).filter { entry in
        guard rest.hasPrefix(entry.key), !entry.key.isEmpty else { return false }
        let after = rest.dropFirst(entry.key.count).first
        return after == nil || after == "." || after == "["
      }.max { $0.key.utf8.count < $1.key.utf8.count }
      if let entry {
        result += entry.key
        rest = rest.dropFirst(entry.key.count)
        node = entry.value
      } else {
        let end = rest.firstIndex { $0 == "." || $0 == "[" } ?? rest.endIndex
        result += rest[..<end]
        rest = rest[end...]
        node = nil
      }
    }
    return result
  }

  /// Fields that tell elements apart, the best first.
  private static let keys = [
    "name", "key", "mountPath", "devicePath", "containerPort", "port", "host", "path", "topologyKey", "ip", "type",
  ]

  private static func name(of index: Int, in items: [DocumentNode]) -> String {
    let own = identity(of: items[index])
    let before = items[..<index].count { identity(of: $0) == own }
    return before == 0 ? own : "\(own)~\(before + 1)"
  }

  private static func identity(of element: DocumentNode) -> String {
    if let text = element.text { return "=" + text }
    for key in keys { if let text = element[key]?.text { return "\(key)=\(text)" } }
    return "#" + Fingerprint([JSONWriter.compact(element)]).text.prefix(12)
  }
}
