import Bytes
import Findings
package import Kube

/// Connections without which the cluster itself does not work: those that the API server makes to webhooks and API
/// extensions, and those that workloads make to the API server.
package enum ClusterNeeds {
  package static func find(_ snapshot: ClusterSnapshot) -> [WantedConnection] {
    find(ReachModel(snapshot.without(PolicyDialects.kinds)).cluster)
  }

  static func find(_ cluster: ReachCluster) -> [WantedConnection] { fromAPIServer(cluster) + toAPIServer(cluster) }

  /// Where the API server comes from depends on who runs it: nobody is kept out.
  private static func fromAPIServer(_ cluster: ReachCluster) -> [WantedConnection] {
    var result: [WantedConnection] = []
    for reference in references(cluster.snapshot) {
      guard let name = reference["name"]?.text, let namespace = reference["namespace"]?.text,
        let service = cluster.services.find(namespace, name)
      else { continue }
      let number = reference["port"]?.int ?? 443
      for port in service.ports where port["port"]?.int == number {
        for endpoint in service.endpoints {
          for interval in cluster.services.ports(endpoint, behind: port).ports(.tcp) {
            result.append(
              WantedConnection(
                source: .anyone, destination: .workload(cluster[endpoint].workload), transport: .tcp,
                port: interval.lowerBound))
          }
        }
      }
    }
    return result
  }

  /// References to Services that the API server calls.
  private static func references(_ snapshot: ClusterSnapshot) -> [DocumentNode] {
    let webhooks = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].flatMap {
      snapshot.objects(GroupKind("admissionregistration.k8s.io", $0))
    }.flatMap { $0.root["webhooks"]?.elements ?? [] }.compactMap { $0[path: "clientConfig", "service"] }
    let conversions = snapshot.objects(GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")).compactMap {
      $0.spec?[path: "conversion", "webhook"]?[path: "clientConfig", "service"]
    }
    let extensions = snapshot.objects(GroupKind("apiregistration.k8s.io", "APIService")).compactMap {
      $0.spec?["service"]
    }
    return webhooks + conversions + extensions
  }

  /// Pods whose account was given rights, and that get its token.
  private static func toAPIServer(_ cluster: ReachCluster) -> [WantedConnection] {
    let accounts = accountsWithRights(cluster.snapshot)
    guard !accounts.isEmpty else { return [] }
    let tokens = TokenMounts(cluster.snapshot)
    var result: [WantedConnection] = []
    for workload in cluster.snapshot.workloads where !workload.template.hostNetwork {
      let account = Account(
        namespace: workload.object.effectiveNamespace, name: workload.template.serviceAccountName)
      guard tokens.hasToken(workload), accounts.contains(account) else { continue }
      result.append(
        WantedConnection(
          source: .workload(cluster.snapshot.workload(of: workload.object)), destination: .apiServer, transport: .tcp,
          port: 443))
    }
    return result
  }

  private struct Account: Hashable {
    let namespace: String
    let name: String
  }

  /// Those that a binding names; what is given to all accounts alike is hardly what one of them lives by.
  private static func accountsWithRights(_ snapshot: ClusterSnapshot) -> Set<Account> {
    var result = Set<Account>()
    for kind in ["RoleBinding", "ClusterRoleBinding"] {
      for object in snapshot.objects(GroupKind("rbac.authorization.k8s.io", kind)) {
        for subject in object.root["subjects"]?.elements ?? [] {
          let name = subject["name"]?.text ?? ""
          switch subject["kind"]?.text {
          case "ServiceAccount":
            result.insert(Account(namespace: subject["namespace"]?.text ?? object.effectiveNamespace, name: name))
          case "User":
            // An account may be bound by its user name.
            let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else { continue }
            result.insert(Account(namespace: parts[2], name: parts[3]))
          default: continue
          }
        }
      }
    }
    return result
  }
}
