import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for well-known consoles behind an Ingress, a NodePort or a load balancer. Recognised by the name of the
/// Service or by the values of its selector, not by what answers there.
package struct ExposedAdministration: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "exposed-administration", title: "Administration interface open to the outside", area: .network,
    severity: .high,
    rationale:
      "Dashboards and consoles of the cluster run commands for whoever signs in, and many of them have been found without a sign-in; they are searched for all day.",
    remediation:
      "Make the Service a ClusterIP and reach it by port forwarding or behind a proxy that asks who you are.",
    example: """
      spec:
        type: ClusterIP
      """,
    controls: [.nsa("network-separation"), .mitre("T1133"), .mitre("T1190")],
    references: [
      Reference("Web UI (Dashboard)", "https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/")
    ],
    aliases: [
      "kubescape:C-0021", "checkov:CKV_K8S_33",
    ])

  package let kinds: [GroupKind] = [.service, .ingress]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let spec = object.spec else { return .notApplicable }
    var names = [object.name]
    var evidence = Evidence(in: object.metadata ?? object.root, path: "metadata", ["name"])
    if object.groupKind == .service {
      guard ["NodePort", "LoadBalancer"].contains(spec["type"]?.string ?? "") else { return .pass }
      names += (spec["selector"]?.stringMap ?? [:]).values
      evidence = Evidence(in: spec, path: "spec", ["type"])
    } else {
      for rule in spec["rules"]?.elements ?? [] {
        names += (rule[path: "http", "paths"]?.elements ?? []).compactMap {
          $0[path: "backend", "service", "name"]?.string
        }
      }
    }
    guard let found = names.first(where: { name in Self.consoles.contains { name == $0 || name.hasSuffix("-" + $0) } })
    else { return .pass }
    return .fail("\"\(found)\" is a console, and \(object.kind) \"\(object.name)\" opens it to the outside", [evidence])
  }

  /// Names of consoles in their usual installations.
  private static let consoles: Set<String> = [
    "kubernetes-dashboard", "dashboard", "argocd-server", "argo-server", "weave-scope-app", "kubeflow",
    "ml-pipeline-ui",
    "jupyter", "jupyterhub", "jenkins", "longhorn-frontend", "rook-ceph-mgr-dashboard", "traefik-dashboard", "octant",
    "kubecost", "kiali", "hubble-ui", "rancher", "portainer", "headlamp", "airflow-webserver", "spark-master",
    "polaris",
  ]
}
