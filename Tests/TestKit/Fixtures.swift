import Bytes
package import Kube

package enum Fixtures {
  /// A snapshot of manifests written in a test.
  package static func snapshot(_ yaml: String, file: String = "test.yaml") -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder()
    ManifestReader.read(Array(yaml.utf8), file: file, into: &builder, limits: .standard)
    return builder.build()
  }

  /// The manifests of files, and of folders with all that is named like one below them.
  package static func snapshot(of paths: [String]) throws -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder()
    for path in paths {
      for file in SourceFiles.isFolder(path) ? SourceFiles.manifests(path) : [path] {
        ManifestReader.read(try FileReaderForTests.bytes(file), file: file, into: &builder, limits: .standard)
      }
    }
    return builder.build()
  }
}
