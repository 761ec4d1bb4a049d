import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let seccompProfileBaseline = PodSecurityControl(
    id: "seccompProfile_baseline", level: .baseline,
    revisions: [(0, seccompAnnotations), (19, seccompFields)],
    metadata: CheckMetadata(
      id: "pss-seccomp", title: "seccomp switched off", area: .podSecurity, severity: .high,
      rationale:
        "seccomp keeps a container from some sixty dangerous system calls. Unconfined, every flaw of the kernel behind them is within reach.",
      remediation: "Use the profile `RuntimeDefault`, or a `Localhost` one.",
      example: """
        spec:
          securityContext:
            seccompProfile:
              type: RuntimeDefault
        """,
      controls: [.pss("baseline/seccompProfile"), .cis("5.6.2"), .nsa("pod-security"), .mitre("T1611")],
      references: [standardsPage],
      aliases: ["kubescape:C-0055", "checkov:CKV_K8S_31", "trivy:KSV-0104", "trivy:KSV-0030"]))

  private static let podAnnotation = "seccomp.security.alpha.kubernetes.io/pod"
  private static let containerAnnotation = "container.seccomp.security.alpha.kubernetes.io/"
  static let allowedSeccompTypes: Set<String> = ["RuntimeDefault", "Localhost"]

  private static let seccompAnnotations: Rule = { template in
    let keys = Set([podAnnotation] + template.containers.map { containerAnnotation + $0.name })
    let bad = (template.metadata?["annotations"]?.entries ?? []).filter { entry in
      guard keys.contains(entry.key), let value = entry.value.string else { return false }
      return !(value == "runtime/default" || value == "docker/default" || value.hasPrefix("localhost/"))
    }.sorted { $0.key < $1.key }
    guard !bad.isEmpty else { return nil }
    let evidence = bad.map {
      Evidence(
        path: metadataPath(template) + ".annotations[\"\($0.key)\"]", value: $0.value.text, line: Int($0.line),
        column: Int($0.column))
    }
    return PodSecurityViolation(
      reason: "seccompProfile",
      detail: "forbidden " + PodSecurityText.plural("annotation", "annotations", bad.count) + " "
        + bad.map { "\($0.key)=\"\($0.value.text ?? "")\"" }.joined(separator: ", "),
      evidence: evidence, edits: evidence.map { Edit($0.path, .remove) })
  }

  private static let seccompFields: Rule = { template in
    let explicit = explicitSeccomp(template)
    guard !explicit.setters.isEmpty else { return nil }
    return explicit.violation
  }

  /// Profiles that are named and forbidden, of the pod and of its containers.
  struct ExplicitSeccomp {
    var setters: [String] = []
    var values = Set<String>()
    var evidence: [Evidence] = []

    var violation: PodSecurityViolation {
      PodSecurityViolation(
        reason: "seccompProfile",
        detail: setters.joined(separator: " and ") + " must not set securityContext.seccompProfile.type to "
          + PodSecurityText.quoted(values.sorted()),
        evidence: evidence, edits: evidence.map { Edit($0.path, .set(.text("RuntimeDefault"))) })
    }
  }

  static func explicitSeccomp(_ template: PodTemplate) -> ExplicitSeccomp {
    var result = ExplicitSeccomp()
    if let profile = template.securityContext?["seccompProfile"] {
      let type = profile["type"]?.text ?? ""
      if !allowedSeccompTypes.contains(type) {
        result.setters.append("pod")
        result.values.insert(type)
        result.evidence.append(template.evidence("securityContext", "seccompProfile", "type"))
      }
    }
    var names: [String] = []
    for container in template.containers {
      guard let profile = container.securityContext?["seccompProfile"] else { continue }
      let type = profile["type"]?.text ?? ""
      guard !allowedSeccompTypes.contains(type) else { continue }
      names.append(container.name)
      result.values.insert(type)
      result.evidence.append(container.evidence("securityContext", "seccompProfile", "type"))
    }
    if !names.isEmpty { result.setters.append(PodSecurityText.containers(names)) }
    return result
  }
}
