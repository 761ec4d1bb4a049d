package import Bytes
package import PodSecurity

/// A level of the Pod Security Standards as a ValidatingAdmissionPolicy with its binding, for pods and for all that makes pods.
///
/// Equal to the controls in `PodSecurity` at their latest version; a test compares them over the published fixtures.
package enum PodSecurityPolicies {
  /// One control: what it is called, what it forbids and how the refusal is worded.
  private struct Control {
    /// As the standards name it.
    let name: String
    /// An expression that is true where the pod is in order.
    let expression: String
    /// An expression for what is told otherwise.
    let message: String

    /// - Parameter bad: of a container `c`.
    static func containers(_ name: String, _ bad: String, unless exemption: String? = nil, _ demand: String) -> Control
    {
      let head = exemption.map { "\($0) || " } ?? ""
      return Control(
        name: name, expression: "\(head)!variables.containers.exists(c, \(bad))",
        message:
          "\(ForeignPolicies.celText("\(name): containers ")) + variables.containers.filter(c, \(bad)).map(c, c.name).join(', ') + \(ForeignPolicies.celText(" \(demand)"))"
      )
    }

    static func pod(_ name: String, _ expression: String, _ demand: String) -> Control {
      Control(name: name, expression: expression, message: ForeignPolicies.celText("\(name): \(demand)"))
    }
  }

  /// - Parameters:
  ///   - level: baseline or restricted; the privileged level allows everything and is no policy.
  ///   - action: what the binding does.
  ///   - exempt: namespaces that it leaves alone.
  package static func documents(
    level: PodSecurityLevel, action: PolicyBinding.Action, exempt: [String]
  ) -> [DocumentNode] {
    let name = "pod-security-\(level.name)"
    let controls = level == .restricted ? restricted : baseline
    let validations = controls.map { control -> DocumentNode in
      [
        "expression": ForeignPolicies.text(control.expression),
        "messageExpression": ForeignPolicies.text(control.message), "reason": "Forbidden",
      ]
    }
    let policy: DocumentNode = [
      "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
      "metadata": [
        "name": ForeignPolicies.text(name),
        "annotations": [
          "bartizan.dev/title": ForeignPolicies.text("Pod does not meet the \(level.name) level of Pod Security"),
          "bartizan.dev/severity": level == .restricted ? "medium" : "high",
          "bartizan.dev/remediation": "Change the fields that the message names.",
          "bartizan.dev/url": "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
      ],
      "spec": [
        "failurePolicy": "Fail", "matchConstraints": ["resourceRules": DocumentNode(.array(rules))],
        "variables": DocumentNode(
          .array(
            variables.map {
              ["name": ForeignPolicies.text($0.name), "expression": ForeignPolicies.text($0.expression)]
            }
          )), "validations": DocumentNode(.array(validations)),
      ],
    ]
    return [policy, binding(of: name, action, exempt: exempt)]
  }

  /// A binding of the name of its policy, for everything outside of some namespaces.
  static func binding(of name: String, _ action: PolicyBinding.Action, exempt: [String]) -> DocumentNode {
    var spec: DocumentNode = [
      "policyName": ForeignPolicies.text(name), "validationActions": ForeignPolicies.list([action.rawValue]),
    ]
    if !exempt.isEmpty {
      spec = spec.setting(
        "matchResources",
        [
          "namespaceSelector": [
            "matchExpressions": [
              [
                "key": "kubernetes.io/metadata.name", "operator": "NotIn",
                "values": ForeignPolicies.list(exempt.sorted()),
              ]
            ]
          ]
        ])
    }
    return [
      "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
      "metadata": ["name": ForeignPolicies.text(name)], "spec": spec,
    ]
  }

  /// Pods, and all that makes pods.
  static let rules: [DocumentNode] = [
    ("", ["pods", "pods/ephemeralcontainers", "replicationcontrollers", "podtemplates"]),
    ("apps", ["daemonsets", "deployments", "replicasets", "statefulsets"]), ("batch", ["cronjobs", "jobs"]),
  ].map { (group: String, resources: [String]) in
    [
      "apiGroups": ForeignPolicies.list([group]), "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
      "resources": ForeignPolicies.list(resources),
    ]
  }

  /// The pod, or the template of the pods that an object makes, and its parts.
  static let variables: [(name: String, expression: String)] = [
    (
      "pod",
      "object.kind == 'Pod' ? object : object.kind == 'PodTemplate' ? object.template : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template : object.spec.template"
    ), ("spec", "variables.pod.spec"), ("annotations", "variables.pod.?metadata.?annotations.orValue({})"),
    (
      "containers",
      "variables.spec.?initContainers.orValue([]) + variables.spec.containers + variables.spec.?ephemeralContainers.orValue([])"
    ), ("isWindows", "variables.spec.?os.?name.orValue('') == 'windows'"),
    ("ownUsers", "variables.spec.?hostUsers.orValue(true) == false"),
  ]

  // MARK: Controls

  private static let profiles = "['RuntimeDefault', 'Localhost']"

  /// A profile that is set, to something that is not allowed.
  private static func badProfile(_ holder: String, _ field: String) -> String {
    "\(holder).?securityContext.?\(field).hasValue() && !(\(holder).?securityContext.?\(field).?type.orValue('') in \(profiles))"
  }

  private static let appArmor = [
    Control.pod(
      "AppArmor", "!(\(badProfile("variables.spec", "appArmorProfile")))",
      "the pod must not set another appArmorProfile than RuntimeDefault or Localhost"),
    Control.containers(
      "AppArmor", badProfile("c", "appArmorProfile"),
      "must not set another appArmorProfile than RuntimeDefault or Localhost"),
    Control.pod(
      "AppArmor",
      "!variables.annotations.exists(k, k.startsWith('container.apparmor.security.beta.kubernetes.io/') && !(variables.annotations[k] in ['', 'runtime/default']) && !variables.annotations[k].startsWith('localhost/'))",
      "an annotation sets a profile that is not allowed"),
  ]

  private static let defaultCapabilities =
    "['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']"

  private static let capabilities = [
    Control.containers(
      "capabilities",
      "c.?securityContext.?capabilities.?add.orValue([]).exists(a, !(a in \(defaultCapabilities)))",
      "must not add capabilities beyond those of a container runtime")
  ]

  private static let hostNamespaces = [
    Control.pod(
      "host namespaces",
      "!variables.spec.?hostNetwork.orValue(false) && !variables.spec.?hostPID.orValue(false) && !variables.spec.?hostIPC.orValue(false)",
      "hostNetwork, hostPID and hostIPC must not be set")
  ]

  private static let hostPath = [
    Control.pod(
      "hostPath volumes", "!variables.spec.?volumes.orValue([]).exists(v, has(v.hostPath))",
      "hostPath volumes must not be used")
  ]

  private static let hostPorts = [
    Control.containers(
      "host ports", "c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) != 0)", "must not set hostPort")
  ]

  private static let probes = [
    Control.containers(
      "hosts of probes and lifecycle hooks",
      [".?livenessProbe", ".?readinessProbe", ".?startupProbe", ".?lifecycle.?postStart", ".?lifecycle.?preStop"]
        .flatMap { handler in
          [".?httpGet", ".?tcpSocket"].map { "c\(handler)\($0).?host.orValue('') != ''" }
        }.joined(separator: " || "), "must not set host in probes and lifecycle hooks")
  ]

  private static let privileged = [
    Control.containers(
      "privileged", "c.?securityContext.?privileged.orValue(false)", "must not be privileged")
  ]

  private static func procMount(unless exemption: String?) -> [Control] {
    [
      Control.containers(
        "procMount", "c.?securityContext.?procMount.orValue('Default') != 'Default'", unless: exemption,
        "must not set procMount")
    ]
  }

  private static func badSELinux(_ holder: String) -> String {
    let options = "\(holder).?securityContext.?seLinuxOptions"
    return
      "!(\(options).?type.orValue('') in ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']) || \(options).?user.orValue('') != '' || \(options).?role.orValue('') != ''"
  }

  private static let seLinux = [
    Control.pod(
      "SELinux", "!(\(badSELinux("variables.spec")))",
      "the pod must not set seLinuxOptions.user, role or an unusual type"),
    Control.containers("SELinux", badSELinux("c"), "must not set seLinuxOptions.user, role or an unusual type"),
  ]

  private static func seccomp(unless exemption: String?) -> [Control] {
    let head = exemption.map { "\($0) || " } ?? ""
    return [
      Control.pod(
        "seccomp", "\(head)!(\(badProfile("variables.spec", "seccompProfile")))",
        "the pod must not set another seccompProfile than RuntimeDefault or Localhost"),
      Control.containers(
        "seccomp", badProfile("c", "seccompProfile"), unless: exemption,
        "must not set another seccompProfile than RuntimeDefault or Localhost"),
    ]
  }

  private static let sysctls = [
    Control.pod(
      "sysctls",
      "!variables.spec.?securityContext.?sysctls.orValue([]).exists(s, !(s.name in ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_local_reserved_ports', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ping_group_range', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_notsent_lowat', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_syncookies', 'net.ipv4.tcp_wmem']))",
      "an unsafe sysctl is set")
  ]

  private static let hostProcess = [
    Control.pod(
      "HostProcess", "!variables.spec.?securityContext.?windowsOptions.?hostProcess.orValue(false)",
      "the pod must not set windowsOptions.hostProcess"),
    Control.containers(
      "HostProcess", "c.?securityContext.?windowsOptions.?hostProcess.orValue(false)",
      "must not set windowsOptions.hostProcess"),
  ]

  private static let baseline: [Control] =
    appArmor + capabilities + hostNamespaces + hostPath + hostPorts + probes + privileged
    + procMount(unless: "variables.ownUsers") + seLinux + seccomp(unless: nil) + sysctls + hostProcess

  /// Where a restricted control takes the place of one of the baseline, the latter is left out.
  private static let restricted: [Control] =
    appArmor + hostNamespaces + hostPorts + probes + privileged + seLinux + sysctls + hostProcess
    + procMount(unless: nil) + seccomp(unless: "variables.isWindows")
    + [
      Control.containers(
        "seccomp",
        "!variables.spec.?securityContext.?seccompProfile.hasValue() && !c.?securityContext.?seccompProfile.hasValue()",
        unless: "variables.isWindows", "or the pod must set seccompProfile to RuntimeDefault or Localhost"),
      Control.containers(
        "privilege escalation", "c.?securityContext.?allowPrivilegeEscalation.orValue(true)",
        unless: "variables.isWindows", "must set allowPrivilegeEscalation to false"),
      Control.containers(
        "capabilities",
        "!('ALL' in c.?securityContext.?capabilities.?drop.orValue([])) || c.?securityContext.?capabilities.?add.orValue([]).exists(a, a != 'NET_BIND_SERVICE')",
        unless: "variables.isWindows", "must drop ALL capabilities and add none but NET_BIND_SERVICE"),
      Control.pod(
        "volume types",
        "!variables.spec.?volumes.orValue([]).exists(v, v.exists(k, k != 'name') && !v.exists(k, k in ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']))",
        "a volume is of a type that is not allowed"),
      Control.pod(
        "runAsNonRoot", "variables.ownUsers || variables.spec.?securityContext.?runAsNonRoot.orValue(true)",
        "the pod must not set runAsNonRoot to false"),
      Control.containers(
        "runAsNonRoot",
        "!c.?securityContext.?runAsNonRoot.orValue(variables.spec.?securityContext.?runAsNonRoot.orValue(false))",
        unless: "variables.ownUsers", "or the pod must set runAsNonRoot to true"),
      Control.pod(
        "runAsUser", "variables.ownUsers || variables.spec.?securityContext.?runAsUser.orValue(1) != 0",
        "the pod must not set runAsUser to 0"),
      Control.containers(
        "runAsUser", "c.?securityContext.?runAsUser.orValue(1) == 0", unless: "variables.ownUsers",
        "must not set runAsUser to 0"),
    ]
}
