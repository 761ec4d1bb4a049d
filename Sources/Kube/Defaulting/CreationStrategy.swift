package import Bytes

/// What the server does to a new object before it stores it, beside defaults and admission: it resets the status, counts
/// the first generation, and derives what follows from the rest.
///
/// Source: `PrepareForCreate` and `Canonicalize` of each kind's strategy below `pkg/registry` of Kubernetes 1.36.
package enum CreationStrategy {
  /// What a strategy knows beside the object.
  package struct Request: Sendable {
    /// Nil for a kind of the cluster.
    package var namespace: String?
    package var userName: String
    package var groups: [String]
    /// Of the new object.
    package var uid: String

    package init(namespace: String?, userName: String = "", groups: [String] = [], uid: String = "") {
      self.namespace = namespace
      self.userName = userName
      self.groups = groups
      self.uid = uid
    }
  }

  private typealias Step = @Sendable (DocumentNode, Request) -> DocumentNode

  private static let counted: Set<GroupKind> = [
    .pod, GroupKind("", "PodTemplate"), GroupKind("", "ReplicationController"), GroupKind("apps", "Deployment"),
    GroupKind("apps", "ReplicaSet"), GroupKind("apps", "StatefulSet"), GroupKind("apps", "DaemonSet"),
    GroupKind("batch", "Job"), GroupKind("batch", "CronJob"), .networkPolicy, .ingress,
    GroupKind("networking.k8s.io", "IngressClass"), GroupKind("policy", "PodDisruptionBudget"),
    GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"),
    GroupKind("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    GroupKind("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    GroupKind("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    GroupKind("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
    GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    GroupKind("scheduling.k8s.io", "PriorityClass"), GroupKind("resource.k8s.io", "DeviceClass"),
    GroupKind("resource.k8s.io", "ResourceSlice"), GroupKind("discovery.k8s.io", "EndpointSlice"),
  ]

  private static let resettingStatus: Set<GroupKind> = [
    .pod, .service, .namespace, .ingress, GroupKind("", "PersistentVolume"), GroupKind("", "PersistentVolumeClaim"),
    GroupKind("", "ReplicationController"), GroupKind("", "ResourceQuota"), GroupKind("apps", "Deployment"),
    GroupKind("apps", "ReplicaSet"), GroupKind("apps", "StatefulSet"), GroupKind("apps", "DaemonSet"),
    GroupKind("batch", "Job"), GroupKind("batch", "CronJob"), GroupKind("autoscaling", "HorizontalPodAutoscaler"),
    GroupKind("policy", "PodDisruptionBudget"), GroupKind("certificates.k8s.io", "CertificateSigningRequest"),
    GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"),
    GroupKind("apiregistration.k8s.io", "APIService"), GroupKind("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    GroupKind("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    GroupKind("resource.k8s.io", "ResourceClaim"), GroupKind("storage.k8s.io", "VolumeAttachment"),
    GroupKind("networking.k8s.io", "ServiceCIDR"),
  ]

  private static let steps: [GroupKind: Step] = [
    .pod: { object, _ in pod(object) },
    .namespace: { object, _ in
      let finalizers = object[path: "spec", "finalizers"]?.strings ?? []
      if finalizers.contains("kubernetes") { return object }
      return object.setting(
        path: ["spec", "finalizers"],
        DocumentNode(.array((object[path: "spec", "finalizers"]?.elements ?? []) + ["kubernetes"])))
    },
    .serviceAccount: { object, _ in
      guard let secrets = object["secrets"]?.array else { return object }
      return object.setting(
        "secrets", DocumentNode(.array(secrets.map { ["name": $0["name"] ?? ""] })))
    },
    .service: { object, _ in service(object) },
    GroupKind("apps", "DaemonSet"): { object, _ in
      let key = "deprecated.daemonset.template.generation"
      if let written = object[path: "metadata", "annotations"]?[key]?.string, let number = Int(written), number >= 1 {
        return object
      }
      return object.setting(path: ["metadata", "annotations", key], "1")
    },
    GroupKind("batch", "Job"): { object, request in job(object, uid: request.uid) },
    GroupKind("", "PersistentVolumeClaim"): { object, _ in
      object.setting("spec", object["spec"].map(claim))
    },
    GroupKind("certificates.k8s.io", "CertificateSigningRequest"): { object, request in
      var spec = object["spec"] ?? [:]
      for key in ["uid", "extra"] { spec = spec.setting(key, nil) }
      return object.setting(
        "spec",
        spec.setting("username", DocumentNode(.string(request.userName))).setting(
          "groups", DocumentNode(.array(request.groups.map { DocumentNode(.string($0)) }))))
    },
  ]

  /// The object as it would be stored, without what admission does to it.
  ///
  /// - Parameter object: after its defaults were added.
  package static func prepare(_ object: DocumentNode, _ kind: GroupKind, _ request: Request) -> DocumentNode {
    var object = object
    var metadata = object["metadata"] ?? [:]
    for key in ["deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "selfLink", "managedFields"] {
      metadata = metadata.setting(key, nil)
    }
    if let namespace = request.namespace, metadata["namespace"]?.string ?? "" == "" {
      metadata = metadata.setting("namespace", DocumentNode(.string(namespace)))
    }
    if counted.contains(kind) { metadata = metadata.setting("generation", 1) }
    object = object.setting("metadata", metadata)
    if resettingStatus.contains(kind) { object = object.setting("status", nil) }
    if let step = steps[kind] { object = step(object, request) }
    return object
  }

  // MARK: Pods

  private static func pod(_ object: DocumentNode) -> DocumentNode {
    let spec = object["spec"] ?? [:]
    var status: DocumentNode = ["phase": "Pending", "qosClass": DocumentNode(.string(qualityOfService(spec)))]
    if let gates = spec["schedulingGates"], !gates.elements.isEmpty {
      status = status.setting(
        "conditions",
        [
          [
            "type": "PodScheduled", "status": "False", "reason": "SchedulingGated",
            "message": "Scheduling is blocked due to non-empty scheduling gates",
          ]
        ])
    }
    return object.setting("status", status)
  }

  /// Source: `pkg/apis/core/helper/qos/qos.go`.
  package static func qualityOfService(_ spec: DocumentNode) -> String {
    func amounts(_ node: DocumentNode?) -> [String: Quantity] {
      var result: [String: Quantity] = [:]
      for entry in node?.entries ?? [] where entry.key == "cpu" || entry.key == "memory" {
        if let quantity = entry.value.text.flatMap({ Quantity($0) }), quantity > .zero { result[entry.key] = quantity }
      }
      return result
    }
    var requests: [String: Quantity] = [:]
    var limits: [String: Quantity] = [:]
    var isGuaranteed = true
    if let resources = spec["resources"] {
      requests = amounts(resources["requests"])
      limits = amounts(resources["limits"])
      isGuaranteed = limits.count == 2
    } else {
      for container in (spec["containers"]?.elements ?? []) + (spec["initContainers"]?.elements ?? []) {
        requests.merge(amounts(container[path: "resources", "requests"])) { $0 + $1 }
        let own = amounts(container[path: "resources", "limits"])
        limits.merge(own) { $0 + $1 }
        if own.count != 2 { isGuaranteed = false }
      }
    }
    if requests.isEmpty, limits.isEmpty { return "BestEffort" }
    if isGuaranteed { isGuaranteed = requests.allSatisfy { limits[$0.key] == $0.value } }
    return isGuaranteed && requests.count == limits.count ? "Guaranteed" : "Burstable"
  }

  // MARK: Services

  /// Families and addresses, as far as they follow from the Service. The address of a Service that asks for any, and node
  /// ports, are the server's choice.
  private static func service(_ object: DocumentNode) -> DocumentNode {
    var spec = object["spec"] ?? [:]
    guard spec["type"]?.string != "ExternalName" else { return object }
    let address = spec["clusterIP"]?.string ?? ""
    if spec["clusterIPs"]?.elements.isEmpty ?? true, !address.isEmpty {
      spec = spec.setting("clusterIPs", [DocumentNode(.string(address))])
    }
    let isHeadless = address == "None"
    let hasSelector = !(spec["selector"]?.entries.isEmpty ?? true)
    let written = spec["ipFamilies"]?.strings ?? []
    if spec["ipFamilyPolicy"]?.string ?? "" == "" {
      let both = written.count == 2 || spec["clusterIPs"]?.elements.count == 2
      spec = spec.setting(
        "ipFamilyPolicy", both || (isHeadless && !hasSelector) ? "RequireDualStack" : "SingleStack")
    }
    if written.isEmpty {
      let addresses = (spec["clusterIPs"]?.strings ?? []).filter { $0 != "None" && !$0.isEmpty }
      var families = addresses.map { $0.contains(":") ? "IPv6" : "IPv4" }
      if families.isEmpty { families = ["IPv4"] }
      if isHeadless, !hasSelector, spec["ipFamilyPolicy"]?.string != "SingleStack", families.count == 1 {
        families.append(families[0] == "IPv4" ? "IPv6" : "IPv4")
      }
      spec = spec.setting("ipFamilies", DocumentNode(.array(families.map { DocumentNode(.string($0)) })))
    }
    return object.setting("spec", spec)
  }

  // MARK: Others

  private static func job(_ object: DocumentNode, uid: String) -> DocumentNode {
    guard object[path: "spec", "manualSelector"]?.bool != true else { return object }
    let name = object[path: "metadata", "name"] ?? ""
    let own: [(String, DocumentNode)] = [
      ("batch.kubernetes.io/controller-uid", DocumentNode(.string(uid))), ("batch.kubernetes.io/job-name", name),
      ("controller-uid", DocumentNode(.string(uid))), ("job-name", name),
    ]
    var result = object.setting(path: ["spec", "manualSelector"], false)
    // Labels that came from the template are one map in the server, so what is added to one is in both.
    let (labels, template) = (
      object[path: "metadata", "labels"], object[path: "spec", "template", "metadata", "labels"]
    )
    let isShared =
      labels != nil && labels == template && labels?.line == template?.line && labels?.column == template?.column
    for (key, value) in own {
      result = result.setting(path: ["spec", "template", "metadata", "labels", key], value)
      if isShared { result = result.setting(path: ["metadata", "labels", key], value) }
    }
    return result.setting(
      path: ["spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"], DocumentNode(.string(uid)))
  }

  /// A claim's source stands in two fields that say the same.
  private static func claim(_ spec: DocumentNode) -> DocumentNode {
    var spec = spec
    if let source = spec["dataSource"] {
      let group = source["apiGroup"]?.string ?? ""
      let kind = source["kind"]?.string ?? ""
      let isKnown =
        (group.isEmpty && kind == "PersistentVolumeClaim")
        || (group == "snapshot.storage.k8s.io" && kind == "VolumeSnapshot")
      if !isKnown { spec = spec.setting("dataSource", nil) }
    }
    if let source = spec["dataSource"], spec["dataSourceRef"] == nil {
      spec = spec.setting("dataSourceRef", source)
    } else if let reference = spec["dataSourceRef"], spec["dataSource"] == nil,
      reference["namespace"]?.string ?? "" == ""
    {
      spec = spec.setting("dataSource", reference.setting("namespace", nil))
    }
    return spec
  }
}
