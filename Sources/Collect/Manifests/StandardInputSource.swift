package import Bytes
import Findings
package import Kube
import Transport

/// Manifests, or an archive of them, on standard input.
package struct StandardInputSource: SnapshotSource {
  package var name: String { "-" }
  private let limits: Limits

  private let keepsSchemas: Bool

  package init(limits: Limits = .standard, keepsSchemas: Bool = false) {
    self.limits = limits
    self.keepsSchemas = keepsSchemas
  }

  package func collect(progress: @escaping @Sendable (Int, Int) -> Void) async throws -> ClusterSnapshot.Builder {
    var builder = ClusterSnapshot.Builder(keepsSchemas: keepsSchemas)
    do {
      ManifestReader.read(try FileReader.readStandardInput(limits: limits), file: "-", into: &builder, limits: limits)
    } catch {
      builder.add(Problem(code: "unreadable", location: Location(file: "-"), message: error.message))
    }
    return builder
  }
}
