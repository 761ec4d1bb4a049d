/// A DaemonSet that collects the record of each node, with no more than it needs.
package enum NodeManifest {
  /// - Parameters:
  ///   - image: of Bartizan.
  package static func text(namespace: String, image: String) -> String {
    """
    # Collects the record of each node: read-only mounts of what is read, no privileges, no capability but the one
    # that reads files of others. Each record is printed: kubectl logs -n \(namespace) PODNAME -c collect > node.json
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
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: bartizan-node
      namespace: \(namespace)
      labels:
        app.kubernetes.io/name: bartizan-node
      annotations:
        bartizan.dev/ignore.pss-host-path-volumes: "the benchmark is about files and processes of the node, which only root may read"
        bartizan.dev/ignore.pss-host-namespaces: "the benchmark is about files and processes of the node, which only root may read"
        bartizan.dev/ignore.pss-run-as-user: "the benchmark is about files and processes of the node, which only root may read"
        bartizan.dev/ignore.pss-run-as-non-root: "the benchmark is about files and processes of the node, which only root may read"
        bartizan.dev/ignore.pss-capabilities: "the benchmark is about files and processes of the node, which only root may read"
        bartizan.dev/ignore.sensitive-host-path: "the benchmark is about files and processes of the node, which only root may read"
        bartizan.dev/ignore.control-plane-scheduling: "the benchmark is about nodes of the control plane above all"
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
              args: [node, collect, --root, /host, --name, $(NODE_NAME)]
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
                limits: {memory: 128Mi}
              volumeMounts:
                - {name: etc, mountPath: /host/etc, readOnly: true}
                - {name: var-lib, mountPath: /host/var/lib, readOnly: true}
                - {name: units, mountPath: /host/usr/lib/systemd, readOnly: true}
                - {name: proc, mountPath: /host/proc, readOnly: true}
          containers:
            - name: wait
              image: registry.k8s.io/pause:3.10
              securityContext:
                runAsNonRoot: true
                runAsUser: 65535
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop: [ALL]
              resources:
                requests: {cpu: 1m, memory: 4Mi}
                limits: {memory: 8Mi}
          volumes:
            - {name: etc, hostPath: {path: /etc}}
            - {name: var-lib, hostPath: {path: /var/lib}}
            - {name: units, hostPath: {path: /usr/lib/systemd}}
            - {name: proc, hostPath: {path: /proc}}

    """
  }
}
