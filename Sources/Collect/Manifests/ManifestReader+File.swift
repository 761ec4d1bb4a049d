package import Bytes
import Findings
package import Kube
import Transport

extension ManifestReader {
  /// The objects and problems of one file. A file that cannot be read is a problem as well.
  ///
  /// - Parameter isForeign: whether a file with these bytes and this name is passed over.
  package static func read(
    file: String, limits: Limits, keepsSchemas: Bool = false,
    isForeign: ([UInt8], String) -> Bool = { _, _ in false }
  ) -> ClusterSnapshot.Builder {
    var builder = ClusterSnapshot.Builder(keepsSchemas: keepsSchemas)
    do {
      let bytes = try FileReader.read(file, limits: limits)
      if !isForeign(bytes, file) { read(bytes, file: file, into: &builder, limits: limits) }
    } catch {
      builder.add(Problem(code: "unreadable", location: Location(file: file), message: error.message))
    }
    return builder
  }
}
