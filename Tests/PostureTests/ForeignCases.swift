import Bytes
import Findings
import Kube
import PodSecurity
import Posture
import TestKit

/// The published test cases of other scanners, put to the checks that carry their ids as aliases.
enum ForeignCases {
  struct Case: Sendable {
    /// `trivy:KSV-0017/test_denied`, `polaris:hostIPCSet/failure.yaml`, `badpods:priv/…`.
    let name: String
    /// Checks of ours that ask the same question.
    let checks: [any Check]
    let shouldFail: Bool
    let snapshot: ClusterSnapshot
    /// Evidence must end so, where one check of ours answers several questions of theirs.
    let field: String?
  }

  static func checks(_ alias: String) -> [any Check] {
    CheckCatalogue.checks.filter { $0.metadata.aliases.contains(alias) }
  }

  /// What we say of a case: whether any of the checks finds something.
  static func verdict(_ item: Case) async -> Bool {
    let findings = await PostureScan(checks: item.checks).run(item.snapshot).findings
    guard let field = item.field else { return !findings.isEmpty }
    return findings.contains { finding in
      finding.evidence.contains { $0.path.hasSuffix(field) } || finding.message.contains("\"\(field)\"")
    }
  }

  // MARK: Trivy

  /// Which field or capability a case is about, where our check looks at several.
  private static let fields = [
    "trivy:KSV-0005": "SYS_ADMIN", "trivy:KSV-0119": "NET_RAW", "trivy:KSV-0120": "SYS_MODULE",
    "trivy:KSV-0045": "verbs", "trivy:KSV-0008": "hostIPC", "trivy:KSV-0009": "hostNetwork",
    "trivy:KSV-0010": "hostPID",
    "trivy:KSV-0015": "cpu", "trivy:KSV-0016": "memory", "polaris:hostIPCSet": "hostIPC",
    "polaris:hostPIDSet": "hostPID", "polaris:hostNetworkSet": "hostNetwork", "polaris:cpuRequestsMissing": "cpu",
    "polaris:memoryRequestsMissing": "memory",
  ]

  static func trivy() throws -> [Case] {
    let document = try JSONReader.read(try SharedData.bytes("posture/trivy-checks/k8s-check-cases.json"))
    return document.elements.compactMap { item -> Case? in
      guard let id = item["id"]?.string, let test = item["test"]?.string, let input = item["input"] else { return nil }
      let alias = "trivy:" + id
      let checks = checks(alias)
      // Cases with data of their own depend on settings that only their scanner has.
      guard !checks.isEmpty, item["data"]?.bool != true, let object = KubeObject(moved(input, alias), file: "case"),
        isValid(object)
      else { return nil }
      var builder = ClusterSnapshot.Builder()
      builder.add(object)
      bind(object, in: &builder)
      return Case(
        name: "\(alias)/\(test)", checks: checks, shouldFail: item["expectCount"]?.string != "==0",
        snapshot: builder.build(), field: fields[alias])
    }
  }

  /// Objects that an API server would refuse prove nothing.
  private static func isValid(_ object: KubeObject) -> Bool {
    if object.kind == "ClusterRoleBinding", object.root["roleRef"]?["kind"]?.string == "Role" { return false }
    return object.kind != "ClusterRolebinding"
  }

  /// Some cases speak of cluster-wide objects in a Role, or of kube-system's ConfigMap in another namespace, where no
  /// rule can mean them. They are put where they do.
  private static func moved(_ input: DocumentNode, _ alias: String) -> DocumentNode {
    func replace(_ node: DocumentNode, _ key: String, _ value: (DocumentNode) -> DocumentNode) -> DocumentNode {
      DocumentNode(
        .object(
          Mapping(
            node.entries.map { Mapping.Entry(key: $0.key, value: $0.key == key ? value($0.value) : $0.value) })))
    }
    switch alias {
    case "trivy:KSV-0114", "trivy:KSV-0047":
      return replace(input, "kind") { $0.string == "Role" ? DocumentNode(.string("ClusterRole")) : $0 }
    case "trivy:KSV-0115":
      return replace(input, "metadata") { replace($0, "namespace") { _ in DocumentNode(.string("kube-system")) } }
    default: return input
    }
  }

  /// Others judge roles by themselves. We judge grants: a role of a case is granted to somebody first.
  private static func bind(_ object: KubeObject, in builder: inout ClusterSnapshot.Builder) {
    guard object.kind == "ClusterRole" || object.kind == "Role" else { return }
    // Those that every cluster comes with are nobody's decision until somebody binds them.
    guard !["admin", "edit", "view", "cluster-admin"].contains(object.name), !object.name.hasPrefix("system:") else {
      return
    }
    let text = """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: \(object.kind)Binding
      metadata:
        name: case
        namespace: \(object.kind == "Role" ? object.effectiveNamespace : "")
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: \(object.kind), name: "\(object.name)"}
      subjects: [{kind: User, name: somebody}]
      """
    for document in DocumentReader.read(Array(text.utf8)).documents { builder.add(document, file: "binding") }
  }

  // MARK: Polaris

  static func polaris() -> [Case] {
    SharedData.files("posture/polaris/test/checks").compactMap { path -> Case? in
      let parts = path.split(separator: "/")
      guard parts.count > 2, let file = parts.last else { return nil }
      let alias = "polaris:" + parts[parts.count - 2]
      let checks = checks(alias)
      guard !checks.isEmpty, file.hasPrefix("failure") || file.hasPrefix("success") else { return nil }
      guard let bytes = try? FileReaderForTests.bytes(path) else { return nil }
      var builder = ClusterSnapshot.Builder()
      ManifestReader.read(bytes, file: path, into: &builder, limits: .standard)
      // An object that no API server takes proves nothing, nor does a pass of the mutating kind.
      guard builder.build().problems.isEmpty, alias != "polaris:nakedPod" else { return nil }
      for object in builder.build().objects { bindUnbound(object, builder.build(), &builder) }
      return Case(
        name: "\(alias)/\(file)", checks: checks, shouldFail: file.hasPrefix("failure"), snapshot: builder.build(),
        field: fields[alias])
    }
  }

  private static func bindUnbound(
    _ object: KubeObject, _ all: ClusterSnapshot, _ builder: inout ClusterSnapshot.Builder
  ) {
    let bindings = all.objects(.roleBinding) + all.objects(.clusterRoleBinding)
    guard !bindings.contains(where: { $0.root["roleRef"]?["name"]?.string == object.name }) else { return }
    bind(object, in: &builder)
  }

  // MARK: badPods

  /// What each folder of badPods allows, by its name and description.
  private static let badPods: [(folder: String, check: String, field: String?)] = [
    ("everything-allowed", "pss-privileged", nil), ("everything-allowed", "pss-host-namespaces", "hostPID"),
    ("everything-allowed", "pss-host-namespaces", "hostIPC"),
    ("everything-allowed", "pss-host-namespaces", "hostNetwork"),
    ("everything-allowed", "pss-host-path-volumes", nil), ("priv-and-hostpid", "pss-privileged", nil),
    ("priv-and-hostpid", "pss-host-namespaces", "hostPID"), ("priv", "pss-privileged", nil),
    // This file asks for more than its folder says.
    ("hostipc-revshell-deamonset.yaml", "pss-host-namespaces", "hostNetwork"),
    ("hostipc-revshell-deamonset.yaml", "pss-host-namespaces", "hostPID"), ("hostpath", "pss-host-path-volumes", nil),
    ("hostpid", "pss-host-namespaces", "hostPID"),
    ("hostnetwork", "pss-host-namespaces", "hostNetwork"), ("hostipc", "pss-host-namespaces", "hostIPC"),
  ]

  static func badPodCases() -> [Case] {
    let questions = Dictionary(
      badPods.map { ("\($0.check) \($0.field ?? "")", ($0.check, $0.field)) }, uniquingKeysWith: { first, _ in first })
    return SharedData.files("posture/vulnerable/badpods/manifests").flatMap { path -> [Case] in
      let parts = path.split(separator: "/").map(String.init)
      guard let place = parts.firstIndex(of: "manifests"), place + 1 < parts.count,
        let file = parts.last
      else { return [] }
      let folder = parts[place + 1]
      guard folder == "nothing-allowed" || badPods.contains(where: { $0.folder == folder }) else { return [] }
      guard let snapshot = try? Fixtures.snapshot(of: [path]) else { return [] }
      return questions.sorted { $0.key < $1.key }.compactMap { _, question -> Case? in
        guard let check = CheckCatalogue.check(question.0) else { return nil }
        return Case(
          name: "badpods:\(folder)/\(file) \(question.0) \(question.1 ?? "")", checks: [check],
          shouldFail: badPods.contains {
            [folder, file].contains($0.folder) && $0.check == question.0 && $0.field == question.1
          },
          snapshot: snapshot, field: question.1)
      }
    }
  }
}
