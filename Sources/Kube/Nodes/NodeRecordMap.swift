package import Bytes

/// The ConfigMap in which a node leaves its record, and records are found again.
///
/// Who may write ConfigMaps of the namespace may write records: nothing else should be in it.
package enum NodeRecordMap {
  /// The namespace of the DaemonSet of `bartizan node manifest`, unless it is given another one.
  package static let usualNamespace = "bartizan-nodes"
  package static let label = "bartizan.dev/node-record"
  private static let plainKey = "record.json"
  private static let packedKey = "record.json.gz"
  /// Largest record that stands as it is, and largest at all, in bytes: an object of the API has a mebibyte at most.
  private static let mostPlain = 700_000
  private static let mostPacked = 700_000

  /// `node-` and the node's name.
  package static func name(_ node: String) -> String { "node-" + node }

  /// The object.
  ///
  /// - Throws: `DocumentError` for a record that is too large even when it is compressed.
  package static func document(_ record: NodeRecord, namespace: String) throws(DocumentError) -> DocumentNode {
    var writer = JSONWriter(pretty: false)
    writer.value(record.document)
    let bytes = writer.bytes
    let held: (key: String, content: DocumentNode)
    if bytes.count <= mostPlain {
      held = ("data", .object([(plainKey, DocumentNode(.string(String(decoding: bytes, as: UTF8.self))))]))
    } else {
      let packed = try Gzip.compress(bytes)
      guard packed.count <= mostPacked else {
        throw DocumentError(.syntax, "the record has \(bytes.count) bytes, more than a ConfigMap holds")
      }
      held = ("binaryData", .object([(packedKey, DocumentNode(.string(Base64.encode(packed))))]))
    }
    return .object([
      ("apiVersion", "v1"), ("kind", "ConfigMap"),
      (
        "metadata",
        .object([
          ("name", DocumentNode(.string(name(record.name)))), ("namespace", DocumentNode(.string(namespace))),
          ("labels", .object([(label, DocumentNode(.string("true")))])),
        ])
      ),
      (held.key, held.content),
    ])
  }

  /// The record in a ConfigMap; nil for one that holds none.
  ///
  /// - Throws: `DocumentError` for one that should and does not.
  package static func record(in map: DocumentNode) throws(DocumentError) -> NodeRecord? {
    guard map["kind"]?.string == "ConfigMap", map[path: "metadata", "labels"]?[label]?.string == "true" else {
      return nil
    }
    let record: NodeRecord
    if let text = map["data"]?[plainKey]?.string {
      record = try NodeRecord(try JSONReader.read(text))
    } else if let text = map["binaryData"]?[packedKey]?.string, let packed = Base64.decode(text) {
      record = try NodeRecord(try JSONReader.read(try Gzip.decompress(packed)))
    } else {
      throw DocumentError(.syntax, "no record of a node in it", line: Int(map.line))
    }
    // A node says something of itself only.
    guard map[path: "metadata", "name"]?.string == name(record.name) else {
      throw DocumentError(.syntax, "it holds the record of another node, \(record.name)", line: Int(map.line))
    }
    return record
  }

  /// The records that nodes left in a cluster.
  ///
  /// - Parameter namespace: where they are looked for; elsewhere whoever may write a ConfigMap could invent them.
  /// - Returns: with those that cannot be read, and why.
  package static func records(
    in snapshot: ClusterSnapshot, namespace: String = usualNamespace
  ) -> (records: [NodeRecord], broken: [(name: String, message: String)]) {
    var records: [NodeRecord] = []
    var broken: [(name: String, message: String)] = []
    for map in snapshot.objects(.configMap) where map.effectiveNamespace == namespace {
      do throws(DocumentError) {
        if let record = try record(in: map.root) { records.append(record) }
      } catch { broken.append(("ConfigMap \(namespace)/\(map.name)", error.message)) }
    }
    return (records, broken)
  }
}
