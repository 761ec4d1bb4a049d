import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks up the Services that the API server itself calls: those of APIServices, of admission webhooks and of conversion webhooks.
/// Not applicable where the input holds no Service of the namespace and is not the whole of a cluster.
package struct CalledServiceMissing: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "called-service-missing", title: "API server calls a Service that does not exist", area: .cluster,
    severity: .medium,
    rationale:
      "Whoever may make a Service of that name in the namespace is sent the API server's requests: objects to admit or to convert, or a whole API group. Until then, what depends on the answer fails.",
    remediation:
      "Remove the registration of what is no longer there, or create the Service with it.",
    example: """
      apiVersion: apiregistration.k8s.io/v1
      kind: APIService
      metadata:
        name: v1beta1.metrics.k8s.io
      spec:
        group: metrics.k8s.io
        version: v1beta1
        service:
          namespace: kube-system
          name: metrics-server
      """,
    controls: [.nsa("authentication-and-authorization"), .mitre("T1557")],
    references: [
      Reference(
        "Aggregation layer",
        "https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/")
    ],
    absenceOf: [.service])

  package let kinds: [GroupKind] =
    [
      GroupKind("apiregistration.k8s.io", "APIService"),
      GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"),
    ] + AdmissionWebhooks.kinds

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let called = Self.references(object)
    guard !called.isEmpty else { return .notApplicable }
    let isWhole = context.access.inventory.hasAllRoles
    var evidence: [Evidence] = []
    var names: [String] = []
    var isJudged = false
    for (node, path) in called {
      guard let namespace = node["namespace"]?.text, let name = node["name"]?.text else { continue }
      let known = context.services(in: namespace)
      guard isWhole || !known.isEmpty else { continue }
      isJudged = true
      guard !known.contains(name) else { continue }
      names.append("\(namespace)/\(name)")
      evidence.append(Evidence(in: node, path: path, ["name"]))
    }
    guard isJudged else { return .notApplicable }
    return .failing(on: evidence, "\(listed("Service", names)) \(verb(names, "is", "are")) not there")
  }

  /// References to Services, each with its path from the object's root.
  private static func references(_ object: KubeObject) -> [(node: DocumentNode, path: String)] {
    switch object.kind {
    case "APIService": return object.spec?["service"].map { [($0, "spec.service")] } ?? []
    case "CustomResourceDefinition":
      return object.spec?[path: "conversion", "webhook", "clientConfig", "service"].map {
        [($0, "spec.conversion.webhook.clientConfig.service")]
      } ?? []
    default:
      return (object.root["webhooks"]?.elements ?? []).enumerated().compactMap { index, webhook in
        webhook[path: "clientConfig", "service"].map { ($0, "webhooks[\(index)].clientConfig.service") }
      }
    }
  }
}
