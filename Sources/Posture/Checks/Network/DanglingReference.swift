import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks up what routes, monitors, disruption budgets and StatefulSets name or select, in the namespaces that they mean. Not
/// applicable where the input holds nothing of the kind there, since the missing one may be in another part, nor where an
/// operator makes it of a custom resource.
package struct DanglingReference: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "dangling-reference", title: "Refers to what does not exist", area: .network, severity: .low,
    rationale:
      "It does nothing while everybody counts on it: requests fail, nothing is measured, evictions are not held back. Whoever may make an object of that name or with these labels takes the place.",
    remediation: "Mend the name, the labels or the port, or remove the object.",
    example: """
      apiVersion: monitoring.coreos.com/v1
      kind: ServiceMonitor
      metadata:
        name: shop
      spec:
        selector:
          matchLabels:
            app: shop
        endpoints:
          - port: metrics
      """,
    controls: [.nsa("network-separation")],
    references: [
      Reference("Services", "https://kubernetes.io/docs/concepts/services-networking/service/")
    ],
    aliases: ["kube-linter:dangling-servicemonitor", "kube-score:statefulset-has-servicename"],
    absenceOf: [.pod, .service], reads: PodTemplateCatalogue.kinds)

  private static let routes: [GroupKind] = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"].map {
    GroupKind("gateway.networking.k8s.io", $0)
  }
  private static let serviceMonitor = GroupKind("monitoring.coreos.com", "ServiceMonitor")
  private static let podMonitor = GroupKind("monitoring.coreos.com", "PodMonitor")
  private static let budget = GroupKind("policy", "PodDisruptionBudget")
  private static let statefulSet = GroupKind("apps", "StatefulSet")

  package let kinds: [GroupKind] =
    Self.routes + [
      Self.serviceMonitor, Self.podMonitor, Self.budget, Self.statefulSet,
    ]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let spec = object.spec else { return .notApplicable }
    switch object.groupKind {
    case Self.serviceMonitor, Self.podMonitor: return monitor(object, spec, context)
    case Self.budget:
      return selection(spec, "spec", in: [object.effectiveNamespace], context) ?? .pass
    case Self.statefulSet: return governing(object, spec, context)
    default: return route(object, spec, context)
    }
  }

  /// - Returns: nil where some workload has the labels.
  private func selection(_ node: DocumentNode, _ path: String, in namespaces: [String], _ context: CheckContext)
    -> Outcome?
  {
    guard let written = node["selector"], let selector = try? LabelSelector(written),
      !(written["matchLabels"]?.entries ?? []).isEmpty || !(written["matchExpressions"]?.elements ?? []).isEmpty
    else { return nil }
    let own = namespaces.flatMap(context.workloads)
    guard !own.isEmpty else { return .notApplicable }
    if own.contains(where: { context.matches(selector, $0) }) { return nil }
    if namespaces.contains(where: { context.mayBeMade(having: written, in: $0) }) { return .notApplicable }
    return .fail("no workload has these labels", [Evidence(in: node, path: path, ["selector"])])
  }

  private func monitor(_ object: KubeObject, _ spec: DocumentNode, _ context: CheckContext) -> Outcome {
    let wanted = spec["namespaceSelector"]
    let namespaces =
      wanted?["any"]?.bool == true
      ? context.snapshot.namespaces : wanted?["matchNames"]?.strings ?? [object.effectiveNamespace]
    if object.groupKind == Self.podMonitor {
      if let outcome = selection(spec, "spec", in: namespaces, context) { return outcome }
      guard let selector = spec["selector"].flatMap({ try? LabelSelector($0) }) else { return .pass }
      let ports = namespaces.flatMap(context.workloads).filter { context.matches(selector, $0) }
        .flatMap(\.containers).flatMap { $0.node["ports"]?.elements ?? [] }.compactMap { $0["name"]?.string }
      return missingPorts(spec, "podMetricsEndpoints", Set(ports), "selected pod")
    }
    let services = context.snapshot.objects(.service).filter { namespaces.contains($0.effectiveNamespace) }
    guard !services.isEmpty, let written = spec["selector"], let selector = try? LabelSelector(written) else {
      return .notApplicable
    }
    let selected = services.filter { selector.matches($0.labels) }
    guard !selected.isEmpty else {
      if namespaces.contains(where: { context.mayBeMade(having: written, in: $0) }) { return .notApplicable }
      return .fail("no Service has these labels", [Evidence(in: spec, path: "spec", ["selector"])])
    }
    let ports = selected.flatMap { $0.spec?["ports"]?.elements ?? [] }.compactMap { $0["name"]?.string }
    return missingPorts(spec, "endpoints", Set(ports), "selected Service")
  }

  private func missingPorts(_ spec: DocumentNode, _ key: String, _ known: Set<String>, _ holder: String) -> Outcome {
    var evidence: [Evidence] = []
    for (index, endpoint) in (spec[key]?.elements ?? []).enumerated() {
      guard let port = endpoint["port"]?.string, !port.isEmpty, !known.contains(port) else { continue }
      evidence.append(Evidence(in: endpoint, path: "spec.\(key)[\(index)]", ["port"]))
    }
    return .failing(on: evidence, "no \(holder) has \(listed("port", evidence.compactMap(\.value)))")
  }

  /// The Service that names the pods of a StatefulSet.
  private func governing(_ object: KubeObject, _ spec: DocumentNode, _ context: CheckContext) -> Outcome {
    let known = context.services(in: object.effectiveNamespace)
    guard let name = spec["serviceName"]?.string, !name.isEmpty, !known.isEmpty else { return .notApplicable }
    if known.contains(name) { return .pass }
    return .fail(
      "there is no Service \"\(name)\" in its namespace, so that its pods have no names in DNS",
      [Evidence(in: spec, path: "spec", ["serviceName"])])
  }

  private func route(_ object: KubeObject, _ spec: DocumentNode, _ context: CheckContext) -> Outcome {
    guard !context.snapshot.objects(.service).isEmpty else { return .notApplicable }
    var missing: [Evidence] = []
    var ports: [Evidence] = []
    for (index, rule) in (spec["rules"]?.elements ?? []).enumerated() {
      for (number, backend) in (rule["backendRefs"]?.elements ?? []).enumerated() {
        guard (backend["kind"]?.string ?? "Service") == "Service", (backend["group"]?.string ?? "").isEmpty,
          let name = backend["name"]?.string
        else { continue }
        let path = "spec.rules[\(index)].backendRefs[\(number)]"
        let namespace = backend["namespace"]?.string ?? object.effectiveNamespace
        let known = context.services(in: namespace)
        if known.isEmpty { continue }
        guard known.contains(name) else {
          if !context.mayBeMade(named: name, in: namespace) {
            missing.append(Evidence(in: backend, path: path, ["name"]))
          }
          continue
        }
        guard let own = context.ports(ofService: name, in: namespace), let port = backend["port"]?.text,
          !own.contains(port)
        else { continue }
        ports.append(Evidence(in: backend, path: path, ["port"]))
      }
    }
    var message: [String] = []
    if !missing.isEmpty { message.append("there is no \(listed("Service", missing.compactMap(\.value)))") }
    if !ports.isEmpty { message.append("no Service behind it has \(listed("port", ports.compactMap(\.value)))") }
    return .failing(on: missing + ports, message.joined(separator: "; "))
  }
}
