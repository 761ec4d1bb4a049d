import Bytes
import Findings
import Foundation
import Kube
import Reach
import TestKit
import Testing

/// Policies that other projects' programs generated, compared by what they allow in a cluster of the same workloads.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct GenerationCasesTests {
  private static let folder = "generation"

  private static func matrix(_ snapshot: ClusterSnapshot) -> [String: String] {
    Dictionary(
      Connectivity(ReachModel(snapshot, profile: ConformanceTests.npGuard), granularity: .workloads).connections.map {
        // An ingress controller that the input does not show is no end of the published policies.
        ("\($0.source.text) => \($0.destination.text)", $0.source == .ingressController ? "" : $0.ports.text)
      }, uniquingKeysWith: { a, _ in a }
    ).filter { !$0.value.isEmpty }
  }

  private static func snapshot(_ base: ClusterSnapshot, _ policies: [DocumentNode]) -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder()
    for object in base.without([.networkPolicy]).objects { builder.add(object.root, file: object.file) }
    for policy in policies { builder.add(policy, file: "generated") }
    return builder.build()
  }

  private static func differences(_ ours: [String: String], _ theirs: [String: String]) -> [String] {
    Set(ours.keys).union(theirs.keys).sorted().compactMap { key in
      ours[key] == theirs[key] ? nil : "\(key): ours \(ours[key] ?? "none"), theirs \(theirs[key] ?? "none")"
    }
  }

  /// Applications with the policies that cluster-topology-analyzer makes of their Services and configuration.
  @Test func applications() async throws {
    var count = 0
    var bad: [String: [String]] = [:]
    for (name, expected) in [
      ("acs-security-demos", "expected_netpol_output.yaml"), ("bookinfo", "expected_netpol_output.json"),
      ("k8s_guestbook", "expected_netpol_output.json"), ("k8s_wordpress_example", "expected_netpol_output.json"),
      ("onlineboutique", "expected_netpol_output.yaml"), ("onlineboutique-pods", "expected_netpol_output.yaml"),
      ("openshift", "expected_netpol_output.yaml"), ("qotd", "expected_netpol_output.json"),
      ("score-demo", "expected_netpol_output.yaml"), ("sockshop", "expected_netpol_output.json"),
    ] {
      let path = "\(Self.folder)/cluster-topology-analyzer/tests/\(name)"
      let input = try await PublishedCases.snapshot([path])
      let published = try await PublishedCases.snapshot(["\(path)/\(expected)"])
      let theirPolicies = published.objects(.networkPolicy).map(\.root)
      #expect(!theirPolicies.isEmpty, "\(name)")
      let base = Self.snapshot(input, [])
      // The published policies know nothing of the API server, nor of what the cluster asks of its extensions.
      let wanted = ManifestConnections.find(base).filter { $0.destination != .apiServer }
      let generator = PolicyGenerator(wanted, base)
      let ours = Self.matrix(Self.snapshot(base, generator.policies))
      let theirs = Self.matrix(Self.snapshot(base, theirPolicies))
      count += 1
      let differences = Self.differences(ours, theirs)
      if !differences.isEmpty { bad[name] = differences }
    }
    print("generated for applications: \(count - bad.count) of \(count) agree")
    #expect(count == 10)
    // Pods without labels can be meant by no selector but the empty one, which means all others too: the published
    // policies take that, ours leave such pods out and say so.
    #expect(bad.keys.sorted() == ["openshift"], "\(bad)")
  }

  private static func deployment(_ name: String, _ namespace: String, _ labels: [String: String]) -> String {
    let list = labels.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", ")
    return
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: \(name), namespace: \(namespace)}\nspec: {template: {metadata: {labels: {\(list)}}, spec: {containers: [{name: c}]}}}\n---\n"
  }

  /// Generated policies and published ones over the same workloads, without what is said to DNS: ours let every pod ask.
  private static func compare(_ yaml: String, _ wanted: [WantedConnection], _ published: [DocumentNode]) -> [String] {
    let base = Fixtures.snapshot(yaml)
    var options = PolicyGenerator.Options()
    options.allowsDNS = false
    let generator = PolicyGenerator(wanted, base, options: options)
    #expect(generator.troublesOfWhatIsKnown == [])
    let theirs = matrix(snapshot(base, published))
    // Only the workloads that the published policies govern are told apart there.
    let names = Set(
      published.compactMap { $0[path: "spec", "podSelector"] }.flatMap { node in
        base.workloads.filter { workload in
          (try? LabelSelector(node))?.matches(workload.template.labels) ?? false
        }.map { "\($0.object.effectiveNamespace)/\($0.object.name)[Deployment]" }
      })
    func isTold(_ key: String) -> Bool {
      let ends = key.components(separatedBy: " => ")
      return !key.contains("kube-dns") && (names.contains(ends[0]) || names.contains(ends[1]))
    }
    let ours = matrix(snapshot(base, generator.policies))
    return differences(
      ours.filter { isTold($0.key) },
      theirs.filter { key, _ in
        let ends = key.components(separatedBy: " => ")
        // A workload without a policy of its own is open there and closed here.
        return isTold(key) && ends.allSatisfy { names.contains($0) || $0.hasPrefix("ip") }
      }
    ).filter { line in
      let ends = line.components(separatedBy: ": ours ")[0].components(separatedBy: " => ")
      return ends.allSatisfy { names.contains($0) || $0.hasPrefix("ip") }
    }
  }

  /// Lists of connections with the policies that netpol-synthesizer makes of them. Its other cases apply rules of a
  /// baseline or write Istio's policies, which is not asked of a generator here.
  @Test(arguments: [
    ("microservices-demo", "microservices-demo-no-baseline"), ("akmebank-links", "akmebank-no-baseline"),
  ])
  func connectionLists(_ links: String, _ expected: String) async throws {
    let root = "netpol/\(Self.folder)/netpol-synthesizer"
    let list = try JSONReader.read(SharedData.bytes("\(root)/connectivity_jsons/\(links).json")).elements
    var workloads: [String: [String: String]] = [:]
    var wanted: [WantedConnection] = []
    for link in list {
      func name(_ key: String) -> String? {
        guard let resource = link[path: key, "resource"], let name = resource["name"]?.string, !name.isEmpty else {
          return nil
        }
        workloads[name] = resource["labels"]?.stringMap ?? [:]
        return "default/\(name)[Deployment]"
      }
      let isPublic = link[path: "link", "resource"]?["type"]?.string == "LoadBalancer"
      let source = name("source") ?? (isPublic ? "*" : "default/*")
      guard let destination = name("target") else { continue }
      for port in link[path: "link", "resource"]?["network"]?.elements ?? [] {
        let number = (port["target_port"]?.int).flatMap { $0 > 0 ? $0 : nil } ?? port["port"]?.int ?? 0
        wanted.append(
          WantedConnection(
            source: source, destination: destination,
            transport: ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP") ?? .tcp,
            port: UInt16(number)))
      }
    }
    let yaml = workloads.sorted { $0.key < $1.key }.map { Self.deployment($0.key, "default", $0.value) }.joined()
    let published = try await PublishedCases.snapshot(["\(Self.folder)/netpol-synthesizer/er_files/\(expected).yaml"])
    let differences = Self.compare(yaml, wanted, published.objects(.networkPolicy).map(\.root))
    print("generated for \(links): \(wanted.count) connections, \(differences.count) differences")
    #expect(differences.isEmpty, "\(differences.prefix(5))")
    #expect(wanted.count > 10)
  }

  /// Traces of Inspektor Gadget with the policies that it makes of them.
  @Test(arguments: ["accept-from-pod", "connect-to-svc", "connect-to-svc-duplicate"])
  func traces(_ name: String) async throws {
    let root = "netpol/\(Self.folder)/inspektor-gadget"
    let bytes = try SharedData.bytes("\(root)/\(name).input")
    let events = JSONReader.readStream(bytes).documents.flatMap { $0.array ?? [$0] }
    var yaml = "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n---\n"
    var seen = Set<String>()
    func add(_ name: String, _ namespace: String, _ labels: [String: String]) -> String {
      let plain = labels.filter { $0.key != "pod-template-hash" }
      if seen.insert("\(namespace)/\(name)").inserted { yaml += Self.deployment(name, namespace, plain) }
      return "\(namespace)/\(name)"
    }
    var wanted: [WantedConnection] = []
    for event in events {
      let port = UInt16(event["port"]?.int ?? 0)
      if let local = event["local_pod_owner"]?.string {
        let to = add(local, event["local_pod_namespace"]?.string ?? "", event["local_pod_labels"]?.stringMap ?? [:])
        let labels = event["remote_pod_labels"]?.stringMap ?? [:]
        let from = add(labels["app"] ?? "", event["remote_pod_namespace"]?.string ?? "", labels)
        wanted.append(WantedConnection(source: from, destination: to, transport: .tcp, port: port))
      } else {
        let from = add("test-pod", event["namespace"]?.string ?? "", ["app": "test-pod"])
        let home = event["remote_svc_namespace"]?.string ?? ""
        let selector = event["remote_svc_label_selector"]?.stringMap ?? [:]
        let to = selector.isEmpty ? "\(home)/*" : add(event["remote_svc_name"]?.string ?? "", home, selector)
        wanted.append(
          WantedConnection(
            source: from, destination: to,
            transport: ConnectionSet.TransportProtocol(name: event["proto"]?.string ?? "") ?? .tcp, port: port))
      }
    }
    // A pod of the namespace of a Service without selector, so that something is told of it.
    yaml += Self.deployment("anything", "default", ["app": "anything"])
    let published = try await PublishedCases.snapshot(["\(Self.folder)/inspektor-gadget/\(name).golden"])
    let base = Fixtures.snapshot(yaml)
    var options = PolicyGenerator.Options()
    options.allowsDNS = false
    let generated = PolicyGenerator(wanted, base, options: options)
    #expect(generated.troublesOfWhatIsKnown == [])
    let policies = published.objects(.networkPolicy).map(\.root)
    let subject = wanted[0].source.text.contains("test-pod") ? wanted[0].source.text : wanted[0].destination.text
    // Its policies say nothing of the other end, so the other end is left open here as well.
    let own = generated.policies.filter { node in
      subject.hasPrefix((node[path: "metadata", "namespace"]?.string ?? "-") + "/")
    }
    let ours = Self.matrix(Self.snapshot(base, own)).filter { $0.key.contains(subject + "[") }
    let theirs = Self.matrix(Self.snapshot(base, policies)).filter { $0.key.contains(subject + "[") }
    #expect(Self.differences(ours, theirs).isEmpty, "\(Self.differences(ours, theirs))")
    #expect(!ours.isEmpty)
  }

  /// A workload's neighbours as Kubescape recorded them, with the policy that it makes of them.
  @Test func neighbourhood() async throws {
    let root = "netpol/\(Self.folder)/kubescape-storage"
    let recorded = try JSONReader.read(SharedData.bytes("\(root)/nn-operator.json"))
    let expected = try JSONReader.read(SharedData.bytes("\(root)/np-operator.json"))
    let policy = try #require(expected["spec"])
    let subject = "kubescape/operator"
    var yaml = Self.deployment("operator", "kubescape", recorded[path: "spec", "matchLabels"]?.stringMap ?? [:])
    var wanted: [WantedConnection] = []
    // Its list of known servers widens these addresses to blocks.
    let widened = [
      "13.50.180.111": "13.50.180.111/24", "16.170.46.131": "16.170.0.0/15", "16.171.184.118": "16.170.0.0/15",
    ]
    for container in recorded[path: "spec", "containers"]?.elements ?? [] {
      for direction in ["ingress", "egress"] {
        for item in container[direction]?.elements ?? [] {
          var ends: [String] = []
          if let labels = item[path: "podSelector", "matchLabels"]?.stringMap {
            let home =
              item[path: "namespaceSelector", "matchLabels"]?["kubernetes.io/metadata.name"]?.string ?? "kubescape"
            let name = "peer-\(yaml.count)"
            yaml += Self.deployment(name, home, labels)
            ends.append("\(home)/\(name)")
          }
          if let address = item["ipAddress"]?.string, !address.isEmpty { ends.append(widened[address] ?? address) }
          for end in ends {
            for port in item["ports"]?.elements ?? [] {
              wanted.append(
                WantedConnection(
                  source: direction == "ingress" ? end : subject, destination: direction == "ingress" ? subject : end,
                  transport: ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "") ?? .tcp,
                  port: UInt16(port["port"]?.int ?? 0)))
            }
          }
        }
      }
    }
    let base = Fixtures.snapshot(yaml)
    var options = PolicyGenerator.Options()
    options.allowsDNS = false
    let generated = PolicyGenerator(wanted, base, options: options)
    #expect(generated.troublesOfWhatIsKnown == [])
    // The policy of the workload itself: closing the namespace would close its neighbours, of which theirs says nothing.
    let own = generated.policies.filter { $0[path: "metadata", "name"]?.string == "allow-operator" }
    let ours = Self.matrix(Self.snapshot(base, own)).filter { $0.key.contains(subject + "[") }
    let theirs = Self.matrix(Self.snapshot(base, [policy])).filter { $0.key.contains(subject + "[") }
    #expect(Self.differences(ours, theirs).isEmpty, "\(Self.differences(ours, theirs))")
    #expect(ours.count > 10)
  }
}
