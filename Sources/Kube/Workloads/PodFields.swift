/// Fields of a pod beside its containers.
package enum PodFields {
  /// Those that custom resources keep in a place of their own, for all the pods that they make.
  package static let names: Set<String> = [
    "affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "hostAliases", "hostIPC", "hostNetwork",
    "hostPID", "hostUsers", "imagePullSecrets", "nodeSelector", "os", "priorityClassName", "runtimeClassName",
    "schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace", "tolerations",
    "topologySpreadConstraints", "volumes",
  ]
}
