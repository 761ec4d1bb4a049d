package import Bytes

/// Checks of workloads as ValidatingAdmissionPolicies with their bindings, for pods and for all that makes pods.
///
/// Here stand the checks that need nothing but the object itself; a test compares each with the check over real manifests. At the
/// door the object is what the server is about to store, with its defaults.
package struct WorkloadPolicies: Sendable {
  /// The id of the check, and the name of the policy.
  package let check: String
  private let control: PodPolicy.Control

  /// - Parameter bad: of a container `c`.
  private static func containers(
    _ check: String, _ bad: String, of variable: String = "containers", unless exemption: String? = nil,
    _ demand: String
  ) -> WorkloadPolicies {
    WorkloadPolicies(
      check: check, control: .containers(check, bad, of: variable, unless: exemption, demand))
  }

  private static func pod(_ check: String, _ expression: String, _ demand: String) -> WorkloadPolicies {
    WorkloadPolicies(check: check, control: .pod(check, expression, demand))
  }

  /// The policy of a check.
  ///
  /// - Parameters:
  ///   - title, severity, remediation: those of the check.
  ///   - action: what the binding does.
  ///   - exempt: namespaces that it leaves alone.
  package func documents(
    title: String, severity: String, remediation: String, action: PolicyBinding.Action, exempt: [String]
  ) -> [DocumentNode] {
    PodPolicy.documents(
      PodPolicy.About(name: check, title: title, severity: severity, remediation: remediation), [control],
      variables: Self.variables, action: action, exempt: exempt)
  }

  package static func policy(of check: String) -> WorkloadPolicies? { all.first { $0.check == check } }

  private static let variables: [(name: String, expression: String)] = [
    // Containers that an image is named for, since an older client may leave it to a controller.
    ("named", "variables.containers.filter(c, c.?image.orValue('') != '')"),
    ("declared", "variables.spec.?initContainers.orValue([]) + variables.spec.containers"),
    // Sidecars are initial containers that go on running.
    (
      "serving",
      "variables.spec.?initContainers.orValue([]).filter(c, c.?restartPolicy.orValue('') == 'Always') + variables.spec.containers"
    ), ("within", "object.metadata.?namespace.orValue('')"),
    // Pods that a Job made end by themselves; the Job is judged.
    (
      "ends",
      "object.kind in ['Job', 'CronJob'] || object.metadata.?ownerReferences.orValue([]).exists(o, o.kind == 'Job')"
    ),
  ]

  /// Without a digest, and without a tag or with the tag `latest`.
  private static let unpinned =
    "!c.image.contains('@') && (!c.image.substring(c.image.lastIndexOf('/') + 1).contains(':') || c.image.endsWith(':latest'))"

  private static let administrator =
    ".?securityContext.?windowsOptions.?runAsUserName.orValue('').lowerAscii().matches('^nt authority[\\\\\\\\]system$|^(.*[\\\\\\\\])?(container)?administrator$')"

  package static let all: [WorkloadPolicies] = [
    .containers("unpinned-image", unpinned, of: "named", "must name their image by a fixed tag or a digest"),
    .containers(
      "image-without-digest", "!c.image.contains('@') && !(\(unpinned))", of: "named",
      "must name their image by digest"),
    .containers(
      "cached-mutable-image",
      "!c.image.contains('@') && c.?imagePullPolicy.orValue(\(unpinned) ? 'Always' : 'IfNotPresent') != 'Always'",
      of: "named", "must name their image by digest, or set imagePullPolicy to Always"),
    .containers(
      "missing-cpu-limit", "!c.?resources.?limits.?cpu.hasValue()", of: "declared", "must set resources.limits.cpu"),
    .containers(
      "missing-memory-limit", "!c.?resources.?limits.?memory.hasValue()", of: "serving",
      unless: "variables.spec.?resources.?limits.?memory.hasValue()", "must set resources.limits.memory"),
    .containers(
      "missing-ephemeral-storage-limit", "!c.?resources.?limits[?'ephemeral-storage'].hasValue()", of: "declared",
      "must set resources.limits.ephemeral-storage"),
    .containers(
      "missing-resource-requests",
      "!['cpu', 'memory'].all(r, c.?resources.?requests[?r].hasValue() || c.?resources.?limits[?r].hasValue())",
      of: "serving", "must set resources.requests for cpu and memory"),
    .containers(
      "missing-probes",
      "c.?ports.orValue([]).size() > 0 && !c.?readinessProbe.hasValue() && !c.?livenessProbe.hasValue()",
      of: "spec.containers",
      unless:
        "variables.ends || !(object.kind in ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod'])",
      "must have a readinessProbe or a livenessProbe"),
    .containers(
      "mount-propagation",
      "c.?volumeMounts.orValue([]).exists(m, m.?mountPropagation.orValue('') == 'Bidirectional')",
      "must not set mountPropagation to Bidirectional"),
    .containers(
      "interactive-container", "c.?stdin.orValue(false) || c.?tty.orValue(false)", of: "declared",
      "must not set stdin or tty"),
    .containers(
      "writable-root-filesystem", "!c.?securityContext.?readOnlyRootFilesystem.orValue(false)", of: "declared",
      unless: "variables.isWindows", "must set readOnlyRootFilesystem to true"),
    .containers(
      "privileged-port",
      "c.?ports.orValue([]).exists(p, p.?containerPort.orValue(0) > 0 && p.?containerPort.orValue(0) < 1024)",
      "must not listen below port 1024"),
    .containers(
      "secret-in-environment",
      "c.?env.orValue([]).exists(e, e.?valueFrom.?secretKeyRef.hasValue()) || c.?envFrom.orValue([]).exists(e, e.?secretRef.hasValue())",
      "must mount Secrets instead of reading them from the environment"),
    .containers(
      "no-security-context", "c.?securityContext.orValue({}).size() == 0",
      unless: "variables.spec.?securityContext.orValue({}).size() > 0",
      "or the pod must set a securityContext"),
    .pod(
      "root-group",
      "variables.spec.?securityContext.?runAsGroup.orValue(1) != 0 && variables.spec.?securityContext.?fsGroup.orValue(1) != 0 && !(0 in variables.spec.?securityContext.?supplementalGroups.orValue([])) && !variables.containers.exists(c, c.?securityContext.?runAsGroup.orValue(1) == 0)",
      "runAsGroup, fsGroup and supplementalGroups must not be 0"),
    .pod(
      "windows-administrator",
      "!variables.spec\(administrator) && !variables.containers.exists(c, c\(administrator))",
      "windowsOptions.runAsUserName must not be an administrator"),
    .pod(
      "shared-process-namespace",
      "!variables.spec.?shareProcessNamespace.orValue(false) || variables.containers.size() < 2",
      "shareProcessNamespace must not be set"),
    .pod(
      "system-priority",
      "!(variables.spec.?priorityClassName.orValue('') in ['system-cluster-critical', 'system-node-critical']) || variables.within == 'kube-system'",
      "priority classes of the system are for kube-system"),
    .pod(
      "control-plane-scheduling",
      "!variables.spec.?tolerations.orValue([]).exists(t, t.?effect.orValue('') in ['', 'NoSchedule'] && (t.?key.orValue('') == '' ? t.?operator.orValue('') == 'Exists' : t.key in ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']))",
      "the taints of control-plane nodes must not be tolerated"),
    .pod("default-namespace", "variables.within != 'default'", "workloads must not run in the default namespace"),
    .pod(
      "naked-pod",
      "object.kind != 'Pod' || object.metadata.?annotations[?'kubernetes.io/config.mirror'].hasValue() || object.metadata.?ownerReferences.orValue([]).size() > 0",
      "a controller must own the pod"),
  ]
}
