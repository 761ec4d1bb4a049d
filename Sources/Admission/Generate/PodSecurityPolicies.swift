package import Bytes
package import PodSecurity

/// A level of the Pod Security Standards as a ValidatingAdmissionPolicy with its binding, for pods and for all that makes pods.
///
/// Equal to the controls in `PodSecurity` at their latest version; a test compares them over the published fixtures.
package enum PodSecurityPolicies {
  /// - Parameters:
  ///   - level: baseline or restricted; the privileged level allows everything and is no policy.
  ///   - action: what the binding does.
  ///   - exempt: namespaces that it leaves alone.
  package static func documents(
    level: PodSecurityLevel, action: PolicyBinding.Action, exempt: [String]
  ) -> [DocumentNode] {
    let name = "pod-security-\(level.name)"
    let controls = level == .restricted ? restricted : baseline
    return PodPolicy.documents(
      PodPolicy.About(
        name: name, title: "Pod does not meet the \(level.name) level of Pod Security",
        severity: level == .restricted ? "medium" : "high", remediation: "Change the fields that the message names.",
        url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/"),
      controls, action: action, exempt: exempt)
  }

  // MARK: Controls

  private static let profiles = "['RuntimeDefault', 'Localhost']"

  /// A profile that is set, to something that is not allowed.
  private static func badProfile(_ holder: String, _ field: String) -> String {
    "\(holder).?securityContext.?\(field).hasValue() && !(\(holder).?securityContext.?\(field).?type.orValue('') in \(profiles))"
  }

  private static let appArmor = [
    PodPolicy.Control.pod(
      "AppArmor", "!(\(badProfile("variables.spec", "appArmorProfile")))",
      "the pod must not set another appArmorProfile than RuntimeDefault or Localhost"),
    PodPolicy.Control.containers(
      "AppArmor", badProfile("c", "appArmorProfile"),
      "must not set another appArmorProfile than RuntimeDefault or Localhost"),
    PodPolicy.Control.pod(
      "AppArmor",
      "!variables.annotations.exists(k, k.startsWith('container.apparmor.security.beta.kubernetes.io/') && !(variables.annotations[k] in ['', 'runtime/default']) && !variables.annotations[k].startsWith('localhost/'))",
      "an annotation sets a profile that is not allowed"),
  ]

  private static let defaultCapabilities =
    "['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']"

  private static let capabilities = [
    PodPolicy.Control.containers(
      "capabilities",
      "c.?securityContext.?capabilities.?add.orValue([]).exists(a, !(a in \(defaultCapabilities)))",
      "must not add capabilities beyond those of a container runtime")
  ]

  private static let hostNamespaces = [
    PodPolicy.Control.pod(
      "host namespaces",
      "!variables.spec.?hostNetwork.orValue(false) && !variables.spec.?hostPID.orValue(false) && !variables.spec.?hostIPC.orValue(false)",
      "hostNetwork, hostPID and hostIPC must not be set")
  ]

  private static let hostPath = [
    PodPolicy.Control.pod(
      "hostPath volumes", "!variables.spec.?volumes.orValue([]).exists(v, has(v.hostPath))",
      "hostPath volumes must not be used")
  ]

  private static let hostPorts = [
    PodPolicy.Control.containers(
      "host ports", "c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) != 0)", "must not set hostPort")
  ]

  private static let probes = [
    PodPolicy.Control.containers(
      "hosts of probes and lifecycle hooks",
      [".?livenessProbe", ".?readinessProbe", ".?startupProbe", ".?lifecycle.?postStart", ".?lifecycle.?preStop"]
        .flatMap { handler in
          [".?httpGet", ".?tcpSocket"].map { "c\(handler)\($0).?host.orValue('') != ''" }
        }.joined(separator: " || "), "must not set host in probes and lifecycle hooks")
  ]

  private static let privileged = [
    PodPolicy.Control.containers(
      "privileged", "c.?securityContext.?privileged.orValue(false)", "must not be privileged")
  ]

  private static func procMount(unless exemption: String?) -> [PodPolicy.Control] {
    [
      PodPolicy.Control.containers(
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
    PodPolicy.Control.pod(
      "SELinux", "!(\(badSELinux("variables.spec")))",
      "the pod must not set seLinuxOptions.user, role or an unusual type"),
    PodPolicy.Control.containers(
      "SELinux", badSELinux("c"), "must not set seLinuxOptions.user, role or an unusual type"),
  ]

  private static func seccomp(unless exemption: String?) -> [PodPolicy.Control] {
    let head = exemption.map { "\($0) || " } ?? ""
    return [
      PodPolicy.Control.pod(
        "seccomp", "\(head)!(\(badProfile("variables.spec", "seccompProfile")))",
        "the pod must not set another seccompProfile than RuntimeDefault or Localhost"),
      PodPolicy.Control.containers(
        "seccomp", badProfile("c", "seccompProfile"), unless: exemption,
        "must not set another seccompProfile than RuntimeDefault or Localhost"),
    ]
  }

  private static let sysctls = [
    PodPolicy.Control.pod(
      "sysctls",
      "!variables.spec.?securityContext.?sysctls.orValue([]).exists(s, !(s.name in ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_local_reserved_ports', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ping_group_range', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_notsent_lowat', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_syncookies', 'net.ipv4.tcp_wmem']))",
      "an unsafe sysctl is set")
  ]

  private static let hostProcess = [
    PodPolicy.Control.pod(
      "HostProcess", "!variables.spec.?securityContext.?windowsOptions.?hostProcess.orValue(false)",
      "the pod must not set windowsOptions.hostProcess"),
    PodPolicy.Control.containers(
      "HostProcess", "c.?securityContext.?windowsOptions.?hostProcess.orValue(false)",
      "must not set windowsOptions.hostProcess"),
  ]

  private static let baseline: [PodPolicy.Control] =
    appArmor + capabilities + hostNamespaces + hostPath + hostPorts + probes + privileged
    + procMount(unless: "variables.ownUsers") + seLinux + seccomp(unless: nil) + sysctls + hostProcess

  /// Where a restricted control takes the place of one of the baseline, the latter is left out.
  private static let restricted: [PodPolicy.Control] =
    appArmor + hostNamespaces + hostPorts + probes + privileged + seLinux + sysctls + hostProcess
    + procMount(unless: nil) + seccomp(unless: "variables.isWindows")
    + [
      PodPolicy.Control.containers(
        "seccomp",
        "!variables.spec.?securityContext.?seccompProfile.hasValue() && !c.?securityContext.?seccompProfile.hasValue()",
        unless: "variables.isWindows", "or the pod must set seccompProfile to RuntimeDefault or Localhost"),
      PodPolicy.Control.containers(
        "privilege escalation", "c.?securityContext.?allowPrivilegeEscalation.orValue(true)",
        unless: "variables.isWindows", "must set allowPrivilegeEscalation to false"),
      PodPolicy.Control.containers(
        "capabilities",
        "!('ALL' in c.?securityContext.?capabilities.?drop.orValue([])) || c.?securityContext.?capabilities.?add.orValue([]).exists(a, a != 'NET_BIND_SERVICE')",
        unless: "variables.isWindows", "must drop ALL capabilities and add none but NET_BIND_SERVICE"),
      PodPolicy.Control.pod(
        "volume types",
        "!variables.spec.?volumes.orValue([]).exists(v, v.exists(k, k != 'name') && !v.exists(k, k in ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']))",
        "a volume is of a type that is not allowed"),
      PodPolicy.Control.pod(
        "runAsNonRoot", "variables.ownUsers || variables.spec.?securityContext.?runAsNonRoot.orValue(true)",
        "the pod must not set runAsNonRoot to false"),
      PodPolicy.Control.containers(
        "runAsNonRoot",
        "!c.?securityContext.?runAsNonRoot.orValue(variables.spec.?securityContext.?runAsNonRoot.orValue(false))",
        unless: "variables.ownUsers", "or the pod must set runAsNonRoot to true"),
      PodPolicy.Control.pod(
        "runAsUser", "variables.ownUsers || variables.spec.?securityContext.?runAsUser.orValue(1) != 0",
        "the pod must not set runAsUser to 0"),
      PodPolicy.Control.containers(
        "runAsUser", "c.?securityContext.?runAsUser.orValue(1) == 0", unless: "variables.ownUsers",
        "must not set runAsUser to 0"),
    ]
}
