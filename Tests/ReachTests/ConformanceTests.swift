import Bytes
import Findings
import Kube
import Reach
import TestKit
import Testing

/// Answers that other projects' programs and authors published.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct ConformanceTests {
  static let npGuard: ReachProfile = ReachProfile.all.first { $0.name == "np-guard" } ?? .spec
  static let calico: ReachProfile = ReachProfile.all.first { $0.name == "calico" } ?? .spec

  static func matrixDisagreements(_ name: String, kinds: (Node) -> Bool) async throws -> (
    count: Int, bad: [(String, [String])]
  ) {
    var count = 0
    var bad: [(String, [String])] = []
    for test in try PublishedCases.load(name) where test["type"]?.string == "matrix" && kinds(test) {
      let snapshot = try await PublishedCases.snapshot(test["inputs"]?.strings ?? [])
      let model = ReachModel(snapshot, profile: npGuard)
      let byPod = test["granularity"]?.string == "pod"
      let focus = test[path: "options", "focus_workloads"]?.strings ?? []
      let direction = test[path: "options", "focus_direction"]?.string
      func isFocus(_ name: String) -> Bool {
        focus.isEmpty
          || focus.contains { word in
            let plain = name.prefix { $0 != "[" }
            return plain == word || plain.hasSuffix("/" + word)
          }
      }
      let connectivity = Connectivity(model, granularity: byPod ? .pods : .workloads) { from, to in
        switch direction {
        case "ingress": isFocus(to)
        case "egress": isFocus(from)
        default: isFocus(from) || isFocus(to)
        }
      }
      var ours = PublishedCases.Matrix()
      for connection in connectivity.connections {
        ours.add(connection.source, connection.destination, connection.ports)
      }
      let names = model.endpointNames()
      var theirs = PublishedCases.Matrix()
      for connection in test["connections"]?.elements ?? [] {
        guard let source = connection["src"]?.string, let destination = connection["dst"]?.string,
          !source.hasPrefix("{"), !destination.hasPrefix("{")
        else { continue }
        // One program numbers the pods that a workload would have; here the workload stands for them.
        let from = Self.workload(source, names, model)
        let to = Self.workload(destination, names, model)
        if byPod, from == to { continue }
        theirs.add(from, to, PublishedCases.ports(connection["conns"]))
      }
      count += 1
      let differences = PublishedCases.Matrix.differences(ours, theirs, complete: test["complete"]?.bool == true)
      if !differences.isEmpty { bad.append((test["case"]?.string ?? "", differences)) }
    }
    return (count, bad)
  }

  private static func workload(_ name: String, _ names: [String: Int], _ model: ReachModel) -> String {
    guard !name.hasPrefix("ip"), names[name] == nil, let dash = name.lastIndex(of: "-"),
      name[name.index(after: dash)...].allSatisfy(\.isNumber),
      let index = names[String(name[..<dash])]
    else { return name }
    return model.cluster.endpoints[index].podText
  }

  @Test func npGuardMatrices() async throws {
    let (count, bad) = try await Self.matrixDisagreements("npguard-netpol-analyzer") { _ in true }
    print("np-guard matrices: \(count - bad.count) of \(count) agree")
    let unexpected = bad.filter { !KnownDifferences.npGuard.contains($0.0) }
    #expect(KnownDifferences.npGuard.subtracting(bad.map(\.0)).isEmpty, "these agree now; take them off the list")
    for (name, differences) in unexpected { Issue.record("\(name): \(differences.prefix(3))") }
    #expect(count == 139)
  }

  @Test func networkConfigAnalyzerMatrices() async throws {
    let (count, bad) = try await Self.matrixDisagreements("npguard-nca") { _ in true }
    print("NCA matrices: \(count - bad.count) of \(count) agree")
    let unexpected = bad.filter { !KnownDifferences.networkConfigAnalyzer.contains($0.0) }
    #expect(
      KnownDifferences.networkConfigAnalyzer.subtracting(bad.map(\.0)).isEmpty,
      "these agree now; take them off the list")
    for (name, differences) in unexpected { Issue.record("\(name): \(differences.prefix(3))") }
    #expect(count == 286)
  }

  @Test func singleQuestions() async throws {
    var count = 0
    var bad: [String] = []
    for test in try PublishedCases.load("probes") {
      let snapshot = try await PublishedCases.snapshot(
        test["inputs"]?.strings ?? [], defaultNamespace: test[path: "options", "policy_namespace"]?.string)
      let model = ReachModel(snapshot, profile: test["suite"]?.string == "calico" ? Self.calico : .spec)
      for probe in test["probes"]?.elements ?? [] {
        // Names and ICMP are no questions that `can` takes.
        if probe["dst_fqdn"] != nil || probe["icmp_type"] != nil { continue }
        count += 1
        guard let source = probe["src"]?.string.flatMap({ model.end(Self.plain($0)) }),
          let destination = (probe["dst"] ?? probe["dst_ip"])?.string.flatMap({ model.end(Self.plain($0)) }),
          let transport = PortSet.TransportProtocol(name: probe["protocol"]?.string ?? "TCP"),
          let port = probe["port"]?.int.flatMap({ UInt16(exactly: $0) })
        else {
          bad.append(
            "\(test["case"]?.string ?? ""): no such end: \(probe["src"]?.string ?? "") \(probe["dst"]?.string ?? "")")
          continue
        }
        let answer = model.answer(source, destination, transport, port)
        if answer.allowed != probe["allowed"]?.bool {
          bad.append(
            "\(test["case"]?.string ?? ""): \(probe["src"]?.string ?? "") -> \(probe["dst"]?.string ?? "") \(transport.name) \(port): \(answer.reason)"
          )
        }
      }
    }
    print("single questions: \(count - bad.count) of \(count) agree")
    // Layer 7 conditions are not evaluated: where they forbid, layer 4 is open.
    let unexpected = bad.filter { !$0.contains("l7") }
    #expect(unexpected.isEmpty, "\(unexpected)")
    #expect(bad.count <= 5)
  }

  private static func plain(_ end: String) -> String { end.hasPrefix("ip:") ? String(end.dropFirst(3)) : end }

  @Test func inputsThatMustBeRefused() async throws {
    // Not errors here: two Namespace objects of one name, pods of one owner with different labels, a named port beside a
    // block (the API server takes all three), and OpenShift's user-defined networks, which are not modelled.
    let accepted = ["named_port_on_ipblock", "same_owner_name", "udn_", "UDN", "two_namespaces_with_same_name"]
    var refused = 0
    for test in try JSONReader.read(SharedData.bytes("netpol/npguard-netpol-analyzer/bad_cases.json")).elements {
      let name = test["name"]?.string ?? ""
      if accepted.contains(where: name.contains) { continue }
      let snapshot = try await PublishedCases.snapshot(["npguard-netpol-analyzer/tests/\(test["dir"]?.string ?? "")"])
      let problems = ReachModel(snapshot).problems
      #expect(problems.contains { $0.hidesInput || $0.code == "same-priority" }, "\(name)")
      refused += 1
    }
    print("bad inputs refused: \(refused)")
    #expect(refused > 35)
  }

  @Test func calicoSelectors() throws {
    let root = try JSONReader.read(SharedData.bytes("netpol/calico/selectors.json"))
    var count = 0
    for test in root["evaluation"]?.elements ?? [] {
      let selector = try CalicoSelector(test["selector"]?.string ?? "")
      for (key, expected) in [("matches", true), ("non_matches", false)] {
        for labels in test[key]?.elements ?? [] {
          #expect(
            selector.matches(labels.stringMap) == expected, "\(test["selector"]?.string ?? "") on \(labels.stringMap)")
          count += 1
        }
      }
    }
    for test in root["invalid"]?.elements ?? [] {
      let text = test.string ?? test["selector"]?.string ?? test["input"]?.string ?? ""
      #expect(throws: CalicoSelector.Invalid.self, "\(text)") { try CalicoSelector(text) }
      count += 1
    }
    for test in root["canonicalisation"]?.elements ?? [] {
      let text = test["input"]?.string ?? ""
      let canonical = test["canonical"]?.string ?? ""
      #expect(try CalicoSelector(text).normalised == CalicoSelector(canonical).normalised, "\(text)")
      count += 1
    }
    print("Calico selectors compared: \(count)")
    #expect(count > 100)
  }

  @Test func cyclonus() throws {
    var compared = 0
    var bad: [String] = []
    for test in JSONReader.readStream(try SharedData.bytes("netpol/cyclonus/cases_dns.jsonl")).documents {
      var builder = ClusterSnapshot.Builder()
      for object in CyclonusCases.objects(test) { builder.add(object, file: "case") }
      // Its own simulator lets blocks match pods, as Calico does.
      let model = ReachModel(builder.build(), profile: Self.calico)
      let order = test["order"]?.strings ?? []
      let ends = order.compactMap(model.end)
      #expect(ends.count == order.count)
      for entry in test[path: "expected", "combined"]?.entries ?? [] {
        let parts = entry.key.split(separator: "/").map(String.init)
        guard let transport = PortSet.TransportProtocol(name: parts[0]), let port = UInt16(parts[1]) else { continue }
        for (from, row) in entry.value.elements.enumerated() {
          // A pod always reaches itself; that simulator asks the policies.
          for (to, mark) in (row.string ?? "").enumerated() where from != to {
            compared += 1
            if model.answer(ends[from], ends[to], transport, port).allowed != (mark == ".") {
              bad.append("\(test["case"]?.string ?? "") \(order[from]) -> \(order[to]) \(entry.key)")
            }
          }
        }
      }
    }
    print("cyclonus verdicts: \(compared - bad.count) of \(compared) agree")
    #expect(bad.isEmpty, "\(bad.prefix(5))")
    #expect(compared > 30_000)
  }
}

enum CyclonusCases {
  /// Namespaces, pods and policies of a step as manifests.
  static func objects(_ test: Node) -> [Node] {
    func node(_ fields: [(String, Node.Content)]) -> Node {
      Node(.object(Mapping(fields.map { .init(key: $0.0, value: Node($0.1)) })))
    }
    var result = (test["namespaces"]?.entries ?? []).map { entry in
      node([
        ("apiVersion", .string("v1")), ("kind", .string("Namespace")),
        ("metadata", node([("name", .string(entry.key)), ("labels", entry.value.content)]).content),
      ])
    }
    for pod in test["pods"]?.elements ?? [] {
      let ports = (pod["ports"]?.elements ?? []).map { port in
        node([
          ("name", port["name"]?.content ?? .null), ("containerPort", port["port"]?.content ?? .null),
          ("protocol", port["protocol"]?.content ?? .null),
        ])
      }
      let container = node([("name", .string("c")), ("ports", .array(ports))])
      result.append(
        node([
          ("apiVersion", .string("v1")), ("kind", .string("Pod")),
          (
            "metadata",
            node([
              ("name", pod["name"]?.content ?? .null), ("namespace", pod["namespace"]?.content ?? .null),
              ("labels", pod["labels"]?.content ?? .null),
            ]).content
          ), ("spec", node([("containers", .array([container]))]).content),
          ("status", node([("podIP", pod["ip"]?.content ?? .null)]).content),
        ]))
    }
    return result + (test["policies"]?.elements ?? [])
  }
}
