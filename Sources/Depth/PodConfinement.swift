import Access
import Bytes
package import Findings
package import Kube
package import PodSecurity

/// What stands between the pods of a workload and their node.
package struct PodConfinement: Sendable {
  /// A way out that is open: nothing of the container's isolation has to fail.
  package struct Opening: Sendable {
    package let technique: Technique
    package let match: NodeEscape.Match
  }

  package let openings: [Opening]
  /// What has to fail where none of the openings is used.
  package let controls: [StandingControl]

  /// - Parameters:
  ///   - template: with the paths of nodes in the place of claims on them.
  ///   - mayReadLogs: whether the pods carry a token by which logs of pods can be read.
  ///   - sandboxes: names of RuntimeClasses whose handler is a runtime with a kernel of its own.
  ///   - escapes: that the template allows, where they are known.
  package init(
    _ template: PodTemplate, of workload: Subject, mayReadLogs: Bool = false, sandboxes: Set<String> = [],
    escapes: [NodeEscape.Match]? = nil
  ) {
    openings = (escapes ?? NodeEscapes.open(to: template)).flatMap { match in
      Self.techniques(match, template, mayReadLogs: mayReadLogs).map { Opening(technique: $0, match: match) }
    }
    let point = StandingControl.Point.object(workload)
    var controls = [StandingControl(.kernel, at: .nodeKernels)]
    let own = template.securityContext
    let containers = template.containers
    func everywhere(_ holds: (Container) -> Bool) -> Bool { !containers.isEmpty && containers.allSatisfy(holds) }
    func field(_ container: Container, _ name: String) -> DocumentNode? {
      container.securityContext?[name] ?? own?[name]
    }
    let isConfined = everywhere { container in
      container.securityContext?["privileged"]?.bool != true
        && ["RuntimeDefault", "Localhost"].contains(field(container, "seccompProfile")?["type"]?.string ?? "")
    }
    if isConfined { controls.append(StandingControl(.seccomp, at: point)) }
    let isWithoutRoot = everywhere { container in
      let isOther =
        field(container, "runAsUser")?.int.map { $0 > 0 } ?? (field(container, "runAsNonRoot")?.bool == true)
      return isOther && container.securityContext?["allowPrivilegeEscalation"]?.bool == false
    }
    if isWithoutRoot { controls.append(StandingControl(.nonRoot, at: point)) }
    if template.spec["hostUsers"]?.bool == false { controls.append(StandingControl(.userNamespace, at: point)) }
    if let name = template.spec["runtimeClassName"]?.string, sandboxes.contains(name) {
      controls.append(StandingControl(.sandbox, at: point))
    }
    self.controls = controls
  }

  /// Names of RuntimeClasses with a known sandbox as their handler. Sources: gvisor.dev, "Containerd quick start"; katacontainers
  /// documentation, "RuntimeClasses".
  package static func sandboxes(_ snapshot: ClusterSnapshot) -> Set<String> {
    Set(
      snapshot.objects(GroupKind("node.k8s.io", "RuntimeClass")).filter {
        let handler = $0.root["handler"]?.string ?? ""
        return handler == "runsc" || handler == "gvisor" || handler == "kata" || handler.hasPrefix("kata-")
      }.map(\.name))
  }

  private static let corePatternFolders: Set<String> = ["/", "/proc", "/proc/sys", "/proc/sys/kernel"]
  private static let logFolders: Set<String> = ["/", "/var", "/var/log", "/var/log/pods", "/var/log/containers"]

  /// What is done by an escape. Source of the conditions: KubeHound, attack reference.
  private static func techniques(
    _ match: NodeEscape.Match, _ template: PodTemplate, mayReadLogs: Bool
  ) -> [Technique] {
    switch match.escape.id {
    case "privileged":
      var found: [Technique] = [.mountsNodeDisk, .loadsKernelModule]
      if template.spec["hostPID"]?.bool == true { found.append(.entersNodeNamespaces) }
      return found
    case "kernel-module": return [.loadsKernelModule]
    case "trace-host-processes": return [.tracesNodeProcess]
    case "unmasked-proc": return [.writesCorePattern]
    case "runtime-socket": return [.talksToRuntime]
    case "host-path-read":
      let mounts = HostPathMount.all(in: template).filter { $0.readOnly && $0.holdsCredentials }
      return mounts.contains(where: \.leadsToVolumes) ? [.readsNodeFiles, .traversesVolumes] : [.readsNodeFiles]
    case "host-path-write":
      let mounts = HostPathMount.all(in: template).filter { $0.isSensitive && !$0.readOnly }
      let paths = mounts.map(\.path)
      var found: [Technique] = [.writesNodeFiles]
      if paths.contains(where: corePatternFolders.contains) { found.append(.writesCorePattern) }
      if mayReadLogs, paths.contains(where: logFolders.contains) { found.append(.linksLogs) }
      if mounts.contains(where: \.leadsToVolumes) { found.append(.traversesVolumes) }
      return found
    default: return [match.escape.gain == .node ? .escapes : .readsNodeCredentials]
    }
  }
}
