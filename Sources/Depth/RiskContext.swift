package import Access
import Bytes
package import Findings
package import Kube
package import PodSecurity
package import Reach

/// Where each workload stands: whether it is reachable from outside, what its account may do, and whether its pods can
/// take over the node. The same finding matters more where one of these is true. It is raised by one step at most, with
/// the reason, and never lowered: what is out of reach today is one manifest away from being within reach.
///
/// | finding | is raised when |
/// |---|---|
/// | a way out of the container | the outside reaches the workload, and its code is more than an ordinary user |
/// | a way further inside the container | the workload's account may take the cluster, secrets or other accounts |
/// | a credential in plain sight | the outside reaches the workload |
/// | an image with known vulnerabilities | the outside reaches the workload |
/// | an image that may change | a break-in is one to the node, or the account is as above |
/// | a grant to an account | the outside reaches a workload that runs as it |
package struct RiskContext: Sendable {
  /// Checks whose findings are ways out of the container.
  package static let waysOut: Set<String> = [
    "pss-privileged", "pss-host-namespaces", "pss-host-path-volumes", "pss-capabilities", "sensitive-host-path",
    "container-runtime-socket", "mount-propagation", "pss-proc-mount", "pss-windows-host-process",
    "pss-apparmor-profile", "pss-seccomp", "shared-process-namespace",
  ]
  /// Checks whose findings help an attacker who is already inside a container.
  private static let waysFurther: Set<String> = [
    "pss-allow-privilege-escalation", "pss-run-as-non-root", "pss-run-as-user", "writable-root-filesystem",
    "default-service-account-token", "ssh-server", "secret-in-environment",
  ]
  private static let credentials: Set<String> = ["credential-in-environment"]
  private static let vulnerabilities: Set<String> = ["vulnerable-image", "unsupported-distribution"]
  private static let images: Set<String> = ["unpinned-image", "downloads-and-runs"]

  private struct Key: Hashable {
    let kind: GroupKind
    let namespace: String
    let name: String

    init(_ object: KubeObject) {
      kind = object.groupKind
      namespace = object.effectiveNamespace
      name = object.name
    }
  }

  private struct Place: Sendable {
    /// Such as `Ingress web/shop`; nil where the workload is not reachable from outside.
    var entryPoint: String?
    /// Such as `may read secrets everywhere`; nil for an account without dangerous rights.
    var power: String?
    /// Whether code in its pods is an ordinary user without rights, who can only read what it is given of the node.
    var isConfined = false
    /// A way from its pods to the node; nil where there is none.
    var escape: NodeEscape.Match?
  }

  private let places: [Key: Place]
  /// Accounts of workloads that are reachable from outside, each with one of these workloads.
  private let exposedAccounts: [AccessSubject: String]

  package init(_ snapshot: ClusterSnapshot, exposure: Exposure, access: AccessProfile) {
    var places: [Key: Place] = [:]
    var exposed: [AccessSubject: String] = [:]
    var powers: [AccessSubject: String?] = [:]
    let tokens = TokenMounts(snapshot)
    for workload in snapshot.workloads {
      let object = workload.object
      var place = Place()
      place.entryPoint = exposure.entryPoints(of: object).first(where: \.isPublic)?.via.text
      let account = AccessSubject.serviceAccount(
        namespace: object.effectiveNamespace, name: workload.template.serviceAccountName)
      if tokens.hasToken(workload) {
        if let known = powers[account] {
          place.power = known
        } else {
          let power = Self.power(of: account, access)
          powers[account] = .some(power)
          place.power = power
        }
        if let entryPoint = place.entryPoint {
          exposed[account] = "\(object.subject.text), which \(entryPoint) opens to the outside"
        }
      }
      place.isConfined = Self.isConfined(workload.template)
      place.escape = NodeEscapes.strongest(in: workload.template)
      if place.entryPoint != nil || place.power != nil || place.escape != nil { places[Key(object)] = place }
    }
    self.places = places
    exposedAccounts = exposed
  }

  /// Whether all containers run as users above 0 without capabilities and cannot get any, and write to no path of the node.
  private static func isConfined(_ template: PodTemplate) -> Bool {
    let pod = template.securityContext
    return !template.containers.isEmpty && HostPathMount.all(in: template).allSatisfy(\.readOnly)
      && template.containers.allSatisfy { container in
        let own = container.securityContext
        let user = own?["runAsUser"]?.int ?? pod?["runAsUser"]?.int
        let isOrdinary = user.map { $0 > 0 } ?? ((own?["runAsNonRoot"] ?? pod?["runAsNonRoot"])?.bool == true)
        return isOrdinary && own?["privileged"]?.bool != true && own?["allowPrivilegeEscalation"]?.bool == false
          && (own?[path: "capabilities", "drop"]?.strings ?? []).contains { $0.uppercased() == "ALL" }
          && (own?[path: "capabilities", "add"]?.elements ?? []).isEmpty
      }
  }

  /// What an account may do that makes its pods worth attacking; nil where it has no such right.
  package static func power(of account: AccessSubject, _ access: AccessProfile) -> String? {
    guard !access.inventory.bindings(of: account).isEmpty else { return nil }
    let worth: Set<AccessRisk.Outcome> = [.clusterAdmin, .node, .secrets, .accounts]
    let worst = access.exposures(ofOwn: account).first { $0.severity >= .high && worth.contains($0.risk.outcome) }
    guard let worst else { return nil }
    return "\(worst.risk.deed) \(worst.namespace.map { "in \($0)" } ?? "everywhere")"
  }

  /// The severity of a finding on this object, and the reason where it differs from the usual one.
  package func weigh(_ metadata: CheckMetadata, _ usual: Severity, of object: KubeObject) -> (Severity, String?) {
    guard usual > .info else { return (usual, nil) }
    let raised = Severity(rawValue: usual.rawValue + 1) ?? usual
    let id = metadata.rule.id.rawValue
    if metadata.area == .access, !exposedAccounts.isEmpty {
      for node in object.root["subjects"]?.elements ?? [] {
        guard let subject = AccessSubject(node, bindingNamespace: object.namespace),
          let holder = exposedAccounts[subject]
        else { continue }
        return (raised, "held by \(holder)")
      }
      return (usual, nil)
    }
    guard let place = places[Key(object)] else { return (usual, nil) }
    if let entryPoint = place.entryPoint {
      if Self.waysOut.contains(id), !place.isConfined {
        return (raised, "\(entryPoint) opens it to the outside, and this is a way out of the container")
      }
      if Self.credentials.contains(id) || Self.vulnerabilities.contains(id) {
        return (raised, "\(entryPoint) opens it to the outside")
      }
    }
    if let power = place.power, Self.waysFurther.contains(id) || Self.images.contains(id) {
      return (raised, "its account \(power)")
    }
    if let escape = place.escape, Self.images.contains(id) {
      let gain = escape.escape.gain == .node ? "has the node" : "reads credentials of the node"
      return (raised, "whoever changes the image \(gain): \(escape.text)")
    }
    return (usual, nil)
  }
}
