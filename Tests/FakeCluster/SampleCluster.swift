import Bytes
import Foundation

/// A cluster of any size, made from a rule, for benchmarks and tests.
package enum SampleCluster {
  package static func resources(pods count: Int) -> [FakeCluster.Resource] {
    var pods: [String] = []
    var deployments: [String] = []
    var sets: [String] = []
    let perDeployment = 10
    let namespaces = max(1, count / 200)
    for index in 0..<count {
      let app = index / perDeployment
      let namespace = "team-\(app % namespaces)"
      let name = "app-\(app)"
      let spec = podSpec(app)
      if index % perDeployment == 0 {
        let template =
          #"{"metadata":{"labels":{"app":"\#(name)"}},"spec":\#(spec)}"#
        deployments.append(
          #"{"metadata":{"name":"\#(name)","namespace":"\#(namespace)","uid":"d-\#(app)","labels":{"app":"\#(name)"},"managedFields":\#(managedFields)},"spec":{"replicas":\#(perDeployment),"selector":{"matchLabels":{"app":"\#(name)"}},"template":\#(template)}}"#
        )
        sets.append(
          #"{"metadata":{"name":"\#(name)-5d4f","namespace":"\#(namespace)","uid":"r-\#(app)","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"\#(name)","uid":"d-\#(app)","controller":true}],"managedFields":\#(managedFields)},"spec":{"replicas":\#(perDeployment),"selector":{"matchLabels":{"app":"\#(name)"}},"template":\#(template)}}"#
        )
      }
      pods.append(
        #"{"metadata":{"name":"\#(name)-5d4f-\#(index)","namespace":"\#(namespace)","uid":"p-\#(index)","labels":{"app":"\#(name)","pod-template-hash":"5d4f"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"\#(name)-5d4f","uid":"r-\#(app)","controller":true}],"managedFields":\#(managedFields)},"spec":\#(spec),"status":{"phase":"Running","podIP":"10.\#(index >> 16 & 255).\#(index >> 8 & 255).\#(index & 255)","conditions":[{"type":"Initialized","status":"True"},{"type":"Ready","status":"True"},{"type":"ContainersReady","status":"True"},{"type":"PodScheduled","status":"True"}],"containerStatuses":[{"name":"app","ready":true,"restartCount":0,"image":"registry.example.com/app:1.4.\#(app)","imageID":"registry.example.com/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","started":true}]}}"#
      )
    }
    let names = (0..<namespaces).map { "team-\($0)" }
    return [
      .init("", "v1", "pods", "Pod", pods),
      .init("", "v1", "namespaces", "Namespace", namespaced: false, names.map { #"{"metadata":{"name":"\#($0)"}}"# }),
      .init(
        "", "v1", "services", "Service",
        stride(from: 0, to: count / perDeployment, by: 1).map { app in
          #"{"metadata":{"name":"app-\#(app)","namespace":"team-\#(app % namespaces)"},"spec":{"type":"ClusterIP","selector":{"app":"app-\#(app)"},"ports":[{"port":80,"targetPort":8080}]}}"#
        }),
      .init(
        "", "v1", "serviceaccounts", "ServiceAccount",
        names.map { #"{"metadata":{"name":"default","namespace":"\#($0)"}}"# }),
      .init(
        "", "v1", "secrets", "Secret",
        names.map {
          #"{"metadata":{"name":"login","namespace":"\#($0)"},"type":"Opaque","data":{"password":"aHVudGVyMg=="}}"#
        }),
      .init(
        "", "v1", "configmaps", "ConfigMap", names.map { #"{"metadata":{"name":"settings","namespace":"\#($0)"}}"# }),
      .init("apps", "v1", "deployments", "Deployment", deployments),
      .init("apps", "v1", "replicasets", "ReplicaSet", sets),
      .init("apps", "v1", "statefulsets", "StatefulSet"),
      .init("apps", "v1", "daemonsets", "DaemonSet"),
      .init("batch", "v1", "jobs", "Job"), .init("batch", "v1", "cronjobs", "CronJob"),
      .init(
        "networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy",
        names.map {
          #"{"metadata":{"name":"default","namespace":"\#($0)"},"spec":{"podSelector":{},"policyTypes":["Ingress"]}}"#
        }),
      .init("networking.k8s.io", "v1", "ingresses", "Ingress"),
      .init("rbac.authorization.k8s.io", "v1", "roles", "Role"),
      .init("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
      .init(
        "rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", namespaced: false,
        [#"{"metadata":{"name":"reader"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list"]}]}"#]
      ),
      .init(
        "rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", namespaced: false,
        [
          #"{"metadata":{"name":"reader"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"reader"},"subjects":[{"kind":"ServiceAccount","name":"default","namespace":"team-0"}]}"#
        ]),
      .init(
        "argoproj.io", "v1alpha1", "rollouts", "Rollout",
        [
          #"{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"canary","namespace":"team-0"},"spec":{"template":{"spec":{"containers":[{"name":"c","image":"x:1","securityContext":{"privileged":true}}]}}}}"#
        ]),
    ]
  }

  private static func podSpec(_ app: Int) -> String {
    let risky = app % 10 == 0 ? #""privileged":true,"# : ""
    return
      #"{"serviceAccountName":"default","restartPolicy":"Always","containers":[{"name":"app","image":"registry.example.com/app:1.4.\#(app)","ports":[{"containerPort":8080,"protocol":"TCP"}],"env":[{"name":"LOG_LEVEL","value":"info"},{"name":"REGION","value":"eu-1"}],"resources":{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"memory":"256Mi"}},"securityContext":{\#(risky)"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"runAsNonRoot":true,"capabilities":{"drop":["ALL"]},"seccompProfile":{"type":"RuntimeDefault"}},"volumeMounts":[{"name":"token","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount","readOnly":true}],"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"volumes":[{"name":"token","projected":{"defaultMode":420,"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}]}}],"dnsPolicy":"ClusterFirst","schedulerName":"default-scheduler","terminationGracePeriodSeconds":30}"#
  }

  /// About as long as the server's own record of who wrote which field.
  private static let managedFields =
    #"[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:generateName":{},"f:labels":{".":{},"f:app":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"r\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:protocol":{}}},"f:resources":{".":{},"f:limits":{".":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}}}}}}}]"#

  package static func kubeconfig(
    port: Int, authority: String?, client: VirtualAuthority.Pair?, context: String, token: String? = nil,
    server: String? = nil, extra: String = ""
  ) -> String {
    func data(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
    var user = ""
    if let client {
      user +=
        "    client-certificate-data: \(data(client.certificate))\n    client-key-data: \(data(client.key))\n"
    }
    if let token { user += "    token: \(token)\n" }
    return """
      apiVersion: v1
      kind: Config
      current-context: \(context)
      contexts:
      - name: \(context)
        context: {cluster: \(context), user: \(context)}
      clusters:
      - name: \(context)
        cluster:
          server: \(server ?? "https://127.0.0.1:\(port)")
      \(authority.map { "    certificate-authority-data: \(data($0))" } ?? "")
      \(extra)
      users:
      - name: \(context)
        user:
      \(user.isEmpty ? "    {}" : user)
      """
  }
}
