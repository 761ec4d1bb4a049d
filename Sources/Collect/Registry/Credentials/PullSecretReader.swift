import Bytes
package import Findings
package import Kube
import Transport

/// Reads the credentials of a cluster's pull secrets: from manifests that hold them, or one by one from the API, which nothing else
/// here does. They are used to pull, and kept nowhere.
package enum PullSecretReader {
  /// - Parameter cluster: nil: only what the snapshot holds.
  /// - Returns: documents like Docker's `config.json`; and what could not be read.
  package static func read(
    _ references: [PullSecretReference], in snapshot: ClusterSnapshot, cluster: ClusterEndpoint?,
    settings: KubernetesClient.Settings = .init(),
    environment: @escaping @Sendable (String) -> String? = { _ in nil }
  ) async throws(BartizanError) -> (documents: [PullSecretReference: [UInt8]], problems: [Problem]) {
    var documents: [PullSecretReference: [UInt8]] = [:]
    var problems: [Problem] = []
    let wanted = Set(references)
    for secret in snapshot.objects(.secret) {
      let reference = PullSecretReference(namespace: secret.namespace ?? "default", name: secret.name)
      if wanted.contains(reference), let document = document(secret.root) { documents[reference] = document }
    }
    let rest = references.filter { documents[$0] == nil }.sorted()
    guard let cluster, !rest.isEmpty else {
      for reference in rest {
        problems.append(problem(reference, "it is not among the manifests, or holds no credentials"))
      }
      return (documents, problems)
    }
    let client = try await KubernetesClient.connect(cluster, settings: settings, environment: environment)
    for reference in rest {
      let path =
        "/api/v1/namespaces/\(PercentEncoding.encode(reference.namespace))/secrets/\(PercentEncoding.encode(reference.name))"
      do throws(APIFailure) {
        if let document = document(try await client.get(path)) {
          documents[reference] = document
        } else {
          problems.append(problem(reference, "it holds no credentials of a registry"))
        }
      } catch {
        problems.append(problem(reference, error.message))
      }
    }
    await client.close()
    return (documents, problems)
  }

  private static func problem(_ reference: PullSecretReference, _ message: String) -> Problem {
    Problem(
      code: "pull-secret", location: Location(file: "Secret/\(reference.text)"),
      message: "\(message); images are pulled without it", hidesInput: false)
  }

  /// Source: Kubernetes API reference, Secret types `kubernetes.io/dockerconfigjson` and `kubernetes.io/dockercfg`.
  private static func document(_ secret: DocumentNode) -> [UInt8]? {
    for key in [".dockerconfigjson", ".dockercfg"] {
      if let text = secret["stringData"]?[key]?.string, !text.isEmpty { return Array(text.utf8) }
      if let text = secret["data"]?[key]?.string, !text.isEmpty, let bytes = Base64.decode(text) { return bytes }
    }
    return nil
  }
}
