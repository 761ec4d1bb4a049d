import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let appArmorProfile = PodSecurityControl(
    id: "appArmorProfile", level: .baseline,
    revisions: [
      (
        0,
        { template in
          var setters: [String] = []
          var values = Set<String>()
          var evidence: [Evidence] = []
          if let type = template.securityContext?["appArmorProfile"].map({ $0["type"]?.text ?? "" }),
            !allowedAppArmorTypes.contains(type)
          {
            setters.append("pod")
            values.insert(type)
            evidence.append(template.evidence("securityContext", "appArmorProfile", "type"))
          }
          var names: [String] = []
          for container in template.containers {
            guard let profile = container.securityContext?["appArmorProfile"] else { continue }
            let type = profile["type"]?.text ?? ""
            guard !allowedAppArmorTypes.contains(type) else { continue }
            names.append(container.name)
            values.insert(type)
            evidence.append(container.evidence("securityContext", "appArmorProfile", "type"))
          }
          if !names.isEmpty { setters.append(PodSecurityText.containers(names)) }
          let annotations = (template.metadata?["annotations"]?.entries ?? []).filter { entry in
            guard entry.key.hasPrefix(appArmorAnnotation), let value = entry.value.string else { return false }
            return !(value.isEmpty || value == "runtime/default" || value.hasPrefix("localhost/"))
          }
          if !annotations.isEmpty {
            setters.append(PodSecurityText.plural("annotation", "annotations", annotations.count))
            for entry in annotations {
              values.insert("\(entry.key)=\"\(entry.value.text ?? "")\"")
              evidence.append(
                Evidence(
                  path: metadataPath(template) + ".annotations[\"\(entry.key)\"]", value: entry.value.text,
                  line: Int(entry.line), column: Int(entry.column)))
            }
          }
          guard !setters.isEmpty else { return nil }
          return PodSecurityViolation(
            reason: PodSecurityText.plural("forbidden AppArmor profile", "forbidden AppArmor profiles", values.count),
            detail: setters.joined(separator: " and ") + " must not set AppArmor profile type to "
              + PodSecurityText.quoted(values.sorted()),
            evidence: evidence, edits: evidence.map { Edit($0.path, .remove) })
        }
      )
    ],
    metadata: CheckMetadata(
      id: "pss-apparmor-profile", title: "AppArmor switched off", area: .podSecurity, severity: .high,
      rationale:
        "AppArmor confines which files and kernel features a container may touch. An unconfined container keeps one barrier less against an escape to the node.",
      remediation: "Remove the profile, so that the runtime's default applies, or name a `Localhost` profile.",
      example: """
        spec:
          securityContext:
            appArmorProfile:
              type: RuntimeDefault
        """,
      controls: [.pss("baseline/appArmorProfile"), .cis("5.6.3"), .nsa("pod-security"), .mitre("T1611")],
      references: [standardsPage], aliases: ["kubescape:C-0055", "trivy:KSV-0002"]))

  private static let allowedAppArmorTypes: Set<String> = ["RuntimeDefault", "Localhost"]
  private static let appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/"

  /// Path of the pods' metadata beside the path of their spec.
  static func metadataPath(_ template: PodTemplate) -> String {
    template.path.hasSuffix("spec") ? String(template.path.dropLast(4)) + "metadata" : "metadata"
  }
}
