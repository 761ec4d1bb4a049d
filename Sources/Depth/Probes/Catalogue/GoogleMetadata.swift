import Findings

extension Probe {
  /// Asks for the name of the account, not for its token.
  static let googleMetadata = Probe(
    id: "google-metadata", kind: .metadata, title: "Metadata of a Google instance",
    rationale: "Whoever runs here takes the service account of the node.",
    remediation: "Use Workload Identity Federation, and stop pods' traffic to 169.254.169.254.",
    reference: Reference(
      "Google Compute Engine: about VM metadata", "https://cloud.google.com/compute/docs/metadata/overview"),
    claim: .opens(.cloudIdentity),
    requests: {
      [
        ProbeRequest(
          $0, port: 80, isSecure: false, "/computeMetadata/v1/instance/service-accounts/default/email"
        ).with("Metadata-Flavor", "Google")
      ]
    },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        guard answer.headers["metadata-flavor"] == "Google" else {
          return ProbeResponse.other(answer, than: "metadata of Google")
        }
        // GKE puts a server of its own before that of the machine, which answers for the account of the pod.
        if answer.headers["server"] == "GKE Metadata Server" || answer.holds(".svc.id.goog") {
          return .closed("answers for the pod's own account, by Workload Identity")
        }
        guard answer.status == 200 else { return .closed("knows no account (\(answer.status))") }
        return .open(.high, "names the account of the node to anybody here")
      }
    })
}
