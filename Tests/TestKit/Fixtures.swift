import Bytes
import Collect
package import Kube

package enum Fixtures {
  /// A snapshot of manifests written in a test.
  package static func snapshot(_ yaml: String, file: String = "test.yaml") -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder()
    ManifestReader.read(Array(yaml.utf8), file: file, into: &builder, limits: .standard)
    return builder.build()
  }
}
