package import Kube

/// A DaemonSet that collects the record of each node, with no more than it needs.
package enum NodeManifest {
  /// Where records are left.
  package enum Place: String, Sendable, CaseIterable {
    /// A ConfigMap for each node, beside the DaemonSet.
    case configMap = "config-map"
    /// The log of the pod, which needs no token and no network.
    case log
  }

  /// Folders of the node that are mounted. All of them are there on every node: the kubelet makes those that are not.
  ///
  /// - Parameter distribution: of the cluster; that of MicroK8s and GKE keeps its files elsewhere.
  package static func mounts(_ distribution: NodeDistribution) -> [(name: String, path: String)] {
    let units = [("usr-lib", "/usr/lib"), ("lib", "/lib")]
    switch distribution {
    case .microk8s: return [("etc", "/etc"), ("microk8s", "/var/snap/microk8s/current"), ("proc", "/proc")]
    case .gke:
      return [("etc", "/etc"), ("var-lib", "/var/lib"), ("home", "/home/kubernetes")] + units + [("proc", "/proc")]
    default: return [("etc", "/etc"), ("var-lib", "/var/lib")] + units + [("proc", "/proc")]
    }
  }

  private static let why = "the benchmark is about files and processes of the node, which only root may read"

  /// Checks of ours that the DaemonSet fails, which are the accesses to the node that it is for, each with its reason.
  package static let exceptions: [(check: String, reason: String)] = [
    ("pss-host-path-volumes", why), ("pss-host-namespaces", why), ("pss-run-as-user", why),
    ("pss-run-as-non-root", why), ("pss-capabilities", why), ("sensitive-host-path", why),
    ("control-plane-scheduling", "the benchmark is about nodes of the control plane above all"),
  ]

  /// - Parameters:
  ///   - image: of Bartizan.
  ///   - distribution: of the cluster, which says what is mounted; nil for any but MicroK8s and GKE.
  package static func text(
    namespace: String, image: String, distribution: NodeDistribution? = nil, place: Place = .configMap
  ) -> String {
    let mounts = mounts(distribution ?? .unknown)
    func list(_ indent: Int, _ line: ((name: String, path: String)) -> String) -> String {
      mounts.map { String(repeating: " ", count: indent) + line($0) }.joined(separator: "\n")
    }
    let isMap = place == .configMap
    let folders = mounts.map(\.path).joined(separator: ", ")
    let left = isMap ? ", --config-map, \(namespace)" : ""
    let found =
      isMap
      ? "Each record is left in a ConfigMap: bartizan cis --context … finds them\(namespace == NodeRecordMap.usualNamespace ? "" : " (--node-namespace \(namespace))")."
      : "Each record is printed: kubectl logs -n \(namespace) PODNAME -c collect > node.json"
    let annotations = exceptions.map { "    bartizan.dev/ignore.\($0.check): \"\($0.reason)\"" }.joined(separator: "\n")
    return """
      # Collects the record of each node: read-only mounts of what is read, no privileges, no capability but the one
      # that reads files of others. \(found)
      apiVersion: v1
      kind: Namespace
      metadata:
        name: \(namespace)
        labels:
          pod-security.kubernetes.io/enforce: privileged
        annotations:
          bartizan.dev/ignore.namespace-pod-security: "the collector mounts files of the node"
      ---
      apiVersion: v1
      kind: ResourceQuota
      metadata:
        name: only-collectors
        namespace: \(namespace)
      spec:
        hard: {pods: "5000", services: "0", persistentvolumeclaims: "0"}
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: bartizan-node
        namespace: \(namespace)
      automountServiceAccountToken: false
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: nobody
        namespace: \(namespace)
      spec:
        podSelector: {}
        policyTypes: [Ingress, Egress]
      ---
      \(isMap ? writing(namespace) : "")apiVersion: apps/v1
      kind: DaemonSet
      metadata:
        name: bartizan-node
        namespace: \(namespace)
        labels:
          app.kubernetes.io/name: bartizan-node
        annotations:
      \(annotations)
      spec:
        selector:
          matchLabels:
            app.kubernetes.io/name: bartizan-node
        template:
          metadata:
            labels:
              app.kubernetes.io/name: bartizan-node
          spec:
            serviceAccountName: bartizan-node
            automountServiceAccountToken: false
            hostPID: true
            tolerations:
              - operator: Exists
            securityContext:
              seccompProfile:
                type: RuntimeDefault
            initContainers:
              - name: collect
                image: \(image)
                args: [node, collect, --root, /host, --name, $(NODE_NAME), --mounted, \(folders)\(left)]
                env:
                  - name: NODE_NAME
                    valueFrom:
                      fieldRef:
                        fieldPath: spec.nodeName
                securityContext:
                  runAsUser: 0
                  privileged: false
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities:
                    drop: [ALL]
                    add: [DAC_READ_SEARCH]
                resources:
                  requests: {cpu: 10m, memory: 32Mi}
                  limits: {cpu: 500m, memory: 128Mi, ephemeral-storage: 16Mi}
                volumeMounts:
      \(list(12) { "- {name: \($0.name), mountPath: /host\($0.path), readOnly: true}" })\(isMap ? "\n" + Self.tokenMount : "")
            containers:
              - name: wait
                image: registry.k8s.io/pause:3.10@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                securityContext:
                  runAsNonRoot: true
                  runAsUser: 65535
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities:
                    drop: [ALL]
                resources:
                  requests: {cpu: 1m, memory: 4Mi}
                  limits: {cpu: 10m, memory: 8Mi, ephemeral-storage: 1Mi}
            volumes:
      \(list(8) { "- {name: \($0.name), hostPath: {path: \($0.path)}}" })\(isMap ? "\n" + Self.tokenVolume : "")

      """
  }

  /// What a node needs to leave its record: to make and replace ConfigMaps of this one namespace, and the way to the API server.
  private static func writing(_ namespace: String) -> String {
    """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: api-server
      namespace: \(namespace)
      annotations:
        bartizan.dev/ignore.network-policy-without-dns: "the API server is asked by its address, and nothing else is"
    spec:
      podSelector:
        matchLabels:
          app.kubernetes.io/name: bartizan-node
      policyTypes: [Egress]
      egress:
        - ports:
            - {protocol: TCP, port: 443}
            - {protocol: TCP, port: 6443}
            - {protocol: TCP, port: 16443}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: bartizan-node
      namespace: \(namespace)
    rules:
      - apiGroups: [""]
        resources: [configmaps]
        verbs: [create, update]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata:
      name: bartizan-node
      namespace: \(namespace)
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: Role
      name: bartizan-node
    subjects:
      - kind: ServiceAccount
        name: bartizan-node
        namespace: \(namespace)
    ---

    """
  }

  private static let tokenMount =
    String(repeating: " ", count: 12)
    + "- {name: token, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}"

  /// The token is for the one container that writes, and not for the one that waits.
  private static let tokenVolume = """
            - name: token
              projected:
                sources:
                  - serviceAccountToken: {path: token, expirationSeconds: 3600}
                  - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
                  - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}
    """
}
