import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let capabilitiesRestricted = PodSecurityControl(
    id: "capabilities_restricted", level: .restricted, overrides: ["capabilities_baseline"],
    revisions: [(22, restrictedCapabilities), (25, exceptWindows(restrictedCapabilities))],
    metadata: CheckMetadata(
      id: "pss-capabilities-restricted", title: "Keeps capabilities it does not need", area: .podSecurity,
      severity: .medium,
      rationale:
        "A container starts with some fourteen capabilities of root, among them raw sockets and changing owners of files. Hardly any program needs one; an intruder does.",
      remediation: "Drop `ALL` capabilities in every container; add back `NET_BIND_SERVICE` if it must.",
      example: """
        spec:
          containers:
            - name: app
              image: registry.example.com/app:1.4.2
              securityContext:
                capabilities:
                  drop: ["ALL"]
        """,
      controls: [
        .pss("restricted/capabilities"), .cis("5.2.8"), .cis("5.2.9"), .nsa("pod-security"), .mitre("T1611"),
      ],
      references: [standardsPage],
      aliases: [
        "kubescape:C-0046", "trivy:KSV-0003", "trivy:KSV-0106",
        "kube-linter:drop-net-raw-capability",
        "checkov:CKV_K8S_28", "checkov:CKV_K8S_37",
      ]))

  private static let restrictedCapabilities: Rule = { template in
    var missing: [Container] = []
    var adding: [String] = []
    var forbidden = Set<String>()
    var evidence: [Evidence] = []
    var edits: [Edit] = []
    for container in template.containers {
      let dropped = container.securityContext?["capabilities"]?["drop"]?.strings ?? []
      if !dropped.contains("ALL") {
        missing.append(container)
        evidence.append(container.evidence("securityContext", "capabilities", "drop"))
        edits.append(Edit(container.path + ".securityContext.capabilities.drop", .include("ALL")))
      }
      let bad = addedCapabilities(container).filter { $0.name != "NET_BIND_SERVICE" }
      guard !bad.isEmpty else { continue }
      adding.append(container.name)
      forbidden.formUnion(bad.map(\.name))
      evidence += bad.map(\.evidence)
      edits += bad.map { Edit($0.evidence.path, .remove) }
    }
    var details: [String] = []
    if !missing.isEmpty {
      details.append(
        "\(PodSecurityText.containers(missing.map(\.name))) must set securityContext.capabilities.drop=[\"ALL\"]")
    }
    if !adding.isEmpty {
      details.append(
        "\(PodSecurityText.containers(adding)) must not include \(PodSecurityText.quoted(forbidden.sorted())) in securityContext.capabilities.add"
      )
    }
    guard !details.isEmpty else { return nil }
    return PodSecurityViolation(
      reason: "unrestricted capabilities", detail: details.joined(separator: "; "), evidence: evidence, edits: edits)
  }
}
