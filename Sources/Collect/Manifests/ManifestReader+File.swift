package import Bytes
import Findings
package import Kube
import Transport

extension ManifestReader {
  /// The objects and problems of one file. A file that cannot be read is a problem as well.
  package static func read(
    file: String, limits: Limits, keepsSchemas: Bool = false
  ) -> ClusterSnapshot.Builder {
    var builder = ClusterSnapshot.Builder(keepsSchemas: keepsSchemas)
    do {
      read(try FileReader.read(file, limits: limits), file: file, into: &builder, limits: limits)
    } catch {
      builder.add(Problem(code: "unreadable", location: Location(file: file), message: error.message))
    }
    return builder
  }
}
