import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let hostPathVolumes = PodSecurityControl(
    id: "hostPathVolumes", level: .baseline,
    revisions: [
      (
        0,
        { template in
          let bad = template.volumes.enumerated().filter { $0.element["hostPath"] != nil }
          guard !bad.isEmpty else { return nil }
          return PodSecurityViolation(
            reason: "hostPath volumes",
            detail: PodSecurityText.plural("volume", "volumes", bad.count) + " "
              + PodSecurityText.quoted(bad.map { $0.element["name"]?.text ?? "" }),
            evidence: bad.map {
              Evidence(in: $0.element, path: template.volumePath($0.offset), ["hostPath", "path"])
            },
            edits: bad.map { Edit(template.volumePath($0.offset) + ".hostPath", .remove) })
        }
      )
    ],
    metadata: CheckMetadata(
      id: "pss-host-path-volumes", title: "Mounts a hostPath volume", area: .podSecurity, severity: .high,
      rationale:
        "A hostPath volume is a door into the node's file system: depending on the path it gives credentials of the kubelet, other pods' secrets, or a place to drop a program that the node will run.",
      remediation:
        "Use a PersistentVolumeClaim, an emptyDir, a projected volume or a CSI driver. Where a node agent truly needs the path, mount the narrowest one read-only and keep the agent in a namespace of its own.",
      example: """
        spec:
          volumes:
            - name: data
              persistentVolumeClaim:
                claimName: data
        """,
      controls: [
        .pss("baseline/hostPathVolumes"), .cis("5.2.11"), .nsa("pod-security"), .mitre("T1611"),
      ],
      references: [standardsPage],
      aliases: ["kubescape:C-0048", "trivy:KSV-0023", "polaris:hostPathSet"]))
}
