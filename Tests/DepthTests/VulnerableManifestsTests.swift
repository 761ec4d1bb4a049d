import Access
import Bytes
import Depth
import Findings
import Kube
import TestKit
import Testing

/// Manifests that were made to be broken out of: each escape that their authors name is a path here.
@Suite(.enabled(if: SharedData.isPresent, "the shared data is not beside this checkout"))
struct VulnerableManifestsTests {
  private static let folder = "posture/vulnerable"

  private static func graph(_ folder: String) throws -> DepthGraph {
    var builder = ClusterSnapshot.Builder()
    for file in SharedData.files(folder) where !file.contains("/templates/") {
      ManifestReader.read(try FileReaderForTests.bytes(file), file: file, into: &builder, limits: .standard)
    }
    // Beside them an account that they have nothing to do with, and a pod that carries its token.
    let others =
      "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: other, namespace: elsewhere}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: other, namespace: elsewhere}\nspec: {serviceAccountName: other, nodeName: worker, containers: [{name: c, image: i}]}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: worker}\n"
    ManifestReader.read(Array(others.utf8), file: "others.yaml", into: &builder, limits: .standard)
    return DepthClusters.graph(builder.build())
  }

  private static func depth(_ graph: DepthGraph, _ from: DepthPosition, _ to: DepthPosition) -> Int? {
    graph.field(from: from, graph.solver()).flatMap { graph.answer($0, to).depth?.upper }
  }

  // MARK: badPods

  /// What the pods of each folder are told to be good for, by its author.
  private static let badPods: [(folder: String, technique: String?, target: DepthPosition)] = [
    ("everything-allowed", "mount-node-disk", .anyNode), ("everything-allowed", "enter-node-namespaces", .anyNode),
    ("everything-allowed", "write-node-files", .anyNode), ("priv-and-hostpid", "enter-node-namespaces", .anyNode),
    ("priv", "mount-node-disk", .anyNode), ("hostpath", "write-node-files", .anyNode),
    ("hostpid", "read-node-credentials", .rights(.nodeCredentials)), ("hostnetwork", "enter-node-network", .network),
    // Shared memory of other processes of the node: files that nobody need have left there.
    ("hostipc", nil, .anyNode),
    ("nothing-allowed", nil, .anyNode),
  ]

  @Test(arguments: badPods) func badPodsEscape(_ folder: String, _ technique: String?, _ target: DepthPosition) throws {
    let graph = try Self.graph("\(Self.folder)/badpods/manifests/\(folder)")
    let pods = graph.positions.filter { if case .pod(let subject) = $0 { subject.name != "other" } else { false } }
    // Of every kind of workload, by command and by reverse shell.
    #expect(pods.count >= 14, "\(pods.map(\.text))")
    for pod in pods {
      if let technique {
        let wanted = try #require(Technique.all.first { $0.id == technique })
        let found = graph.path(from: pod, to: target, by: wanted)
        #expect(found.answer.depth?.upper == 0, "\(pod.text)")
        #expect(found.path?.steps.allSatisfy { graph.holds($0.proof) } == true)
        continue
      }
      #expect(Self.depth(graph, pod, target).map { $0 > 0 } ?? true, "\(pod.text)")
    }
  }

  @Test func whatIsAllowedNothingReachesNobody() throws {
    let graph = try Self.graph("\(Self.folder)/badpods/manifests/nothing-allowed")
    for pod in graph.positions {
      guard case .pod(let subject) = pod, subject.name != "other" else { continue }
      let reached = graph.positions.filter { position in
        switch position {
        case .anyNode, .node, .nodeOfPod, .network: return Self.depth(graph, pod, position) == 0
        case .rights(.subject(.serviceAccount(let namespace, let name))):
          return (namespace, name) != ("default", "default") && Self.depth(graph, pod, position) == 0
        case .rights(.clusterAdmin), .rights(.node), .rights(.nodeCredentials), .rights(.accounts), .rights(.secrets):
          return Self.depth(graph, pod, position) == 0
        default: return false
        }
      }
      #expect(reached.isEmpty, "\(pod.text): \(reached.map(\.text))")
    }
  }

  // MARK: Kubernetes Goat

  /// Scenarios whose secret is behind an escape, a right or a connection.
  private static let goat: [(String, from: String, to: String, technique: String, depth: Int)] = [
    ("container escape to the host system", "pod:default/system-monitor-deployment", "node", "mount-node-disk", 0),
    ("the same by its namespaces", "pod:default/system-monitor-deployment", "node", "enter-node-namespaces", 0),
    (
      "the vault key that it is given", "pod:default/system-monitor-deployment", "secret:default/goatvault",
      "is-given-secret", 0
    ),
    ("runtime socket in a container", "pod:default/health-check-deployment", "node", "talk-to-container-runtime", 0),
    ("Docker CIS benchmark", "pod:default/docker-bench-security", "node", "talk-to-container-runtime", 0),
    (
      "Kubernetes namespaces bypass", "pod:default/build-code-deployment",
      "pod:secure-middleware/cache-store-deployment", "exploit-application", 1
    ),
    (
      "RBAC least privileges misconfiguration", "pod:big-monolith/hunger-check-deployment",
      "secret:big-monolith/vaultapikey", "read-secrets", 0
    ),
    ("insecure RBAC", "subject:serviceaccount:kube-system/superadmin", "cluster-admin", "may-do-everything", 0),
  ]

  private static let goatGraph = Result { try graph("\(folder)/kubernetes-goat") }

  @Test(arguments: goat)
  func goatScenarioIsAPath(_ scenario: String, _ from: String, _ to: String, _ technique: String, _ depth: Int) throws {
    let graph = try Self.goatGraph.get()
    let wanted = try #require(Technique.all.first { $0.id == technique })
    let start = try #require(DepthName(from).flatMap { graph.positions(of: $0).first }, "\(from)")
    let target = try #require(DepthName(to).flatMap { graph.positions(of: $0).first }, "\(to)")
    let found = graph.path(from: start, to: target, by: wanted)
    #expect(found.answer.depth?.upper == depth, "\(scenario)")
    #expect(found.path?.steps.allSatisfy { graph.holds($0.proof) } == true, "\(scenario)")
  }
}
