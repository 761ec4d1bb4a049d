import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let sysctls = PodSecurityControl(
    id: "sysctls", level: .baseline,
    revisions: [
      (0, sysctlRule(through: 0)), (27, sysctlRule(through: 27)), (29, sysctlRule(through: 29)),
      (32, sysctlRule(through: 32)), (37, sysctlRule(through: 37)),
    ],
    metadata: CheckMetadata(
      id: "pss-sysctls", title: "Unsafe sysctl", area: .podSecurity, severity: .high,
      rationale:
        "Kernel parameters outside the safe list are shared with the node or can starve it: one pod changes how all of them run.",
      remediation: "Remove the sysctl, or set it on the node where it is meant to hold.",
      example: """
        spec:
          securityContext:
            sysctls:
              - name: net.ipv4.ip_local_port_range
                value: "32768 60999"
        """,
      controls: [.pss("baseline/sysctls"), .cis("5.6.3"), .nsa("pod-security")], references: [standardsPage],
      aliases: ["trivy:KSV-0026", "kube-linter:unsafe-sysctls"]))

  /// Safe sysctls by the version that added them.
  private static let safeSysctls: [(since: Int, names: [String])] = [
    (
      0,
      [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
      ]
    ),
    (27, ["net.ipv4.ip_local_reserved_ports"]),
    (
      29,
      [
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
      ]
    ),
    (32, ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"]),
    (37, ["net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"]),
  ]

  private static func sysctlRule(through minor: Int) -> Rule {
    let allowed = Set(safeSysctls.filter { $0.since <= minor }.flatMap(\.names))
    return { template in
      let bad = (template.securityContext?["sysctls"]?.elements ?? []).enumerated().compactMap {
        index, node -> (name: String, evidence: Evidence)? in
        let name = node["name"]?.text ?? ""
        guard !allowed.contains(name) else { return nil }
        return (
          name, Evidence(in: node, path: "\(template.fieldPath("securityContext")).sysctls[\(index)]", ["name"])
        )
      }
      guard !bad.isEmpty else { return nil }
      return PodSecurityViolation(
        reason: "forbidden sysctls", detail: bad.map(\.name).joined(separator: ", "), evidence: bad.map(\.evidence),
        edits: bad.map { Edit(String($0.evidence.path.dropLast(5)), .remove) })
    }
  }
}
