package import Kube

/// Who is asked whether a pod would be admitted. Pod Security is asked here; what else stands at the API server's door is known to
/// higher layers.
package protocol AdmissionVerdicts: Sendable {
  /// Controls of the cluster's own policies that refuse the pod in the namespace.
  func verdict(on pod: KubeObject, inNamespace namespace: String) -> AdmissionVerdict
}

/// The answer to one pod.
package enum AdmissionVerdict: Sendable {
  case admitted
  /// By each of these.
  case refused([StandingControl])
  /// The input does not tell; the reason is a clause.
  case unknown(String)
}
