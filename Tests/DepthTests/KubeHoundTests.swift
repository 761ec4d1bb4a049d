import Access
import Bytes
import Depth
import Findings
import Kube
import Reach
import TestKit
import Testing

/// KubeHound's attack cluster: every edge that its own tests expect is a step here, with proof, and every further step of the same
/// kind between its objects has a reason.
@Suite(.enabled(if: SharedData.isPresent, "the shared data is not beside this checkout"))
struct KubeHoundTests {
  private static let folder = "posture/kubehound"
  private static let nodes = [
    "kubehound.test.local-control-plane", "kubehound.test.local-worker", "kubehound.test.local-worker2",
  ]

  private struct Attacks {
    let graph: DepthGraph
    let expected: DocumentNode
    let vertices: DocumentNode

    /// Read once: it is the same for all.
    static let shared = Result { try Attacks() }

    private init() throws {
      var builder = ClusterSnapshot.Builder()
      for file in SharedData.files(folder + "/test/setup/test-cluster/attacks") {
        ManifestReader.read(try FileReaderForTests.bytes(file), file: file, into: &builder, limits: .standard)
      }
      // The cluster that they are applied to: three nodes, one of them with the control plane.
      for (index, name) in nodes.enumerated() {
        let label = index == 0 ? "labels: {node-role.kubernetes.io/control-plane: ''}, " : ""
        ManifestReader.read(
          Array("apiVersion: v1\nkind: Node\nmetadata: {\(label)name: \(name)}\n".utf8), file: "nodes.yaml",
          into: &builder, limits: .standard)
      }
      graph = DepthClusters.graph(builder.build())
      expected = try JSONReader.read(SharedData.bytes(folder + "/expected-edges.json"))
      vertices = try JSONReader.read(SharedData.bytes(folder + "/expected-vertices.json"))
    }

    func pairs(_ kind: String) -> [[String]] { expected[kind]?.elements.map(\.strings) ?? [] }

    func names(_ kind: String) -> [String] { expected[kind]?.strings ?? [] }

    /// By container the pod that it is in.
    var pods: [String: String] {
      Dictionary(
        uniqueKeysWithValues: (vertices["var:expectedContainers"]?.entries ?? []).map {
          ($0.key, $0.value["Pod"]?.string ?? "")
        })
    }

    func steps(fromPod name: String) -> [DepthStep] {
      graph.positions(of: .pod(namespace: "default", name: name)).flatMap { graph.steps(from: $0) }
    }

    func steps(_ position: DepthPosition) -> [DepthStep] { graph.steps(from: position) }

    /// Who holds the role of a permission set, which is written `ROLE::BINDING`.
    func holders(of set: String) -> [AccessSubject] {
      let parts = set.split(separator: "::").map(String.init)
      return graph.input.inventory.bindings.filter {
        $0.object.name == parts.last && $0.roleName == parts.first
      }.flatMap(\.subjects)
    }

    /// Those of its list, and those of its edges.
    var permissionSets: [String] {
      let cases = ["ROLE_BIND_CASE_1", "ROLE_BIND_CASE_2", "ROLE_BIND_CASE_3"].flatMap(pairs).flatMap { $0 }
      return Set((vertices["var:expectedPermissionSets"]?.entries.map(\.key) ?? []) + cases).sorted()
    }
  }

  // MARK: Containers and nodes

  /// Steps from a container to its node, by the names of KubeHound's edges.
  private static let containerEdges: [(edge: String, technique: String)] = [
    ("CE_MODULE_LOAD", "load-kernel-module"), ("CE_NSENTER", "enter-node-namespaces"),
    ("CE_PRIV_MOUNT", "mount-node-disk"), ("CE_SYS_PTRACE", "trace-node-process"),
    ("CE_UMH_CORE_PATTERN", "write-core-pattern"), ("EXPLOIT_HOST_WRITE", "write-node-files"),
    ("EXPLOIT_HOST_READ", "read-node-files"),
  ]

  /// Steps that are there and that KubeHound's lists do not hold.
  private static let further: [String: [String: String]] = [
    "CE_MODULE_LOAD": [
      "priv-pod": "privileged holds SYS_MODULE", "nsenter-pod": "privileged holds SYS_MODULE",
      "endpoints-pod": "privileged holds SYS_MODULE",
    ],
    "CE_NSENTER": ["endpoints-pod": "privileged with hostPID, as nsenter-pod is"],
    "CE_PRIV_MOUNT": ["nsenter-pod": "privileged, as priv-pod is", "endpoints-pod": "privileged, as priv-pod is"],
    "CE_UMH_CORE_PATTERN": ["host-write-exploit-pod": "writes to /, below which /proc/sys/kernel lies"],
    "EXPLOIT_HOST_WRITE": [
      "umh-core-pod": "writes to /proc/sys/kernel of the node", "varlog-pod": "writes to /var/log of the node",
    ],
  ]

  @Test func escapesAreAllFoundAndNoOthers() throws {
    let attacks = try Attacks.shared.get()
    let pods = attacks.pods
    for (edge, technique) in Self.containerEdges {
      let listed = attacks.expected[edge]?["containers"]?.strings ?? attacks.pairs(edge).compactMap(\.first)
      let expected = Set(listed.compactMap { pods[$0] })
      #expect(!expected.isEmpty, "\(edge)")
      var found = Set<String>()
      for pod in Set(pods.values).sorted() {
        for step in attacks.steps(fromPod: pod) where step.technique.id == technique {
          found.insert(pod)
          #expect(attacks.graph.holds(step.proof))
          #expect(!attacks.graph.commands(for: step.proof).isEmpty)
          #expect(step.controls.isEmpty)
        }
      }
      #expect(expected.isSubset(of: found), "\(edge): not found \(expected.subtracting(found).sorted())")
      #expect(
        found.subtracting(expected) == Set((Self.further[edge] ?? [:]).keys),
        "\(edge): beside those expected \(found.subtracting(expected).sorted())")
    }
  }

  @Test func otherWaysOutOfContainersAreFound() throws {
    let attacks = try Attacks.shared.get()
    #expect(attacks.steps(fromPod: "varlog-pod").contains { $0.technique.id == "link-logs" })
    #expect(attacks.steps(fromPod: "host-read-exploit-pod").contains { $0.technique.id == "traverse-volumes" })
    // KubeHound draws no edge for it: NET_ADMIN in the node's network gives traffic, and no node.
    #expect(!attacks.steps(fromPod: "netadmin-pod").contains { $0.to == .nodeOfPod && $0.controls.isEmpty })
    #expect(!attacks.steps(fromPod: "control-pod").contains { $0.to == .nodeOfPod && $0.controls.isEmpty })
  }

  @Test func processesAreSharedWithinEachPod() throws {
    let attacks = try Attacks.shared.get()
    let pods = attacks.pods
    var found = Set<[String]>()
    for (container, pod) in pods {
      for position in attacks.graph.positions(of: .pod(namespace: "default", name: pod)) {
        guard case .pod(let subject) = position else { continue }
        for step in attacks.steps(.container(subject, name: container))
        where step.technique.id == "share-process-namespace" {
          guard case .container(_, let other) = step.to else { continue }
          #expect(attacks.graph.holds(step.proof))
          found.insert([container, other])
        }
      }
    }
    #expect(found == Set(attacks.pairs("SHARE_PS_NAMESPACE")))
  }

  // MARK: Identities

  @Test func tokensOfPodsAndNodes() throws {
    let attacks = try Attacks.shared.get()
    let pods = attacks.pods
    let listed = Set(attacks.vertices["var:expectedIdentities"]?.entries.map(\.key) ?? [])
    var found = Set<[String]>()
    for (container, pod) in pods {
      for step in attacks.steps(fromPod: pod) where step.technique.id == "use-token" {
        guard case .rights(.subject(.serviceAccount(_, let name))) = step.to, listed.contains(name) else { continue }
        #expect(attacks.graph.holds(step.proof))
        found.insert([container, name])
      }
    }
    #expect(found == Set(attacks.pairs("IDENTITY_ASSUME_Container")))
    // The token of each of these accounts lies in a volume of a pod.
    #expect(Set(found.map { $0[1] }) == Set(attacks.names("TOKEN_STEAL")))
    for pair in attacks.pairs("IDENTITY_ASSUME_Node") {
      #expect(
        attacks.steps(.node(pair[0])).contains {
          $0.technique.id == "act-as-node" && $0.to == .rights(.subject(.group(pair[1])))
            && attacks.graph.holds($0.proof)
        }, "\(pair)")
    }
  }

  /// What a permission set is to KubeHound is a grant here: held, and allowed by the authorizer.
  @Test func permissionSetsAreHeld() throws {
    let attacks = try Attacks.shared.get()
    let inventory = attacks.graph.input.inventory
    for pair in attacks.pairs("PERMISSION_DISCOVER") {
      let holder = AccessSubject.serviceAccount(namespace: "default", name: pair[0])
      #expect(attacks.holders(of: pair[1]).contains(holder), "\(pair)")
      let binding = try #require(
        inventory.bindings(of: holder).first { pair[1].hasSuffix("::" + inventory.bindings[$0].object.name) })
      #expect(!inventory.rules(for: inventory.identity(of: holder), namespace: "default").isEmpty && binding >= 0)
    }
  }

  @Test func podsByRights() throws {
    let attacks = try Attacks.shared.get()
    let pods = Set(attacks.pods.values)
    for (edge, technique) in [("POD_EXEC", "run-commands"), ("POD_PATCH", "change-image")] {
      let expected = Set(attacks.pairs(edge))
      var found = Set<[String]>()
      for set in attacks.permissionSets {
        for holder in attacks.holders(of: set) {
          for step in attacks.steps(.rights(.subject(holder))) where step.technique.id == technique {
            #expect(attacks.graph.holds(step.proof) && !attacks.graph.commands(for: step.proof).isEmpty)
            #expect(step.to == .rights(.pods(namespace: "default")))
            for member in attacks.steps(step.to) {
              if case .pod(let subject) = member.to, pods.contains(subject.name) { found.insert([set, subject.name]) }
            }
          }
        }
      }
      #expect(
        expected.subtracting(found).isEmpty, "\(edge): \(expected.subtracting(found).map(\.description).sorted())")
      // Its list of pods is one of pods with an edge of their own; all others of the namespace are as reachable.
      #expect(Set(found.map { $0[0] }) == Set(expected.map { $0[0] }), "\(edge)")
    }
  }

  @Test func nodesByCreatingPods() throws {
    let attacks = try Attacks.shared.get()
    var found = Set<[String]>()
    for set in attacks.permissionSets {
      for holder in attacks.holders(of: set) {
        for step in attacks.steps(.rights(.subject(holder))) where step.technique.id == "start-escaping-pod" {
          #expect(attacks.graph.holds(step.proof) && step.controls.isEmpty)
          for member in attacks.steps(step.to) { if case .node(let name) = member.to { found.insert([set, name]) } }
        }
      }
    }
    #expect(found == Set(attacks.pairs("POD_CREATE")))
  }

  @Test func rolesByBinding() throws {
    let attacks = try Attacks.shared.get()
    let inventory = attacks.graph.input.inventory
    let isOfNamespace = Dictionary(
      inventory.bindings.map { ($0.roleName + "::" + $0.object.name, $0.namespace != nil && $0.roleKind == "Role") },
      uniquingKeysWith: { first, _ in first })
    var binders: [String: (everywhere: Bool, inDefault: Bool)] = [:]
    for set in attacks.permissionSets {
      var everywhere = false
      var inDefault = false
      for holder in attacks.holders(of: set) {
        for step in attacks.steps(.rights(.subject(holder))) {
          guard ["bind-cluster-admin", "bind-admin-of-namespace"].contains(step.technique.id) else { continue }
          #expect(attacks.graph.holds(step.proof), "\(set): \(step.text)")
          everywhere = everywhere || step.to == .clusterAdmin || step.to == .rights(.accounts(namespace: nil))
          inDefault = inDefault || step.to == .rights(.accounts(namespace: "default"))
        }
      }
      binders[set] = (everywhere, inDefault)
    }
    var expected = Set<String>()
    for edge in ["ROLE_BIND_CASE_1", "ROLE_BIND_CASE_2", "ROLE_BIND_CASE_3"] {
      for pair in attacks.pairs(edge) {
        expected.insert(pair[0])
        let binder = try #require(binders[pair[0]])
        let isThere = binder.everywhere || binder.inDefault && isOfNamespace[pair[1]] != nil
        #expect(isThere, "\(edge): \(pair)")
      }
    }
    let found = Set(binders.filter { $0.value.everywhere || $0.value.inDefault }.keys)
    #expect(
      found.subtracting(expected) == Set(Self.furtherBinders.keys),
      "beside those expected \(found.subtracting(expected).sorted())")
    #expect(attacks.pairs("ROLE_BIND_CASE_4").isEmpty)
  }

  /// Permission sets that can bind and that KubeHound's lists do not start from.
  private static let furtherBinders: [String: String] = {
    let admin = "may create RoleBindings of its namespace and bind any ClusterRole in them, such as admin"
    return [
      "rolebind-rb-cr-rb-cr::pod-bind-role-rb-cr-rb-cr": admin,
      "rolebind-rb-r-rb-crb::pod-bind-role-rb-r-rb-crb": admin,
      "rolebind-rb-r-rb-crb::pod-bind-role-rb-r-rb-crb-g": admin,
      "rolebind-rb-r-rb-crb::pod-bind-role-rb-r-rb-crb-u": admin,
      "rolebind-crb-cr-rb-r::pod-bind-rola-crb-cr-rb-r":
        "may create RoleBindings and bind Roles in every namespace: what would be KubeHound's case 4, which is empty",
    ]
  }()

  /// The first named correction: KubeHound has whoever reads Secrets become any account. Without a Secret that holds a token, he
  /// reads Secrets and becomes nobody.
  @Test func readersOfSecretsBecomeNobodyWithoutATokenSecret() throws {
    let attacks = try Attacks.shared.get()
    for edge in ["TOKEN_BRUTEFORCE", "TOKEN_LIST"] {
      for set in Set(attacks.pairs(edge).map { $0[0] }) {
        for holder in attacks.holders(of: set) {
          let steps = attacks.steps(.rights(.subject(holder)))
          #expect(
            steps.contains { $0.technique.id == "read-secrets" && $0.to == .rights(.secrets(namespace: "default")) })
          #expect(!steps.contains { if case .rights(.accounts) = $0.to { true } else { false } })
        }
      }
    }
    let secret =
      "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata: {name: t, namespace: default, annotations: {kubernetes.io/service-account.name: pod-exec-sa}}\n"
    let graph = DepthClusters.graph(attacks.graph.input.inventory.snapshot.applying(Fixtures.snapshot(secret)))
    let path = DepthClusters.path(
      graph, from: "subject:serviceaccount:default/tokenget-sa", to: "subject:serviceaccount:default/pod-exec-sa")
    #expect(path?.steps.contains { $0.technique.id == "use-token-secret" } == true)
  }

  /// The second: a pod that Pod Security refuses is not on any node.
  @Test func podSecurityStandsInTheWayOfPods() throws {
    let attacks = try Attacks.shared.get()
    let namespace =
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {pod-security.kubernetes.io/enforce: baseline}}\n"
    let graph = DepthClusters.graph(attacks.graph.input.inventory.snapshot.applying(Fixtures.snapshot(namespace)))
    let creator = graph.steps(from: .rights(.subject(.serviceAccount(namespace: "default", name: "pod-create-sa"))))
    let step = try #require(creator.first { $0.technique.id == "start-escaping-pod" })
    #expect(step.controls == [StandingControl(.podSecurity, at: .namespace("default"))])
  }

  // MARK: Endpoints

  @Test func endpointsAreReached() throws {
    let attacks = try Attacks.shared.get()
    let graph = attacks.graph
    // The Service and the port that no Service names are reached from pods; the host port from outside.
    for (start, edge) in [
      ("pod:default/control-pod", "ENDPOINT_EXPLOIT_External"),
      ("pod:default/control-pod", "ENDPOINT_EXPLOIT_ContainerPort"), ("network", "ENDPOINT_EXPLOIT_NodePort"),
    ] {
      #expect(attacks.names(edge).count == 1)
      let path = try #require(DepthClusters.path(graph, from: start, to: "pod:default/endpoints-pod"))
      #expect(path.depth == 1 && path.isCertain)
      #expect(path.steps.allSatisfy { graph.holds($0.proof) })
    }
    let entry = try #require(DepthClusters.path(graph, from: "network", to: "pod:default/endpoints-pod")?.steps.first)
    #expect(entry.technique.id == "exploit-exposed-application")
  }

  /// One of the attacks: from whoever has its pod, by its technique, to what it is after.
  struct Attack: Sendable, CustomTestStringConvertible {
    let file: String
    let from: String
    let target: String
    let technique: String
    let depth: Int

    init(_ file: String, _ from: String, _ target: String, _ technique: String, depth: Int = 0) {
      self.file = file
      self.from = from.contains(":") || from == "network" ? from : "pod:default/\(from)"
      self.target = target
      self.technique = technique
      self.depth = depth
    }

    var testDescription: String { "\(file), \(technique)" }
  }

  private static let account = "subject:serviceaccount:default/"

  static let attacks: [Attack] = [
    Attack("CE_MODULE_LOAD", "modload-pod", "node", "load-kernel-module"),
    Attack("CE_NSENTER", "nsenter-pod", "node", "enter-node-namespaces"),
    Attack("CE_PRIV_MOUNT", "priv-pod", "node", "mount-node-disk"),
    Attack("CE_SYS_PTRACE", "sys-ptrace-pod", "node", "trace-node-process"),
    Attack("CE_UMH_CORE_PATTERN", "umh-core-pod", "node", "write-core-pattern"),
    Attack("CE_VAR_LOG_SYMLINK", "varlog-pod", "node", "link-logs"),
    Attack("ENDPOINT_EXPLOIT", "control-pod", "pod:default/endpoints-pod", "exploit-application", depth: 1),
    Attack("ENDPOINT_EXPLOIT", "network", "pod:default/endpoints-pod", "exploit-exposed-application", depth: 1),
    Attack("EXPLOIT_HOST_READ_TRAVERSE", "host-read-exploit-pod", account + "pod-exec-sa", "read-node-files"),
    Attack("EXPLOIT_HOST_READ_TRAVERSE", "host-read-exploit-pod", account + "pod-exec-sa", "traverse-volumes"),
    Attack("EXPLOIT_HOST_WRITE", "host-write-exploit-pod", "node", "write-node-files"),
    Attack("IDENTITY_ASSUME", "priv-pod", "subject:group:system:nodes", "act-as-node"),
    Attack("IDENTITY_ASSUME", "pod-exec-pod", account + "pod-exec-sa", "use-token"),
    Attack("POD_CREATE", "pod-create-pod", "node", "start-escaping-pod"),
    Attack("POD_EXEC", "pod-exec-pod", "pod:default/control-pod", "run-commands"),
    Attack("POD_PATCH", "pod-patch-pod", "pod:default/control-pod", "change-image"),
    Attack("ROLE_BIND_ALL", account + "rolebind-sa-rb-r-rb-crb", account + "varlog-sa", "bind-admin-of-namespace"),
    Attack("ROLE_BIND_CRB_CR", "rolebind-pod-crb-cr-crb-cr", "cluster-admin", "bind-cluster-admin"),
    Attack("ROLE_BIND_RB_CR-SA", "rolebind-pod-rb-cr-rb-cr", account + "varlog-sa", "bind-admin-of-namespace"),
    Attack("ROLE_BIND_RB_CR-SA", "rolebind-pod-rb-cr-rb-r", account + "varlog-sa", "bind-admin-of-namespace"),
    Attack("ROLE_BIND_RB_R-SA", "rolebind-pod-rb-r-rb-r", account + "varlog-sa", "bind-admin-of-namespace"),
    Attack(
      "ROLE_BIND_RB_R-UG", "subject:user:user-rb-r-rb-r", account + "varlog-sa", "bind-admin-of-namespace"),
    Attack("TOKEN_BRUTEFORCE", "tokenget-pod", account + "pod-exec-sa", "use-token-secret"),
    Attack("TOKEN_LIST", "tokenlist-pod", account + "pod-exec-sa", "use-token-secret"),
  ]

  /// Attacks that are no path of their own here, each with the reason.
  private static let withoutPath: [String: String] = [
    "CE_NET_MITM":
      "KubeHound draws no edge either: NET_ADMIN in the node's network hears traffic, and is no way to the node",
    "CONTROL_POD": "the pod that nothing is wrong with",
    "IDENTITY_IMPERSONATE":
      "its Role allows impersonation of users in one namespace, which the API server asks for in none; KubeHound draws no edge",
    "SHARE_PS_NAMESPACE": "from container to container within one pod: `processesAreSharedWithinEachPod`",
  ]

  @Test func everyAttackOfTheClusterIsNamed() {
    let files = SharedData.files(Self.folder + "/test/setup/test-cluster/attacks").map { path in
      String(path.split(separator: "/").last?.dropLast(".yaml".count) ?? "")
    }
    #expect(files.count == 24)
    #expect(Set(files) == Set(Self.attacks.map(\.file)).union(Self.withoutPath.keys))
  }

  @Test(arguments: attacks) func attackIsAPath(_ attack: Attack) throws {
    // The token of an account lies in a Secret: without one, whoever reads Secrets becomes nobody.
    let secret =
      "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata: {name: t, namespace: default, annotations: {kubernetes.io/service-account.name: pod-exec-sa}}\n"
    let plain = try Attacks.shared.get().graph
    let graph =
      attack.file.hasPrefix("TOKEN")
      ? DepthClusters.graph(plain.input.inventory.snapshot.applying(Fixtures.snapshot(secret))) : plain
    let technique = try #require(Technique.all.first { $0.id == attack.technique })
    let start = try #require(DepthName(attack.from).flatMap { graph.positions(of: $0).first }, "\(attack.from)")
    let target = try #require(DepthName(attack.target).flatMap { graph.positions(of: $0).first }, "\(attack.target)")
    let found = graph.path(from: start, to: target, by: technique)
    let path = try #require(found.path)
    #expect(found.answer.depth?.upper == attack.depth && path.depth == attack.depth)
    #expect(path.steps.contains { $0.technique == technique }, "\(path.steps.map(\.technique.id))")
    #expect(path.steps.allSatisfy { graph.holds($0.proof) })
    // It is the attack of the file, and no way around: nobody becomes cluster admin first.
    #expect(path.steps.count <= 8, "\(path.steps.map(\.technique.id))")
  }

  @Test func whatIsNoAttackIsNoPath() throws {
    let graph = try Attacks.shared.get().graph
    for pod in ["netadmin-pod", "control-pod"] {
      let answer = try #require(DepthClusters.answer(graph, from: "pod:default/\(pod)", to: "node"))
      #expect(answer.depth.map { $0.upper > 0 } ?? true, "\(pod)")
    }
    let impersonator = AccessSubject.serviceAccount(namespace: "default", name: "impersonate-sa")
    #expect(!graph.steps(from: .rights(.subject(impersonator))).contains { $0.technique.id.hasPrefix("impersonate") })
    // Bound in the whole cluster it is one.
    let binding =
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: imp}\nrules: [{apiGroups: [''], resources: [users, groups], verbs: [impersonate]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: imp}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: imp}\nsubjects: [{kind: ServiceAccount, name: impersonate-sa, namespace: default}]\n"
    let other = DepthClusters.graph(graph.input.inventory.snapshot.applying(Fixtures.snapshot(binding)))
    let path = try #require(DepthClusters.path(other, from: "pod:default/impersonate-pod", to: "cluster-admin"))
    #expect(path.depth == 0 && path.steps.contains { $0.technique.id == "impersonate-masters" })
  }
}
