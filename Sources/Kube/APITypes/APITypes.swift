import Bytes

/// All types of Kubernetes' own API, as of release 1.36.
package enum APITypes {
  /// - Returns: nil for a kind that is not Kubernetes' own, or for a version that release 1.36 does not serve.
  package static func type(apiVersion: String, kind: String) -> APIType? {
    guard let package = packages[apiVersion] else { return nil }
    return type(package + "." + kind)
  }

  /// - Parameter name: package and type, such as `core/v1.Container`.
  package static func type(_ name: String) -> APIType? {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    return tables[name[..<dot]]?.value[name]
  }

  /// The package in the sources of Kubernetes, by apiVersion.
  private static let packages: [String: String] = {
    var result: [String: String] = [:]
    for (group, folder, versions) in sources {
      for (version, _) in versions {
        result[group.isEmpty ? version : group + "/" + version] = folder + "/" + version
      }
    }
    return result
  }()

  /// By package; each is read when a type of it is first asked for.
  private static let tables: [Substring: Lazy<[String: APIType]>] = {
    var result: [Substring: Lazy<[String: APIType]>] = [:]
    for (_, folder, versions) in sources {
      for (version, text) in versions {
        let name = folder + "/" + version
        result[name[...]] = Lazy { read(text, package: name) }
      }
    }
    return result
  }()

  private static let sources: [(group: String, folder: String, versions: [(String, String)])] = [
    ("", "core", [("v1", CoreTypes.v1)]),
    ("apps", "apps", [("v1", AppsTypes.v1)]),
    ("batch", "batch", [("v1", BatchTypes.v1)]),
    ("autoscaling", "autoscaling", [("v1", AutoscalingTypes.v1), ("v2", AutoscalingTypes.v2)]),
    ("networking.k8s.io", "networking", [("v1", NetworkingTypes.v1), ("v1beta1", NetworkingTypes.v1beta1)]),
    ("policy", "policy", [("v1", PolicyTypes.v1)]),
    ("rbac.authorization.k8s.io", "rbac", [("v1", RbacTypes.v1)]),
    (
      "admissionregistration.k8s.io", "admissionregistration",
      [
        ("v1", AdmissionregistrationTypes.v1), ("v1beta1", AdmissionregistrationTypes.v1beta1),
        ("v1alpha1", AdmissionregistrationTypes.v1alpha1),
      ]
    ),
    (
      "storage.k8s.io", "storage",
      [("v1", StorageTypes.v1), ("v1beta1", StorageTypes.v1beta1), ("v1alpha1", StorageTypes.v1alpha1)]
    ),
    (
      "resource.k8s.io", "resource",
      [
        ("v1", ResourceTypes.v1), ("v1beta2", ResourceTypes.v1beta2), ("v1beta1", ResourceTypes.v1beta1),
        ("v1alpha3", ResourceTypes.v1alpha3),
      ]
    ),
    ("discovery.k8s.io", "discovery", [("v1", DiscoveryTypes.v1)]),
    ("events.k8s.io", "events", [("v1", EventsTypes.v1)]),
    (
      "coordination.k8s.io", "coordination",
      [
        ("v1", CoordinationTypes.v1), ("v1beta1", CoordinationTypes.v1beta1), ("v1alpha2", CoordinationTypes.v1alpha2),
      ]
    ),
    (
      "certificates.k8s.io", "certificates",
      [
        ("v1", CertificatesTypes.v1), ("v1beta1", CertificatesTypes.v1beta1), ("v1alpha1", CertificatesTypes.v1alpha1),
      ]
    ),
    ("flowcontrol.apiserver.k8s.io", "flowcontrol", [("v1", FlowcontrolTypes.v1)]),
    ("node.k8s.io", "node", [("v1", NodeTypes.v1)]),
    ("scheduling.k8s.io", "scheduling", [("v1", SchedulingTypes.v1), ("v1alpha2", SchedulingTypes.v1alpha2)]),
    ("authentication.k8s.io", "authentication", [("v1", AuthenticationTypes.v1)]),
    ("authorization.k8s.io", "authorization", [("v1", AuthorizationTypes.v1)]),
    ("internal.apiserver.k8s.io", "apiserverinternal", [("v1alpha1", ApiserverinternalTypes.v1alpha1)]),
    ("storagemigration.k8s.io", "storagemigration", [("v1beta1", StoragemigrationTypes.v1beta1)]),
    ("apiextensions.k8s.io", "apiextensions", [("v1", ApiextensionsTypes.v1)]),
    ("apiregistration.k8s.io", "apiregistration", [("v1", ApiregistrationTypes.v1)]),
    ("meta.k8s.io", "meta", [("v1", MetaTypes.v1)]),
  ]

  // MARK: Reading a table

  /// Feature gates that are off by default in release 1.36; the server clears their fields before it stores an object.
  /// Source: `pkg/features/kube_features.go` of Kubernetes 1.36, checked against a running server.
  private static let disabledFeatures: Set<String> = [
    "DRAListTypeAttributes", "DRANodeAllocatableResources", "WorkloadAwarePreemption",
    "TopologyAwareWorkloadScheduling", "DRAWorkloadResourceClaims", "GenericWorkload", "VolumeLimitScaling",
    "CrossNamespaceVolumeDataSource", "MaxUnavailableStatefulSet", "ContainerStopSignals",
    "ClusterTrustBundleProjection", "PodCertificateProjection",
  ]

  /// Reads a table. A type is a line with its name, then one line per field that begins with a space: name, type, `?`
  /// for `omitempty`, `0` for `omitzero`, `set` or `map=KEYS` for the merge of lists, `atomic`, `gate=FEATURES`,
  /// `default=JSON`.
  private static func read(_ text: String, package: String) -> [String: APIType] {
    var result: [String: APIType] = [:]
    var name = ""
    var isAtomic = false
    var fields: [APIType.Field] = []
    func finish() {
      if !name.isEmpty { result[name] = APIType(name: name, fields: fields, isAtomic: isAtomic) }
      fields = []
    }
    let bytes = Array(text.utf8)
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
      guard let first = words.first else { continue }
      if line.first == UInt8(ascii: " "), words.count > 1 {
        fields.append(field(first, words[1], words.dropFirst(2), package: package))
      } else {
        finish()
        name = package + "." + first
        isAtomic = words.contains("atomic")
      }
    }
    finish()
    return result
  }

  private static func field(
    _ name: String, _ type: String, _ marks: ArraySlice<String>, package: String
  ) -> APIType.Field {
    var merge = APIType.Field.Merge.atomic
    var fallback: DocumentNode?
    var isDisabled = false
    for mark in marks {
      if mark == "set" {
        merge = .set
      } else if mark.hasPrefix("map=") {
        merge = .map(mark.dropFirst(4).split(separator: ",").map(String.init))
      } else if mark.hasPrefix("gate=") {
        isDisabled = mark.dropFirst(5).split(separator: ",").contains { disabledFeatures.contains(String($0)) }
      } else if mark.hasPrefix("default=") {
        fallback = JSONReader.readStream(Array(mark.utf8.dropFirst(8)).span, limits: .standard).documents.first.map {
          DocumentNode($0.content)
        }
      }
    }
    return APIType.Field(
      name: name, shape: shape(type[...], package: package), omitsEmpty: marks.contains("?"),
      omitsZero: marks.contains("0"), merge: merge, isAtomic: marks.contains("atomic"), fallback: fallback,
      isDisabled: isDisabled)
  }

  private static func shape(_ text: Substring, package: String) -> APIType.Shape {
    if text.hasPrefix("*") { return .optional(shape(text.dropFirst(), package: package)) }
    if text.hasPrefix("[]") { return .list(shape(text.dropFirst(2), package: package)) }
    if text.hasPrefix("{}") { return .map(shape(text.dropFirst(2), package: package)) }
    switch text {
    case "string": return .string
    case "bool": return .bool
    case "int32", "byte": return .int32
    case "int64": return .int64
    case "float64": return .double
    case "bytes": return .bytes
    case "Quantity": return .quantity
    case "IntOrString": return .intOrString
    case "Time": return .time
    case "MicroTime": return .microTime
    case "Duration": return .duration
    case "Any": return .any
    default: return .object(text.contains(".") ? String(text) : package + "." + text)
    }
  }
}
