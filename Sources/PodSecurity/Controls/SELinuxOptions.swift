import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let seLinuxOptions = PodSecurityControl(
    id: "seLinuxOptions", level: .baseline,
    revisions: [
      (0, seLinux(types: ["", "container_t", "container_init_t", "container_kvm_t"])),
      (31, seLinux(types: ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"])),
    ],
    metadata: CheckMetadata(
      id: "pss-selinux-options", title: "Custom SELinux type, user or role", area: .podSecurity, severity: .high,
      rationale:
        "The SELinux label decides what a process may touch on the node. A type such as `spc_t`, or another user or role, lifts the confinement of containers.",
      remediation: "Remove `seLinuxOptions`, or use one of the types made for containers and neither user nor role.",
      example: """
        spec:
          securityContext:
            seLinuxOptions:
              type: container_t
        """,
      controls: [.pss("baseline/seLinuxOptions"), .cis("5.6.3"), .nsa("pod-security"), .mitre("T1611")],
      references: [standardsPage], aliases: ["kubescape:C-0055", "trivy:KSV-0025"]))

  private static func seLinux(types allowed: Set<String>) -> Rule {
    { template in
      var types = Set<String>()
      var badUser = false
      var badRole = false
      var evidence: [Evidence] = []
      func isBad(_ context: DocumentNode?, _ proof: (String) -> Evidence) -> Bool {
        guard let options = context?["seLinuxOptions"] else { return false }
        var bad = false
        let type = options["type"]?.text ?? ""
        if !allowed.contains(type) {
          types.insert(type)
          evidence.append(proof("type"))
          bad = true
        }
        if let user = options["user"]?.text, !user.isEmpty {
          badUser = true
          evidence.append(proof("user"))
          bad = true
        }
        if let role = options["role"]?.text, !role.isEmpty {
          badRole = true
          evidence.append(proof("role"))
          bad = true
        }
        return bad
      }
      var setters: [String] = []
      if isBad(template.securityContext, { template.evidence("securityContext", "seLinuxOptions", $0) }) {
        setters.append("pod")
      }
      let names = template.containers.filter { container in
        isBad(container.securityContext, { container.evidence("securityContext", "seLinuxOptions", $0) })
      }.map(\.name)
      if !names.isEmpty { setters.append(PodSecurityText.containers(names)) }
      guard !setters.isEmpty else { return nil }
      var data: [String] = []
      if !types.isEmpty {
        data.append(
          PodSecurityText.plural("type", "types", types.count) + " " + PodSecurityText.quoted(types.sorted()))
      }
      if badUser { data.append("user may not be set") }
      if badRole { data.append("role may not be set") }
      return PodSecurityViolation(
        reason: "seLinuxOptions",
        detail: setters.joined(separator: " and ") + " set forbidden securityContext.seLinuxOptions: "
          + data.joined(separator: "; "),
        evidence: evidence, edits: evidence.map { Edit($0.path, .remove) })
    }
  }
}
