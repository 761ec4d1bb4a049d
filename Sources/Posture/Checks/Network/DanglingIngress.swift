import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks up the Services that an Ingress names as backends, and their ports. Not applicable where the input has no Service at all.
package struct DanglingIngress: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "dangling-ingress", title: "Ingress to a Service that does not exist", area: .network, severity: .low,
    rationale:
      "The name is public and nobody answers: whoever may make a Service of that name in the namespace receives its visitors.",
    remediation:
      "Remove the rule, or create the Service with it.",
    example: """
      spec:
        rules:
          - host: shop.example.com
            http:
              paths:
                - path: /
                  pathType: Prefix
                  backend:
                    service:
                      name: shop
                      port:
                        number: 80
      """,
    controls: [.nsa("network-separation"), .mitre("T1557")],
    references: [
      Reference("Ingress", "https://kubernetes.io/docs/concepts/services-networking/ingress/")
    ],
    aliases: ["kube-linter:dangling-ingress", "kube-score:ingress-targets-service", "kubescape:C-0298"],
    absenceOf: [.service])

  package let kinds: [GroupKind] = [.ingress]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let spec = object.spec else { return .notApplicable }
    // Without any Service the input is only a part of a deployment, and the missing one may be in another.
    guard !context.snapshot.objects(.service).isEmpty else { return .notApplicable }
    let known = context.services(in: object.effectiveNamespace)
    var evidence: [Evidence] = []
    var ports: [Evidence] = []
    func look(_ backend: DocumentNode?, _ path: String) {
      guard let service = backend?["service"], let name = service["name"]?.string else { return }
      guard known.contains(name) else {
        if context.mayBeMade(named: name, in: object.effectiveNamespace) { return }
        evidence.append(Evidence(in: service, path: path + ".service", ["name"]))
        return
      }
      guard let own = context.ports(ofService: name, in: object.effectiveNamespace), let wanted = service["port"] else {
        return
      }
      for key in ["name", "number"] {
        guard let port = wanted[key]?.text, !own.contains(port) else { continue }
        ports.append(Evidence(in: wanted, path: path + ".service.port", [key]))
      }
    }
    look(spec["defaultBackend"], "spec.defaultBackend")
    for (index, rule) in (spec["rules"]?.elements ?? []).enumerated() {
      for (number, path) in (rule[path: "http", "paths"]?.elements ?? []).enumerated() {
        look(path["backend"], "spec.rules[\(index)].http.paths[\(number)].backend")
      }
    }
    var message: [String] = []
    let missing = evidence.compactMap(\.value)
    if !evidence.isEmpty { message.append("\(listed("Service", missing)) \(verb(missing, "is", "are")) not there") }
    if !ports.isEmpty { message.append("no Service behind it has \(listed("port", ports.compactMap(\.value)))") }
    return .failing(on: evidence + ports, message.joined(separator: "; "))
  }
}
