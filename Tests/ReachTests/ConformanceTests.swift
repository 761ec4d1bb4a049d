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

  static func matrixDisagreements(_ name: String, kinds: (DocumentNode) -> Bool) async throws -> (
    count: Int, bad: [(String, [String])]
  ) {
    var count = 0
    var bad: [(String, [String])] = []
    for test in try PublishedCases.load(name) where test["type"]?.string == "matrix" && kinds(test) {
      let snapshot = try await PublishedCases.snapshot(test["inputs"]?.strings ?? [])
      let model = ReachModel(snapshot, profile: npGuard)
      let byPod = test["granularity"]?.string == "pod"
      let deployments = Self.deployments(snapshot)
      let focus = (test[path: "options", "focus_workloads"]?.strings ?? []).map { Self.focus($0, deployments) }
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
      // Where a mesh is at work that program prints TCP and then, again from the top, everything else; the record calls
      // both TCP. Its first part is compared here.
      let all = test["connections"]?.elements ?? []
      let isTCP = all.contains { $0["section"]?.string == "TCP" }
      func isExternal(_ row: DocumentNode) -> Bool { row["src"]?.string?.hasPrefix("ip:") ?? false }
      let again =
        isTCP
        ? all.indices.last { $0 > 0 && isExternal(all[$0]) && !isExternal(all[$0 - 1]) } ?? all.count : all.count
      var ours = PublishedCases.Matrix()
      for connection in connectivity.connections {
        ours.add(
          connection.source.text, connection.destination.text,
          isTCP ? connection.ports.intersection(ConnectionSet(.tcp)) : connection.ports)
      }
      let names = model.endpointNames()
      var theirs = PublishedCases.Matrix()
      for connection in all[..<again] {
        guard let source = connection["src"]?.string, let destination = connection["dst"]?.string,
          !(byPod && source.hasPrefix("{"))
        else { continue }
        // One program numbers the pods that a workload would have; here the workload stands for them.
        let from = Self.workload(deployments[source] ?? source, names, model)
        let to = Self.workload(deployments[destination] ?? destination, names, model)
        if byPod, from == to { continue }
        theirs.add(from, to, PublishedCases.ports(connection["conns"]))
      }
      count += 1
      let differences = PublishedCases.Matrix.differences(ours, theirs, complete: test["complete"]?.bool == true)
      if !differences.isEmpty { bad.append((test["case"]?.string ?? "", differences)) }
    }
    return (count, bad)
  }

  /// That program calls the pods of a dump by their ReplicaSet, where here the hash in its name tells the Deployment.
  private static func deployments(_ snapshot: ClusterSnapshot) -> [String: String] {
    var names: [String: String] = [:]
    for pod in snapshot.objects(.pod) {
      guard let owner = pod.metadata?["ownerReferences"]?.elements.first, owner["kind"]?.string == "ReplicaSet" else {
        continue
      }
      names["\(pod.effectiveNamespace)/\(owner["name"]?.text ?? "")[ReplicaSet]"] =
        snapshot.workload(of: pod).workloadText
    }
    return names
  }

  /// A workload that is looked at alone, with or without its namespace.
  private static func focus(_ word: String, _ deployments: [String: String]) -> String {
    let found = deployments.first { $0.key == word + "[ReplicaSet]" || $0.key.hasSuffix("/" + word + "[ReplicaSet]") }
    return found.map { String($0.value.prefix { $0 != "[" }) } ?? word
  }

  private static func workload(_ name: String, _ names: [String: EndpointID], _ model: ReachModel) -> String {
    if let host = names[name + "[HostEndpoint]"] { return model.cluster[host].pod.text }
    guard !name.hasPrefix("ip"), names[name] == nil, let dash = name.lastIndex(of: "-"),
      name[name.index(after: dash)...].allSatisfy(\.isNumber),
      let index = names[String(name[..<dash])]
    else { return name }
    return model.cluster[index].pod.text
  }

  @Test func npGuardMatrices() async throws {
    let (count, bad) = try await Self.matrixDisagreements("npguard-netpol-analyzer") { _ in true }
    print("np-guard matrices: \(count - bad.count) of \(count) agree")
    let unexpected = bad.filter { !KnownDifferences.npGuard.contains($0.0) }
    #expect(KnownDifferences.npGuard.subtracting(bad.map(\.0)).isEmpty, "these agree now; take them off the list")
    for (name, differences) in unexpected { Issue.record("\(name): \(differences.prefix(3))") }
    #expect(count == 139)
  }

  @Test func npGuardDiffs() async throws {
    var count = 0
    var bad: [String] = []
    for test in try PublishedCases.load("npguard-netpol-analyzer") where test["type"]?.string == "diff" {
      let inputs = test["inputs"]?.strings ?? []
      guard inputs.count == 2 else { continue }
      let before = ReachModel(try await PublishedCases.snapshot([inputs[0]]), profile: Self.npGuard)
      let after = ReachModel(try await PublishedCases.snapshot([inputs[1]]), profile: Self.npGuard)
      count += 1
      var ours = PublishedCases.Matrix()
      var oursAfter = PublishedCases.Matrix()
      for change in ConnectivityDiff(before, after).changes {
        ours.add(change.source.text, change.destination.text, change.before)
        oursAfter.add(change.source.text, change.destination.text, change.after)
      }
      var theirs = PublishedCases.Matrix()
      var theirsAfter = PublishedCases.Matrix()
      for row in test["diff"]?.elements ?? [] {
        let source = row["src"]?.string ?? ""
        let destination = row["dst"]?.string ?? ""
        theirs.add(source, destination, PublishedCases.ports(row["conns1"]))
        theirsAfter.add(source, destination, PublishedCases.ports(row["conns2"]))
      }
      let differences =
        PublishedCases.Matrix.differences(ours, theirs, complete: true)
        + PublishedCases.Matrix.differences(oursAfter, theirsAfter, complete: true)
      if !differences.isEmpty { bad.append("\(test["case"]?.string ?? ""): \(differences.prefix(3))") }
    }
    print("np-guard diffs: \(count - bad.count) of \(count) agree")
    let unexpected = bad.filter { line in !KnownDifferences.diffs.contains { line.hasPrefix($0 + ": ") } }
    #expect(unexpected.isEmpty, "\(unexpected)")
    #expect(bad.count == KnownDifferences.diffs.count)
    #expect(count == 22)
  }

  @Test func npGuardExposure() async throws {
    var count = 0
    var bad: [(String, [String])] = []
    for test in try PublishedCases.load("npguard-netpol-analyzer") where test["exposure"] != nil {
      let snapshot = try await PublishedCases.snapshot(test["inputs"]?.strings ?? [])
      let exposure = PotentialExposure(snapshot, profile: Self.npGuard)
      let deployments = Self.deployments(snapshot)
      let focus = (test[path: "options", "focus_workloads"]?.strings ?? []).map { Self.focus($0, deployments) }
      let direction = test[path: "options", "focus_direction"]?.string
      func name(_ node: DocumentNode?) -> String {
        let text = node?.string ?? ""
        return deployments[text] ?? text
      }
      func isAsked(_ workload: String, _ way: String) -> Bool {
        (direction ?? way) == way
          && (focus.isEmpty || focus.contains { workload.hasPrefix($0 + "[") || workload.contains("/\($0)[") })
      }
      count += 1
      var ours: [String: String] = [:]
      for row in exposure.rows where isAsked(row.workload.workloadText, row.direction.rawValue) {
        ours["\(row.workload.workloadText) \(row.direction.rawValue) \(PublishedCases.peer(row.peer))"] = row.ports.text
      }
      var theirs: [String: String] = [:]
      for row in test["exposure"]?.elements ?? [] {
        let peer = row["peer"]?.string ?? ""
        // A named port that no pod bears is told as a connection without ports.
        if peer.hasPrefix("ip:") || !PublishedCases.ports(row["conns"]).hasPorts { continue }
        let key = "\(name(row["workload"])) \(row["direction"]?.string ?? "") \(PublishedCases.peer(peer))"
        theirs[key] = PublishedCases.ports(row["conns"]).text
      }
      var differences: [String] = []
      for key in Set(ours.keys).union(theirs.keys).sorted() where ours[key] != theirs[key] {
        differences.append("\(key): ours \(ours[key] ?? "none"), theirs \(theirs[key] ?? "none")")
      }
      let open = Set(
        exposure.unprotected.filter { isAsked($0.workload.workloadText, $0.direction.rawValue) }
          .map { "\($0.workload.workloadText) \($0.direction.rawValue)" })
      let openThere = Set(
        (test["unprotected"]?.elements ?? []).map { "\(name($0["workload"])) \($0["direction"]?.string ?? "")" }
      )
      if open != openThere { differences.append("unprotected: \(open.symmetricDifference(openThere).sorted())") }
      if !differences.isEmpty { bad.append((test["case"]?.string ?? "", differences)) }
    }
    print("np-guard exposure: \(count - bad.count) of \(count) agree")
    for (name, differences) in bad where !KnownDifferences.exposure.contains(name) {
      Issue.record("\(name): \(differences.prefix(4))")
    }
    #expect(KnownDifferences.exposure.subtracting(bad.map(\.0)).isEmpty, "these agree now; take them off the list")
    #expect(count == 39)
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
        count += 1
        let name = probe["dst_fqdn"]?.string.flatMap(model.name)
        let transport = ConnectionSet.TransportProtocol(name: probe["protocol"]?.string ?? "TCP")
        guard let source = probe["src"]?.string.flatMap({ model.end(Self.plain($0)) }),
          let destination = name
            ?? (probe["dst"] ?? probe["dst_ip"])?.string.flatMap({ model.end(Self.plain($0)) }),
          let port = transport == nil ? 0 : probe["port"]?.int.flatMap({ UInt16(exactly: $0) })
        else {
          bad.append(
            "\(test["case"]?.string ?? ""): no such end: \(probe["src"]?.string ?? "") \(probe["dst"]?.string ?? "")")
          continue
        }
        var request = ConnectionRequest()
        if transport == nil { request.ipProtocol = probe["protocol"]?.string }
        request.icmpType = probe["icmp_type"]?.int.map(Int.init)
        request.method = probe[path: "http", "method"]?.string
        request.path = probe[path: "http", "path"]?.string
        request.host = probe["dst_fqdn"]?.string
        if probe["http"] != nil { request.headers = probe[path: "http", "headers"]?.stringMap ?? [:] }
        let answer = model.answer(source, destination, ReachQuestion(transport, port, request))
        if answer.allowed != probe["allowed"]?.bool {
          bad.append(
            "\(test["case"]?.string ?? ""): \(probe["src"]?.string ?? "") -> \(probe["dst"]?.string ?? "") \(transport?.name ?? "ICMP") \(port): \(answer.reason)"
          )
        }
      }
    }
    print("single questions: \(count - bad.count) of \(count) agree")
    #expect(bad.isEmpty, "\(bad.prefix(8))")
    #expect(count == 449)
  }

  /// Connection tests of netassert; the exit code of one is 0 where the connection was made.
  @Test func netassert() async throws {
    let snapshot = try await PublishedCases.snapshot(["netassert/workload.yaml", "netassert/networkpolicies.yaml"])
    let model = ReachModel(snapshot)
    let tests = try YAMLReader.readStream(SharedData.bytes("netpol/netassert/test-cases.yaml")).documents.flatMap(
      \.elements)
    var agreed = 0
    for test in tests {
      let name = test["name"]?.string ?? ""
      // Nothing listens there, whatever policies say.
      if test[path: "dst", "host"]?["name"]?.string == "0.0.0.0" { continue }
      func end(_ key: String) -> ReachModel.End? {
        if let host = test[path: key, "host"]?["name"]?.string { return model.end(host) }
        guard let resource = test[path: key, "k8sResource"] else { return nil }
        return model.end("\(resource["namespace"]?.string ?? "")/\(resource["name"]?.string ?? "")")
      }
      let transport = ConnectionSet.TransportProtocol(name: test["protocol"]?.string ?? "") ?? .tcp
      let port = UInt16(test["targetPort"]?.int ?? 0)
      let answer = model.answer(
        try #require(end("src"), "\(name)"), try #require(end("dst"), "\(name)"), transport, port)
      #expect(answer.allowed == (test["exitCode"]?.int == 0), "\(name): \(answer.reason)")
      if answer.allowed == (test["exitCode"]?.int == 0) { agreed += 1 }
    }
    print("netassert: \(agreed) of \(tests.count - 1) agree")
    #expect(tests.count == 9)
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
      let remarks = ReachModel(snapshot).remarks
      #expect(remarks.contains { $0.hidesInput || $0.code == .samePriority }, "\(name)")
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
      let ends = order.compactMap { model.end($0) }
      #expect(ends.count == order.count)
      for entry in test[path: "expected", "combined"]?.entries ?? [] {
        let parts = entry.key.split(separator: "/").map(String.init)
        guard let transport = ConnectionSet.TransportProtocol(name: parts[0]), let port = UInt16(parts[1]) else {
          continue
        }
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
  static func objects(_ test: DocumentNode) -> [DocumentNode] {
    func node(_ fields: [(String, DocumentNode.Content)]) -> DocumentNode {
      DocumentNode(.object(Mapping(fields.map { .init(key: $0.0, value: DocumentNode($0.1)) })))
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
