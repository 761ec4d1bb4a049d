package import Bytes

/// A snapshot as one portable file: a tar.gz with a `SnapshotRecord` and one list of objects per kind. The values of
/// Secrets are removed. `PathSource` reads it like any other archive.
package enum SnapshotArchive {
  /// - Parameters:
  ///   - source: the context or files that were read.
  ///   - taken: RFC 3339.
  ///   - time: the same in seconds since 1970.
  package static func bytes(
    _ snapshot: ClusterSnapshot, source: String, taken: String, time: Int
  ) throws(DocumentError) -> [UInt8] {
    var archive = TarWriter(time: time)
    var record = JSONWriter(pretty: true)
    SnapshotRecord(
      source: source, taken: taken, refused: snapshot.refused, skipped: snapshot.skipped,
      problems: snapshot.problems, serverMinor: snapshot.serverMinor
    )
    .write(to: &record)
    record.endLine()
    archive.add("snapshot.json", record.bytes)
    for kind in snapshot.kinds {
      let objects = snapshot.objects(kind).map(\.withoutSecretValues).sorted {
        ($0.namespace ?? "", $0.name, $0.version) < ($1.namespace ?? "", $1.name, $1.version)
      }
      var list = JSONWriter(pretty: false)
      list.object { writer in
        writer.field("apiVersion", "v1")
        writer.field("kind", "List")
        writer.key("items")
        writer.array { writer in
          for object in objects {
            writer.value(object.root)
            // One object per line, so that a line of the file identifies an object of the cluster.
            writer.endLine()
          }
        }
      }
      list.endLine()
      let name = (kind.group.isEmpty ? "" : kind.group + "/") + kind.kind
      archive.add("objects/\(name.prefix(80)).json", list.bytes)
    }
    archive.finish()
    return try Gzip.compress(archive.bytes)
  }
}
