/// A tiny cluster of which every kind decides something: who may do what, what reaches what, what policies say.
///
/// As objects of a live cluster, with what its controllers made, and as the manifests that were applied.
package enum SmallShop {
  /// One kind with its objects as JSON, without apiVersion and kind.
  private struct Kind {
    let resource: (group: String, version: String, name: String, kind: String, namespaced: Bool)
    /// What people applied.
    let applied: [String]
    /// What controllers made of it.
    var made: [String] = []
  }

  /// All kinds with what the server holds.
  package static var resources: [FakeCluster.Resource] {
    kinds.map { kind in
      FakeCluster.Resource(
        kind.resource.group, kind.resource.version, kind.resource.name, kind.resource.kind,
        namespaced: kind.resource.namespaced, stored(kind))
    }
  }

  /// What a server holds of a kind: everything has an id there.
  private static func stored(_ kind: Kind) -> [String] {
    let head = #"{"metadata":{"name":""#
    return (kind.applied + kind.made).map { object in
      let name = object.dropFirst(head.count).prefix { $0 != "\"" }
      return #"{"metadata":{"uid":"uid-\#(kind.resource.kind)-\#(name)","name":""# + object.dropFirst(head.count)
    }
  }

  /// A list of the manifests, or of all that the server holds, as `kubectl get -o json` prints it.
  package static func list(ofServer: Bool) -> String {
    let items = kinds.flatMap { kind in
      (ofServer ? stored(kind) : kind.applied).map { object in
        let version =
          kind.resource.group.isEmpty ? kind.resource.version : kind.resource.group + "/" + kind.resource.version
        return #"{"apiVersion":"\#(version)","kind":"\#(kind.resource.kind)","# + object.dropFirst()
      }
    }
    return #"{"apiVersion":"v1","kind":"List","items":["# + items.joined(separator: ",\n") + "]}\n"
  }

  private static func pod(
    _ image: String, account: String = "default", restart: String = "Always", extra: String = ""
  ) -> String {
    #"{"restartPolicy":"\#(restart)","serviceAccountName":"\#(account)","containers":[{"name":"c","image":"\#(image)","ports":[{"containerPort":8080}]\#(extra)}]}"#
  }

  private static func owner(_ apiVersion: String, _ kind: String, _ name: String) -> String {
    #""ownerReferences":[{"apiVersion":"\#(apiVersion)","kind":"\#(kind)","name":"\#(name)","uid":"uid-\#(kind)-\#(name)","controller":true}]"#
  }

  private static let desk = pod(
    "registry.example/desk:1", account: "clerk", extra: #","env":[{"name":"SAFE","value":"http://safe.vault:80"}]"#)
  private static let safe = pod("registry.example/safe:1")
  private static let night = pod("registry.example/night:1", account: "clerk", restart: "Never")
  private static let canary = pod("registry.example/canary:1")

  private static let kinds: [Kind] = [
    Kind(
      resource: ("", "v1", "namespaces", "Namespace", false),
      applied: [
        #"{"metadata":{"name":"till","labels":{"pod-security.kubernetes.io/enforce":"baseline"}}}"#,
        #"{"metadata":{"name":"vault"}}"#, #"{"metadata":{"name":"kube-system"}}"#,
      ]),
    Kind(resource: ("", "v1", "nodes", "Node", false), applied: [#"{"metadata":{"name":"n1"}}"#]),
    Kind(
      resource: ("", "v1", "serviceaccounts", "ServiceAccount", true),
      applied: [#"{"metadata":{"name":"clerk","namespace":"till"}}"#]),
    Kind(
      resource: ("", "v1", "secrets", "Secret", true),
      applied: [
        #"{"metadata":{"name":"gold","namespace":"vault"},"type":"Opaque","data":{"k":"dg=="}}"#,
        #"{"metadata":{"name":"old","namespace":"till","annotations":{"kubernetes.io/service-account.name":"clerk"}},"type":"kubernetes.io/service-account-token","data":{"token":"dg=="}}"#,
      ]),
    Kind(
      resource: ("", "v1", "configmaps", "ConfigMap", true),
      applied: [#"{"metadata":{"name":"prices","namespace":"till"},"data":{"password":"hunter22222"}}"#]),
    Kind(
      resource: ("", "v1", "services", "Service", true),
      applied: [
        #"{"metadata":{"name":"desk","namespace":"till"},"spec":{"type":"LoadBalancer","selector":{"app":"desk"},"ports":[{"port":80,"targetPort":8080}]}}"#,
        #"{"metadata":{"name":"safe","namespace":"vault"},"spec":{"selector":{"app":"safe"},"ports":[{"port":80,"targetPort":8080}]}}"#,
      ]),
    Kind(
      resource: ("apps", "v1", "deployments", "Deployment", true),
      applied: [
        #"{"metadata":{"name":"desk","namespace":"till"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"desk"}},"template":{"metadata":{"labels":{"app":"desk"}},"spec":\#(desk)}}}"#,
        #"{"metadata":{"name":"spare","namespace":"till"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"spare"}},"template":{"metadata":{"labels":{"app":"spare"}},"spec":\#(safe)}}}"#,
      ]),
    Kind(
      resource: ("apps", "v1", "statefulsets", "StatefulSet", true),
      applied: [
        #"{"metadata":{"name":"safe","namespace":"vault"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"safe"}},"template":{"metadata":{"labels":{"app":"safe"}},"spec":\#(safe)}}}"#
      ]),
    Kind(
      resource: ("argoproj.io", "v1alpha1", "rollouts", "Rollout", true),
      applied: [
        #"{"metadata":{"name":"canary","namespace":"till"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"canary"}},"template":{"metadata":{"labels":{"app":"canary"}},"spec":\#(canary)}}}"#
      ]),
    Kind(
      resource: ("apps", "v1", "replicasets", "ReplicaSet", true), applied: [],
      made: [
        #"{"metadata":{"name":"desk-6d4f","namespace":"till","labels":{"app":"desk","pod-template-hash":"6d4f"},\#(owner("apps/v1", "Deployment", "desk"))},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"desk","pod-template-hash":"6d4f"}},"template":{"metadata":{"labels":{"app":"desk","pod-template-hash":"6d4f"}},"spec":\#(desk)}}}"#,
        #"{"metadata":{"name":"spare-77aa","namespace":"till","labels":{"app":"spare","pod-template-hash":"77aa"},\#(owner("apps/v1", "Deployment", "spare"))},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"spare","pod-template-hash":"77aa"}},"template":{"metadata":{"labels":{"app":"spare","pod-template-hash":"77aa"}},"spec":\#(safe)}}}"#,
        #"{"metadata":{"name":"canary-5b9c","namespace":"till","labels":{"app":"canary","rollouts-pod-template-hash":"5b9c"},\#(owner("argoproj.io/v1alpha1", "Rollout", "canary"))},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"canary","rollouts-pod-template-hash":"5b9c"}},"template":{"metadata":{"labels":{"app":"canary","rollouts-pod-template-hash":"5b9c"}},"spec":\#(canary)}}}"#,
      ]),
    Kind(
      resource: ("batch", "v1", "cronjobs", "CronJob", true),
      applied: [
        #"{"metadata":{"name":"night","namespace":"till"},"spec":{"schedule":"0 3 * * *","jobTemplate":{"spec":{"template":{"metadata":{"labels":{"app":"night"}},"spec":\#(night)}}}}}"#
      ]),
    Kind(
      resource: ("batch", "v1", "jobs", "Job", true), applied: [],
      made: [
        #"{"metadata":{"name":"night-29000000","namespace":"till",\#(owner("batch/v1", "CronJob", "night"))},"spec":{"template":{"metadata":{"labels":{"app":"night","job-name":"night-29000000"}},"spec":\#(night)}}}"#
      ]),
    Kind(
      resource: ("", "v1", "pods", "Pod", true), applied: [],
      made: [
        running(
          "desk-6d4f-aaaaa", "till", #""app":"desk","pod-template-hash":"6d4f""#, "ReplicaSet", "desk-6d4f", desk, 1),
        running(
          "desk-6d4f-bbbbb", "till", #""app":"desk","pod-template-hash":"6d4f""#, "ReplicaSet", "desk-6d4f", desk, 2),
        running(
          "safe-0", "vault", #""app":"safe","statefulset.kubernetes.io/pod-name":"safe-0""#, "StatefulSet", "safe",
          safe, 3),
        running(
          "canary-5b9c-ccccc", "till", #""app":"canary","rollouts-pod-template-hash":"5b9c""#, "ReplicaSet",
          "canary-5b9c", canary, 4),
        running(
          "night-29000000-ddddd", "till", #""app":"night","job-name":"night-29000000""#, "Job", "night-29000000", night,
          5, phase: "Succeeded"),
      ]),
    Kind(
      resource: ("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true),
      applied: [
        #"{"metadata":{"name":"safe","namespace":"vault"},"spec":{"podSelector":{"matchLabels":{"app":"safe"}},"policyTypes":["Ingress"],"ingress":[{"from":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"till"}},"podSelector":{"matchLabels":{"app":"desk"}}}],"ports":[{"port":8080}]}]}}"#
      ]),
    Kind(
      resource: ("networking.k8s.io", "v1", "ingresses", "Ingress", true),
      applied: [
        #"{"metadata":{"name":"front","namespace":"till"},"spec":{"rules":[{"host":"shop.example","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"desk","port":{"number":80}}}}]}}]}}"#
      ]),
    Kind(
      resource: ("rbac.authorization.k8s.io", "v1", "roles", "Role", true),
      applied: [
        #"{"metadata":{"name":"open-safe","namespace":"vault"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]}"#
      ]),
    Kind(
      resource: ("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true),
      applied: [
        #"{"metadata":{"name":"clerks","namespace":"vault"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"open-safe"},"subjects":[{"kind":"ServiceAccount","name":"clerk","namespace":"till"}]}"#
      ]),
    Kind(
      resource: ("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false),
      applied: [
        #"{"metadata":{"name":"cluster-admin","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"}},"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]},{"nonResourceURLs":["*"],"verbs":["*"]}]}"#,
        #"{"metadata":{"name":"counter"},"rules":[{"apiGroups":[""],"resources":["nodes"],"verbs":["list"]},{"apiGroups":["rbac.authorization.k8s.io"],"resources":["rolebindings"],"verbs":["create"]}]}"#,
      ]),
    Kind(
      resource: ("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false),
      applied: [
        #"{"metadata":{"name":"boss"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"boss"}]}"#,
        #"{"metadata":{"name":"counters"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"counter"},"subjects":[{"kind":"ServiceAccount","name":"clerk","namespace":"till"}]}"#,
      ]),
    Kind(
      resource: (
        "admissionregistration.k8s.io", "v1", "validatingadmissionpolicies", "ValidatingAdmissionPolicy", false
      ),
      applied: [
        #"{"metadata":{"name":"no-desk"},"spec":{"matchConstraints":{"resourceRules":[{"apiGroups":["apps"],"apiVersions":["v1"],"operations":["CREATE","UPDATE"],"resources":["deployments"]}]},"validations":[{"expression":"object.metadata.name != 'desk'"}]}}"#
      ]),
    Kind(
      resource: (
        "admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding",
        false
      ),
      applied: [
        #"{"metadata":{"name":"no-desk"},"spec":{"policyName":"no-desk","validationActions":["Deny"]}}"#
      ]),
  ]

  private static func running(
    _ name: String, _ namespace: String, _ labels: String, _ kind: String, _ owned: String, _ spec: String,
    _ number: Int,
    phase: String = "Running"
  ) -> String {
    let apiVersion = kind == "Job" ? "batch/v1" : "apps/v1"
    return
      #"{"metadata":{"name":"\#(name)","namespace":"\#(namespace)","labels":{\#(labels)},\#(owner(apiVersion, kind, owned))},"spec":\#(spec),"status":{"phase":"\#(phase)","podIP":"10.1.0.\#(number)"}}"#
  }
}
