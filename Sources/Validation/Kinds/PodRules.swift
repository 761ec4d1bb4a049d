import Bytes
import Kube

/// Pods and the templates of pods.
///
/// Source: Kubernetes `pkg/apis/core/validation/validation.go`, `ValidatePodSpec`.
enum PodRules {
  static let pod: ValidationRules.Rule = { object, found in
    spec(object["spec"], metadata: object["metadata"], &found)
  }

  static let podTemplate: ValidationRules.Rule = { object, found in template(object["template"], &found) }

  /// A pod template of a workload.
  static func template(_ template: Field, _ found: inout Violations) {
    let metadata = template["metadata"]
    MetadataRules.labels(metadata["labels"].at(.field(template.path, "labels")), &found)
    MetadataRules.annotations(metadata["annotations"].at(.field(template.path, "annotations")), &found)
    spec(template["spec"], metadata: metadata, &found)
  }

  private static let restartPolicies = ["Always", "OnFailure", "Never"]

  static func spec(_ spec: Field, metadata: Field, _ found: inout Violations) {
    let claims = Set(
      spec["volumes"].items.filter { $0["persistentVolumeClaim"].isPresent || $0["ephemeral"].isPresent }.map {
        $0["name"].text
      })
    let volumes = VolumeRules.volumes(spec, &found)
    let gracePeriod = spec["terminationGracePeriodSeconds"].int ?? 30
    let isHostNetwork = spec["hostNetwork"].bool
    var names = Set<String>()
    let containers = spec["containers"]
    if containers.isEmptyList { found.required(containers) }
    var hostPorts = Set<String>()
    for container in containers.items {
      self.container(container, isInit: false, isHostNetwork: isHostNetwork, &names, &found)
      ProbeRules.containers(container, gracePeriod: gracePeriod, isInit: false, &found)
      VolumeRules.mounts(container, volumes: volumes, claims: claims, &found)
      conflicts(container, isHostNetwork: isHostNetwork, &hostPorts, &found)
    }
    for container in spec["initContainers"].items {
      self.container(container, isInit: true, isHostNetwork: isHostNetwork, &names, &found)
      ProbeRules.containers(container, gracePeriod: gracePeriod, isInit: true, &found)
      VolumeRules.mounts(container, volumes: volumes, claims: claims, &found)
    }
    for container in spec["ephemeralContainers"].items where !container["name"].text.isEmpty {
      if !names.insert(container["name"].text).inserted { found.duplicate(container["name"]) }
    }
    if spec["ephemeralContainers"].count > 0 {
      found.forbidden(spec["ephemeralContainers"], "cannot be set on create")
    }
    let restart = spec["restartPolicy"]
    found.oneOf(restart, restartPolicies)
    resize(spec, &found)
    dns(spec, &found)
    security(spec, &found)
    if let os = spec["os"].isPresent ? spec["os", "name"] : nil {
      if os.text.isEmpty {
        found.required(os)
      } else if !["linux", "windows"].contains(os.text) {
        found.add(
          .notSupported, spec["os"], value: GoText.quoted(os.text), "supported values: \"linux\", \"windows\"")
      }
    }
    if let deadline = spec["activeDeadlineSeconds"].int, deadline < 1 || deadline > 2_147_483_647 {
      found.invalid(spec["activeDeadlineSeconds"], "must be between 1 and 2147483647, inclusive")
    }
    objectNames(spec, &found)
    for (key, value) in spec["nodeSelector"].entries {
      for detail in Grammar.qualifiedName(key) {
        found.invalid(value.at(spec["nodeSelector"].path), value: GoText.quoted(key), detail)
      }
      for detail in Grammar.labelValue(value.text) {
        found.invalid(value.at(spec["nodeSelector"].path), value: GoText.quoted(value.text), detail)
      }
    }
    SchedulingRules.tolerations(spec["tolerations"], &found)
    SchedulingRules.affinity(spec["affinity"], &found)
    SchedulingRules.spread(spec["topologySpreadConstraints"], &found)
    ResourceRules.pod(spec, &found)
    appArmor(metadata["annotations"], names, &found)
  }

  private static func objectNames(_ spec: Field, _ found: inout Violations) {
    for key in ["serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"] where !spec[key].text.isEmpty
    {
      found.faults(spec[key], Grammar.subdomain(spec[key].text))
    }
    for key in ["hostname", "subdomain"] where !spec[key].text.isEmpty {
      found.faults(spec[key], Grammar.label(spec[key].text))
    }
    for alias in spec["hostAliases"].items {
      found.faults(alias["ip"], Grammar.address(alias["ip"].text))
      for name in alias["hostnames"].items { found.faults(name, Grammar.subdomain(name.text)) }
    }
    for secret in spec["imagePullSecrets"].items where secret["name"].isMissing && secret.isMissing {
      found.required(secret["name"])
    }
    for gate in spec["readinessGates"].items {
      found.faults(gate["conditionType"], Grammar.qualifiedName(gate["conditionType"].text))
    }
    found.oneOf(spec["preemptionPolicy"], ["Never", "PreemptLowerPriority"])
  }

  // MARK: Containers

  private static func container(
    _ container: Field, isInit: Bool, isHostNetwork: Bool, _ names: inout Set<String>, _ found: inout Violations
  ) {
    let name = container["name"]
    if name.text.isEmpty {
      found.required(name)
    } else {
      found.faults(name, Grammar.label(name.text))
      if !names.insert(name.text).inserted { found.duplicate(name) }
    }
    let image = container["image"]
    if image.text.isEmpty {
      found.required(image)
    } else if image.text.trimmingGoSpace != image.text {
      found.invalid(image, "must not have leading or trailing whitespace")
    }
    found.oneOf(container["imagePullPolicy"], ["Always", "IfNotPresent", "Never"])
    if let policy = container["terminationMessagePolicy"].string, !["File", "FallbackToLogsOnError"].contains(policy) {
      found.invalid(container["terminationMessagePolicy"], "must be 'File' or 'FallbackToLogsOnError'")
    }
    if !isInit, let policy = container["restartPolicy"].string, !restartPolicies.contains(policy) {
      found.notSupported(container["restartPolicy"], restartPolicies)
    }
    if isInit, let policy = container["restartPolicy"].string, !restartPolicies.contains(policy) {
      found.notSupported(container["restartPolicy"], restartPolicies)
    }
    ports(container, isHostNetwork: isHostNetwork, &found)
    EnvironmentRules.validate(container, &found)
    ResourceRules.container(container["resources"], &found)
    if container["securityContext"].isPresent { context(container["securityContext"], &found) }
  }

  private static func ports(_ container: Field, isHostNetwork: Bool, _ found: inout Violations) {
    var names = Set<String>()
    for port in container["ports"].items {
      let name = port["name"]
      if !name.text.isEmpty {
        let faults = Grammar.portName(name.text)
        found.faults(name, faults)
        if faults.isEmpty, !names.insert(name.text).inserted { found.duplicate(name) }
      }
      let number = port["containerPort"]
      if number.int ?? 0 == 0 {
        found.required(number)
      } else {
        PortRules.number(number, found: &found)
      }
      if let host = port["hostPort"].int, host != 0 {
        PortRules.number(port["hostPort"], found: &found)
        if isHostNetwork, host != number.int {
          found.invalid(port["hostPort"], "must match `containerPort` when `hostNetwork` is true")
        }
      }
      found.oneOf(port["protocol"], PortRules.protocols)
    }
  }

  /// Two containers with the same port of the node.
  private static func conflicts(
    _ container: Field, isHostNetwork: Bool, _ taken: inout Set<String>, _ found: inout Violations
  ) {
    for port in container["ports"].items {
      let number = port["hostPort"].int ?? (isHostNetwork ? port["containerPort"].int ?? 0 : 0)
      guard number != 0 else { continue }
      let key = "\(port["protocol"].string ?? "TCP")/\(port["hostIP"].text)/\(number)"
      if !taken.insert(key).inserted { found.add(.duplicate, port["hostPort"], value: GoText.quoted(key)) }
    }
  }

  private static func resize(_ spec: Field, _ found: inout Violations) {
    for container in spec["containers"].items {
      let policies = container["resizePolicy"]
      var seen = Set<String>()
      for policy in policies.items {
        let resource = policy["resourceName"].text
        if !["cpu", "memory"].contains(resource) {
          found.add(
            .notSupported, policies, value: GoText.quoted(resource), "supported values: \"cpu\", \"memory\"")
        }
        if !seen.insert(resource).inserted { found.duplicate(policy) }
        let restart = policy["restartPolicy"].text
        if !["NotRequired", "RestartContainer"].contains(restart) {
          found.add(
            .notSupported, policies, value: GoText.quoted(restart),
            "supported values: \"NotRequired\", \"RestartContainer\"")
        }
        if spec["restartPolicy"].text == "Never", restart != "NotRequired" {
          found.invalid(
            policies, value: GoText.quoted(restart), "must be 'NotRequired' when pod `restartPolicy` is 'Never'")
        }
      }
    }
  }

  private static func dns(_ spec: Field, _ found: inout Violations) {
    let policy = spec["dnsPolicy"]
    found.oneOf(policy, ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"])
    let config = spec["dnsConfig"]
    if policy.text == "None" {
      if config["nameservers"].isEmptyList {
        found.required(
          config.isPresent ? config["nameservers"] : config,
          "must provide at least one DNS nameserver when `dnsPolicy` is None")
      }
    }
    for server in config["nameservers"].items { found.faults(server, Grammar.address(server.text)) }
    if config["nameservers"].count > 3 {
      found.invalid(config["nameservers"], "must not have more than 3 nameservers")
    }
    for search in config["searches"].items {
      var name = search.text
      if name == "." { continue }
      if name.hasSuffix(".") { name.removeLast() }
      found.faults(search, Grammar.subdomain(name.filter { $0 != "_" }))
    }
    for option in config["options"].items where option["name"].text.isEmpty { found.required(option) }
  }

  // MARK: Security

  private static let profiles = ["Localhost", "RuntimeDefault", "Unconfined"]

  private static func profile(_ profile: Field, _ found: inout Violations) {
    guard profile.isPresent else { return }
    let type = profile["type"]
    if type.text.isEmpty {
      found.required(type)
    } else if !profiles.contains(type.text) {
      found.notSupported(type, profiles)
    }
    let file = profile["localhostProfile"]
    if type.text == "Localhost" {
      if file.text.isEmpty {
        found.required(file, "must be set when seccomp type is Localhost")
      } else {
        VolumeRules.relativePath(file, &found)
      }
    } else if file.isPresent {
      found.invalid(file, "can only be set when seccomp type is Localhost")
    }
  }

  private static func context(_ context: Field, _ found: inout Violations) {
    for key in ["runAsUser", "runAsGroup"] { identity(context[key], &found) }
    profile(context["seccompProfile"], &found)
    profile(context["appArmorProfile"], &found)
    if let mount = context["procMount"].string, !["Default", "Unmasked"].contains(mount) {
      found.notSupported(context["procMount"], ["Default", "Unmasked"])
    }
    if context["allowPrivilegeEscalation"].boolOrNil == false {
      if context["privileged"].bool {
        found.invalid(context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
      }
      if context["capabilities", "add"].strings.contains("CAP_SYS_ADMIN") {
        found.invalid(
          context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN")
      }
    }
  }

  private static func identity(_ field: Field, _ found: inout Violations) {
    if let number = field.int, number < 0 || number > 2_147_483_647 {
      found.invalid(field, "must be between 0 and 2147483647, inclusive")
    }
  }

  private static func security(_ spec: Field, _ found: inout Violations) {
    let context = spec["securityContext"]
    for key in ["runAsUser", "runAsGroup", "fsGroup"] { identity(context[key], &found) }
    for group in context["supplementalGroups"].items { identity(group, &found) }
    profile(context["seccompProfile"], &found)
    profile(context["appArmorProfile"], &found)
    found.oneOf(context["fsGroupChangePolicy"], ["Always", "OnRootMismatch"])
    found.oneOf(context["supplementalGroupsPolicy"], ["Merge", "Strict"])
    if spec["shareProcessNamespace"].bool, spec["hostPID"].bool {
      found.invalid(
        spec["shareProcessNamespace"].at(.field(context.path, "shareProcessNamespace")),
        "ShareProcessNamespace and HostPID cannot both be enabled")
    }
    var seen = Set<String>()
    for entry in context["sysctls"].items {
      let name = entry["name"]
      if name.text.isEmpty {
        found.required(name)
        continue
      }
      if !isSysctl(name.text) {
        found.invalid(
          name,
          "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
        )
      }
      if !seen.insert(name.text.replacing("/", with: ".")).inserted { found.duplicate(name) }
      let dotted = name.text.replacing("/", with: ".")
      if spec["hostNetwork"].bool, dotted.hasPrefix("net.") {
        found.invalid(name, "may not be specified when 'hostNetwork' is true")
      }
      if spec["hostIPC"].bool,
        dotted.hasPrefix("kernel.shm") || dotted.hasPrefix("kernel.msg")
          || dotted == "kernel.sem" || dotted.hasPrefix("fs.mqueue.")
      {
        found.invalid(name, "may not be specified when 'hostIPC' is true")
      }
    }
    if spec["hostUsers"].boolOrNil == false {
      if spec["hostNetwork"].bool { found.forbidden(spec["hostNetwork"], "when `hostUsers` is false") }
      for (key, name) in [("hostPID", "HostPID"), ("hostIPC", "HostIPC")] where spec[key].bool {
        found.forbidden(spec[key].at(.field(spec.path, name)), "when `hostUsers` is false")
      }
    }
    platform(spec, &found)
  }

  private static func isSysctl(_ name: String) -> Bool {
    name.utf8.count <= 253
      && name.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "/" }).allSatisfy { part in
        guard let first = part.utf8.first, let last = part.utf8.last else { return false }
        func isPlain(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 || byte &- 0x30 < 10 }
        return isPlain(first) && isPlain(last) && part.utf8.allSatisfy { isPlain($0) || $0 == 0x2D || $0 == 0x5F }
      }
  }

  /// Fields that the operating system of the pod does not have.
  private static func platform(_ spec: Field, _ found: inout Violations) {
    let context = spec["securityContext"]
    let all = spec["containers"].items + spec["initContainers"].items
    switch spec["os", "name"].text {
    case "windows":
      let detail = "cannot be set for a windows pod"
      for key in ["hostPID", "hostIPC", "shareProcessNamespace"] where spec[key].bool {
        found.forbidden(spec[key], detail)
      }
      if spec["hostUsers"].isPresent { found.forbidden(spec["hostUsers"], detail) }
      for key in [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser",
        "runAsGroup", "supplementalGroups", "supplementalGroupsPolicy",
      ] where context[key].isPresent { found.forbidden(context[key], detail) }
      for container in all {
        let own = container["securityContext"]
        for key in [
          "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged",
          "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup",
        ] where own[key].isPresent { found.forbidden(own[key], detail) }
      }
    case "linux":
      for place in [context] + all.map({ $0["securityContext"] }) where place["windowsOptions"].isPresent {
        found.forbidden(place["windowsOptions"], "windows options cannot be set for a linux pod")
      }
    default: break
    }
  }

  private static func appArmor(_ annotations: Field, _ names: Set<String>, _ found: inout Violations) {
    let prefix = "container.apparmor.security.beta.kubernetes.io/"
    for (key, value) in annotations.entries where key.hasPrefix(prefix) {
      let name = String(key.dropFirst(prefix.count))
      if !names.contains(name) { found.invalid(value, value: GoText.quoted(name), "container not found") }
      let profile = value.text
      if !profile.isEmpty, profile != "runtime/default", profile != "unconfined", !profile.hasPrefix("localhost/") {
        found.invalid(value, "invalid AppArmor profile name: \(GoText.quoted(profile))")
      }
    }
  }
}
