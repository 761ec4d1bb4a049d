import Bytes
import Findings

extension Probe {
  /// Asks to whom the machine belongs, not for a token.
  static let azureMetadata = Probe(
    id: "azure-metadata", kind: .metadata, title: "Metadata of an Azure machine",
    rationale: "Whoever runs here takes the managed identity of the node.",
    remediation: "Use Workload ID, and stop pods' traffic to 169.254.169.254.",
    reference: Reference(
      "Azure: Instance Metadata Service",
      "https://learn.microsoft.com/en-us/azure/virtual-machines/instance-metadata-service"),
    claim: .opens(.cloudIdentity),
    requests: {
      [
        ProbeRequest($0, port: 80, isSecure: false, "/metadata/identity/info?api-version=2018-02-01").with(
          "Metadata", "true")
      ]
    },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        let document = answer.document
        if answer.status == 200, document?["tenantId"]?.string != nil {
          return .open(.high, "tells anybody here that the machine has an identity")
        }
        if answer.status == 400, document?["error"] != nil { return .closed("has no identity (400)") }
        return ProbeResponse.other(answer, than: "metadata of Azure")
      }
    })
}
