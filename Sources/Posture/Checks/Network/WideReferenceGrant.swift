import Bytes
import Findings
package import Kube
package import PodSecurity

package struct WideReferenceGrant: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "wide-reference-grant", title: "ReferenceGrant for every object of a kind", area: .network, severity: .medium,
    rationale:
      "Without a name in `to`, routes of the other namespace may use every Secret or Service of this one.",
    remediation:
      "Name the object in each entry of `to`.",
    example: """
      spec:
        to:
          - group: ""
            kind: Service
            name: api
      """,
    controls: [.nsa("network-separation"), .mitre("T1552")],
    references: [
      Reference("ReferenceGrant", "https://gateway-api.sigs.k8s.io/api-types/referencegrant/")
    ])

  package let kinds: [GroupKind] = [GroupKind("gateway.networking.k8s.io", "ReferenceGrant")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let bad = (object.spec?["to"]?.elements ?? []).enumerated().filter { ($0.element["name"]?.string ?? "").isEmpty }
    let secrets = bad.contains { $0.element["kind"]?.string == "Secret" }
    guard !bad.isEmpty else { return .pass }
    return .fail(
      "every \(bad.compactMap { $0.element["kind"]?.string }.joined(separator: ", every ")) of the namespace may be referred to",
      bad.map { Evidence(in: $0.element, path: "spec.to[\($0.offset)]", ["kind"]) }, severity: secrets ? .high : nil)
  }
}
