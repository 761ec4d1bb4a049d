package import Findings
import Transport

/// The API server as seen from a pod, with the service account of the pod.
///
/// Source: kubernetes.io, "Accessing the Kubernetes API from a Pod".
package enum InClusterEndpoint {
  package static let folder = "/var/run/secrets/kubernetes.io/serviceaccount"

  /// - Throws: one line where the process does not run in a pod, or the token is not mounted.
  package static func find(
    environment: (String) -> String?, folder: String = folder
  ) throws(BartizanError) -> ClusterEndpoint {
    guard let host = environment("KUBERNETES_SERVICE_HOST"), let port = environment("KUBERNETES_SERVICE_PORT"),
      !host.isEmpty
    else {
      throw BartizanError(
        .usage, "not in a cluster: KUBERNETES_SERVICE_HOST is not set; use --context outside of one")
    }
    guard FilePaths.exists(folder + "/token") else {
      throw BartizanError(
        .usage, "no service account token at \(folder); the pod sets automountServiceAccountToken: false")
    }
    var endpoint = ClusterEndpoint(
      name: "in-cluster", server: "https://" + (host.contains(":") ? "[\(host)]" : host) + ":" + port)
    endpoint.credential = .tokenFile(folder + "/token")
    endpoint.certificateAuthority = try? FileReader.read(folder + "/ca.crt")
    endpoint.namespace = (try? FileReader.read(folder + "/namespace")).map { String(decoding: $0, as: UTF8.self) }
    return endpoint
  }
}
