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
      var theirs = PublishedCases.Matrix()
      for connection in test["connections"]?.elements ?? [] {
        guard let source = connection["src"]?.string, let destination = connection["dst"]?.string,
          !source.hasPrefix("{"), !destination.hasPrefix("{")
        else { continue }
        // One program numbers the pods that a workload would have; here the workload stands for them.
        let from = Self.workload(source, model)
        let to = Self.workload(destination, model)
        if byPod, from == to { continue }
        theirs.add(from, to, PublishedCases.ports(connection["conns"]))
      }
      count += 1
      let differences = PublishedCases.Matrix.differences(ours, theirs, complete: test["complete"]?.bool == true)
      if !differences.isEmpty { bad.append((test["case"]?.string ?? "", differences)) }
    }
    return (count, bad)
  }

  private static func workload(_ name: String, _ model: ReachModel) -> String {
    guard !name.hasPrefix("ip"), model.end(name) == nil, let dash = name.lastIndex(of: "-"),
      name[name.index(after: dash)...].allSatisfy(\.isNumber),
      case .endpoint(let index)? = model.end(String(name[..<dash]))
    else { return name }
    return model.cluster.endpoints[index].podText
  }

  @Test func npGuardMatrices() async throws {
    let (count, bad) = try await Self.matrixDisagreements("npguard-netpol-analyzer") { _ in true }
    print("np-guard matrices: \(count - bad.count) of \(count) agree")
    for (name, differences) in bad { print("DISAGREE \(name): \(differences.prefix(2))") }
  }

  @Test func networkConfigAnalyzerMatrices() async throws {
    let (count, bad) = try await Self.matrixDisagreements("npguard-nca") { _ in true }
    print("NCA matrices: \(count - bad.count) of \(count) agree")
    for (name, differences) in bad { print("DISAGREE \(name): \(differences.prefix(2))") }
  }

  @Test func singleQuestions() async throws {
    var count = 0
    var bad: [String] = []
    for test in try PublishedCases.load("probes") where test["suite"]?.string != "cilium" {
      let snapshot = try await PublishedCases.snapshot(test["inputs"]?.strings ?? [])
      let model = ReachModel(snapshot, profile: test["suite"]?.string == "calico" ? Self.calico : .spec)
      for probe in test["probes"]?.elements ?? [] {
        count += 1
        guard let source = probe["src"]?.string.flatMap({ model.end(Self.plain($0)) }),
          let destination = probe["dst"]?.string.flatMap({ model.end(Self.plain($0)) }),
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
    for line in bad { print("DISAGREE \(line)") }
  }

  private static func plain(_ end: String) -> String { end.hasPrefix("ip:") ? String(end.dropFirst(3)) : end }

  @Test func calicoSelectors() throws {
    let root = try JSONReader.read(SharedData.bytes("netpol/calico/selectors.json"))
    print("SELECTORS", root.entries.map { ($0.key, $0.value.elements.count) })
  }
}
