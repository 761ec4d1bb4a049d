import Bytes

/// Source: `pkg/apis/core/v1/defaults.go` and `conversion.go` of Kubernetes 1.36; defaults that stand in the types
/// themselves (`+default=`) are in the tables of types.
extension TypeDefaults {
  static let core: [String: TypeDefaults] = [
    "core/v1.Container": TypeDefaults(containerValues, begin: pullPolicy),
    "core/v1.EphemeralContainer": TypeDefaults(containerValues, begin: pullPolicy),
    "core/v1.Volume": TypeDefaults(begin: volumeSource),
    "core/v1.ImageVolumeSource": TypeDefaults(begin: { fields in
      if fields.isEmpty("pullPolicy") { fields["pullPolicy"] = pullPolicy(of: fields.string("reference")) }
    }),
    "core/v1.Probe": TypeDefaults([
      ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3),
    ]),
    "core/v1.HTTPGetAction": TypeDefaults([("path", "/"), ("scheme", "HTTP")]),
    "core/v1.GRPCAction": TypeDefaults([("service", "")]),
    "core/v1.SecretVolumeSource": TypeDefaults([("defaultMode", 420)]),
    "core/v1.ConfigMapVolumeSource": TypeDefaults([("defaultMode", 420)]),
    "core/v1.DownwardAPIVolumeSource": TypeDefaults([("defaultMode", 420)]),
    "core/v1.ProjectedVolumeSource": TypeDefaults([("defaultMode", 420)]),
    "core/v1.ServiceAccountTokenProjection": TypeDefaults([("expirationSeconds", 3600)]),
    "core/v1.HostPathVolumeSource": TypeDefaults([("type", "")]),
    "core/v1.ObjectFieldSelector": TypeDefaults([("apiVersion", "v1")]),
    "core/v1.ResourceRequirements": TypeDefaults(finish: { round(["limits", "requests"], in: &$0) }),
    "core/v1.VolumeResourceRequirements": TypeDefaults(finish: { round(["limits", "requests"], in: &$0) }),
    "core/v1.PodSpec": TypeDefaults(
      [
        ("dnsPolicy", "ClusterFirst"), ("restartPolicy", "Always"), ("securityContext", [:]),
        ("terminationGracePeriodSeconds", 30), ("schedulerName", "default-scheduler"),
      ], begin: podSpec, finish: { round(["overhead"], in: &$0) }),
    "core/v1.Pod": TypeDefaults(finish: pod),
    "core/v1.PodTemplateSpec": TypeDefaults(finish: dropInitContainerAnnotations),
    "core/v1.PodTemplate": TypeDefaults(),
    "core/v1.ReplicationController": TypeDefaults(begin: { fields in
      let labels = fields["spec"]?[path: "template", "metadata", "labels"]
      guard let labels, labels.mapping != nil else { return }
      if fields["spec"]?["selector"]?.entries.isEmpty ?? true {
        fields["spec"] = fields["spec"]?.setting("selector", labels)
      }
      copyLabels(labels, to: &fields)
    }),
    "core/v1.ReplicationControllerSpec": TypeDefaults([("replicas", 1)]),
    "core/v1.Service": TypeDefaults(begin: service),
    "core/v1.ServicePort": TypeDefaults(
      [("protocol", "TCP")],
      begin: { fields in
        switch fields["targetPort"]?.content {
        case nil, .int(0), .string(""): fields["targetPort"] = fields["port"] ?? 0
        default: break
        }
      }),
    "core/v1.EndpointPort": TypeDefaults([("protocol", "TCP")]),
    "core/v1.Secret": TypeDefaults([("type", "Opaque")], begin: secret),
    "core/v1.PersistentVolumeSpec": TypeDefaults(
      [("persistentVolumeReclaimPolicy", "Retain"), ("volumeMode", "Filesystem")],
      finish: { round(["capacity"], in: &$0) }),
    "core/v1.PersistentVolumeStatus": TypeDefaults([("phase", "Pending")]),
    "core/v1.PersistentVolumeClaimSpec": TypeDefaults([("volumeMode", "Filesystem")]),
    "core/v1.PersistentVolumeClaimStatus": TypeDefaults(
      [("phase", "Pending")], finish: { round(["capacity", "allocatedResources"], in: &$0) }),
    "core/v1.Namespace": TypeDefaults(begin: { fields in
      let name = fields["metadata"]?["name"]?.string ?? ""
      guard !name.isEmpty else { return }
      fields["metadata"] = fields["metadata"]?.setting(
        path: ["labels", "kubernetes.io/metadata.name"], DocumentNode(.string(name)))
    }),
    "core/v1.NamespaceStatus": TypeDefaults([("phase", "Active")]),
    "core/v1.NodeSpec": TypeDefaults(begin: { fields in
      let first = fields.string("podCIDR")
      let all = fields["podCIDRs"]?.strings ?? []
      if !first.isEmpty, all.first != first { fields["podCIDRs"] = [DocumentNode(.string(first))] }
      if first.isEmpty, let only = all.first { fields["podCIDR"] = DocumentNode(.string(only)) }
    }),
    "core/v1.NodeStatus": TypeDefaults(
      begin: { fields in
        if fields["allocatable"] == nil, let capacity = fields["capacity"] { fields["allocatable"] = capacity }
      }, finish: { round(["allocatable", "capacity"], in: &$0) }),
    "core/v1.LimitRangeItem": TypeDefaults(
      begin: limitRangeItem,
      finish: { fields in
        round(["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"], in: &fields)
      }),
    "core/v1.ResourceQuotaSpec": TypeDefaults(finish: { round(["hard"], in: &$0) }),
    "core/v1.ResourceQuotaStatus": TypeDefaults(finish: { round(["hard", "used"], in: &$0) }),
    "core/v1.ConfigMap": TypeDefaults(),
  ]

  // MARK: Containers

  private static let containerValues: [(String, DocumentNode)] = [
    ("terminationMessagePath", "/dev/termination-log"), ("terminationMessagePolicy", "File"),
  ]

  @Sendable private static func pullPolicy(_ fields: inout FieldSet) {
    if fields.isEmpty("imagePullPolicy") { fields["imagePullPolicy"] = pullPolicy(of: fields.string("image")) }
  }

  /// `Always` where the tag is `latest`, or none is written and no digest.
  private static func pullPolicy(of image: String) -> DocumentNode {
    let name = image.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let last = (name.first ?? "").split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let parts = last.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { return parts[1] == "latest" ? "Always" : "IfNotPresent" }
    if name.count == 2 { return "IfNotPresent" }
    // A name that does not parse has no tag at all.
    return isReference(image) ? "Always" : "IfNotPresent"
  }

  /// Whether distribution's grammar takes the text for a reference, as far as it matters here: lower case, no blanks.
  private static func isReference(_ image: String) -> Bool {
    guard !image.isEmpty else { return false }
    let parts = image.split(separator: "/", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      guard let first = part.utf8.first, let last = part.utf8.last else { return false }
      let isDomain =
        index == 0 && parts.count > 1
        && (part.contains(".") || part.contains(":") || part == "localhost" || part.contains { $0.isUppercase })
      func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || byte &- 0x61 < 26 || (isDomain && (byte &- 0x41 < 26 || byte == 0x5B || byte == 0x5D))
      }
      guard isAlphanumeric(first), isAlphanumeric(last) else { return false }
      for byte in part.utf8 where !isAlphanumeric(byte) {
        guard byte == 0x2E || byte == 0x2D || byte == 0x5F || (isDomain && byte == 0x3A) else { return false }
      }
    }
    return true
  }

  private static let volumeSources: Set<String> = [
    "hostPath", "emptyDir", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "secret", "nfs", "iscsi",
    "glusterfs", "persistentVolumeClaim", "rbd", "flexVolume", "cinder", "cephfs", "flocker", "downwardAPI", "fc",
    "azureFile", "configMap", "vsphereVolume", "quobyte", "azureDisk", "photonPersistentDisk", "projected",
    "portworxVolume", "scaleIO", "storageos", "csi", "ephemeral", "image",
  ]

  @Sendable private static func volumeSource(_ fields: inout FieldSet) {
    for field in fields.type.fields where field.name != "name" {
      if volumeSources.contains(field.name), fields[field.name] != nil { return }
    }
    fields["emptyDir"] = [:]
  }

  // MARK: Pods

  @Sendable private static func podSpec(_ fields: inout FieldSet) {
    if fields.isEmpty("serviceAccountName") {
      fields["serviceAccountName"] = fields["serviceAccount"]
    } else {
      fields["serviceAccount"] = fields["serviceAccountName"]
    }
    if let seconds = fields["terminationGracePeriodSeconds"]?.int, seconds < 0 {
      fields["terminationGracePeriodSeconds"] = 1
    }
  }

  private static let initContainerAnnotations: Set<String> = [
    "pod.beta.kubernetes.io/init-containers", "pod.alpha.kubernetes.io/init-containers",
    "pod.beta.kubernetes.io/init-container-statuses", "pod.alpha.kubernetes.io/init-container-statuses",
  ]

  @Sendable private static func dropInitContainerAnnotations(_ fields: inout FieldSet) {
    guard let metadata = fields["metadata"], let annotations = metadata["annotations"],
      annotations.entries.contains(where: { initContainerAnnotations.contains($0.key) })
    else { return }
    let rest = annotations.entries.filter { !initContainerAnnotations.contains($0.key) }
    fields["metadata"] = metadata.setting("annotations", rest.isEmpty ? nil : annotations.with(.object(Mapping(rest))))
  }

  @Sendable private static func pod(_ fields: inout FieldSet) {
    guard var spec = fields["spec"] else { return }
    for list in ["containers", "initContainers"] {
      guard let containers = spec[list]?.array else { continue }
      spec = spec.setting(list, spec[list]?.with(.array(containers.map(requestingLimits))))
    }
    spec = PodResources.withDefaults(spec)
    if spec["enableServiceLinks"] == nil { spec = spec.setting("enableServiceLinks", true) }
    if spec["hostNetwork"]?.bool == true {
      for list in ["containers", "initContainers"] {
        guard let containers = spec[list]?.array else { continue }
        spec = spec.setting(list, spec[list]?.with(.array(containers.map(usingHostPorts))))
      }
    }
    fields["spec"] = spec
    dropInitContainerAnnotations(&fields)
  }

  /// A container that limits a resource requests it, too.
  private static func requestingLimits(_ container: DocumentNode) -> DocumentNode {
    guard let limits = container["resources"]?["limits"], !limits.entries.isEmpty else { return container }
    var requests = container[path: "resources", "requests"] ?? [:]
    for limit in limits.entries where requests[limit.key] == nil { requests = requests.setting(limit.key, limit.value) }
    return container.setting(path: ["resources", "requests"], requests)
  }

  private static func usingHostPorts(_ container: DocumentNode) -> DocumentNode {
    guard let ports = container["ports"]?.array else { return container }
    return container.setting(
      "ports",
      container["ports"]?.with(
        .array(
          ports.map { port in
            port["hostPort"]?.int ?? 0 == 0 ? port.setting("hostPort", port["containerPort"]) : port
          })))
  }

  // MARK: Others

  /// Labels of a template become the object's, if it has none.
  static func copyLabels(_ labels: DocumentNode, to fields: inout FieldSet) {
    guard !labels.entries.isEmpty, fields["metadata"]?["labels"]?.entries.isEmpty ?? true else { return }
    fields["metadata"] = (fields["metadata"] ?? [:]).setting("labels", labels)
  }

  @Sendable private static func service(_ fields: inout FieldSet) {
    var spec = fields["spec"] ?? [:]
    func text(_ key: String) -> String { spec[key]?.string ?? "" }
    if text("sessionAffinity").isEmpty { spec = spec.setting("sessionAffinity", "None") }
    switch text("sessionAffinity") {
    case "None": spec = spec.setting("sessionAffinityConfig", nil)
    case "ClientIP":
      if spec[path: "sessionAffinityConfig", "clientIP", "timeoutSeconds"] == nil {
        spec = spec.setting("sessionAffinityConfig", ["clientIP": ["timeoutSeconds": 10800]])
      }
    default: break
    }
    if text("type").isEmpty { spec = spec.setting("type", "ClusterIP") }
    let type = text("type")
    let isExternal =
      type == "LoadBalancer" || type == "NodePort"
      || (type == "ClusterIP" && !(spec["externalIPs"]?.elements.isEmpty ?? true))
    if isExternal, text("externalTrafficPolicy").isEmpty { spec = spec.setting("externalTrafficPolicy", "Cluster") }
    if spec["internalTrafficPolicy"] == nil, ["NodePort", "LoadBalancer", "ClusterIP"].contains(type) {
      spec = spec.setting("internalTrafficPolicy", "Cluster")
    }
    if type == "LoadBalancer" {
      if spec["allocateLoadBalancerNodePorts"] == nil { spec = spec.setting("allocateLoadBalancerNodePorts", true) }
      if let ingress = fields["status"]?[path: "loadBalancer", "ingress"]?.array {
        fields["status"] = fields["status"]?.setting(
          path: ["loadBalancer", "ingress"],
          DocumentNode(
            .array(
              ingress.map {
                $0["ip"]?.string ?? "" != "" && $0["ipMode"] == nil ? $0.setting("ipMode", "VIP") : $0
              })))
      }
    }
    fields["spec"] = spec
  }

  @Sendable private static func secret(_ fields: inout FieldSet) {
    guard let plain = fields["stringData"]?.entries else { return }
    var data = fields["data"] ?? [:]
    for entry in plain {
      data = data.setting(entry.key, DocumentNode(.string(Base64.encode((entry.value.string ?? "").utf8))))
    }
    fields["data"] = data
    fields["stringData"] = nil
  }

  @Sendable private static func limitRangeItem(_ fields: inout FieldSet) {
    guard fields.string("type") == "Container" else { return }
    var limits = fields["default"] ?? [:]
    var requests = fields["defaultRequest"] ?? [:]
    for entry in fields["max"]?.entries ?? [] where limits.mapping?[entry.key] == nil {
      limits = limits.setting(entry.key, entry.value)
    }
    for entry in limits.entries + (fields["min"]?.entries ?? []) where requests.mapping?[entry.key] == nil {
      requests = requests.setting(entry.key, entry.value)
    }
    fields["default"] = limits.entries.isEmpty ? nil : limits
    fields["defaultRequest"] = requests.entries.isEmpty ? nil : requests
  }

  /// Amounts below a thousandth are rounded up.
  static func round(_ names: [String], in fields: inout FieldSet) {
    for name in names {
      guard let list = fields[name], !list.entries.isEmpty else { continue }
      var isChanged = false
      let entries = list.entries.map { entry -> Mapping.Entry in
        guard let text = entry.value.string,
          text.utf8.last == UInt8(ascii: "n") || text.utf8.last == UInt8(ascii: "u")
            || text.contains("e-"), let quantity = Quantity(text)
        else { return entry }
        isChanged = true
        return Mapping.Entry(
          key: entry.key, line: entry.line, column: entry.column,
          value: entry.value.with(.string(quantity.roundedToThousandths.text)))
      }
      if isChanged { fields[name] = list.with(.object(Mapping(entries))) }
    }
  }
}
