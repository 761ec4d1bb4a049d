import Bytes
package import Collect
package import Findings
package import Kube

/// The credentials by which a cluster itself pulls its images. They are used, and not kept.
package struct PullSecrets: Sendable {
  /// By the references that workloads use, in the format of Docker's `config.json`.
  package private(set) var documents: [String: [[UInt8]]] = [:]
  /// Secrets that could not be read.
  package private(set) var problems: [Problem] = []

  /// None.
  package init() {}

  /// - Parameters:
  ///   - cluster: that the snapshot was taken from, to ask for Secrets; nil for files.
  ///   - environment: looks up a variable.
  package init(
    _ snapshot: ClusterSnapshot, cluster: ClusterEndpoint?, environment: @escaping @Sendable (String) -> String?
  ) async throws(BartizanError) {
    let wanted = snapshot.pullSecrets
    let all = Set(wanted.values.flatMap { $0 }).sorted()
    guard !all.isEmpty else { return }
    let (found, problems) = try await PullSecretReader.read(
      all, in: snapshot, cluster: cluster, environment: environment)
    documents = wanted.mapValues { references in references.sorted().compactMap { found[$0] } }
    self.problems = problems
  }

  /// Those of all names of one image: two references to one image may have Secrets of their own.
  subscript(name: String) -> [[UInt8]] { documents[name] ?? [] }
}
