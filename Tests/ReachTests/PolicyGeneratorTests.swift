import Bytes
import Findings
import Kube
import Reach
import TestKit
import Testing

@Suite struct PolicyGeneratorTests {
  static func cluster(_ random: inout SeededRandom) -> String {
    var yaml = ""
    for namespace in ["n", "m", "o"] {
      for index in 0..<4 {
        let extra = random.below(2) == 0 ? ", tier: t\(random.below(2))" : ""
        yaml +=
          "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w\(index), namespace: \(namespace)}\nspec: {template: {metadata: {labels: {app: \(index < 3 ? "w\(index)" : "w2"), component: c\(index)\(extra)}}, spec: {containers: [{name: c}]}}}\n---\n"
      }
    }
    return yaml
  }

  /// Put back, the policies of every dialect give exactly the connections asked for.
  @Test(arguments: 0..<8, PolicyWriters.all.map { $0.name }) func exactlyWhatWasAskedFor(_ seed: Int, _ dialect: String)
    throws
  {
    var random = SeededRandom(seed: UInt64(40 + seed))
    let yaml = Self.cluster(&random)
    let names = ["n", "m", "o"].flatMap { namespace in (0..<4).map { "\(namespace)/w\($0)[Deployment]" } }
    var wanted = Set<WantedConnection>()
    for _ in 0..<random.below(20) {
      let from = random.pick(names)
      let to = random.pick(names)
      if from == to { continue }
      wanted.insert(
        WantedConnection(
          source: from, destination: to, transport: random.pick([.tcp, .udp]), port: UInt16(random.pick([53, 80, 443])))
      )
    }
    wanted.insert(WantedConnection(source: names[0], destination: "203.0.113.0/24", transport: .tcp, port: 443))
    wanted.insert(WantedConnection(source: "198.51.100.7", destination: names[1], transport: .tcp, port: 80))
    var options = PolicyGenerator.Options()
    options.allowsDNS = false
    options.dialect = try #require(PolicyWriters.all.first { $0.name == dialect })
    let generator = PolicyGenerator(wanted.sorted { "\($0)" < "\($1)" }, Fixtures.snapshot(yaml), options: options)
    #expect(generator.troublesOfWhatIsKnown == [])
    let back = Fixtures.snapshot(yaml + YAMLWriter.text(generator.policies))
    #expect(back.problems.isEmpty)
    let model = ReachModel(back)
    #expect(model.problems.isEmpty)
    var expected: [String: ConnectionSet] = [:]
    for connection in wanted {
      func name(_ text: String) -> String {
        IPRange(cidr: text)?.text ?? text
      }
      let key = "\(name(connection.source.text)) \(name(connection.destination.text))"
      expected[key] = (expected[key] ?? .none).union(
        ConnectionSet(connection.transport, connection.port...connection.port))
    }
    let got = Dictionary(
      uniqueKeysWithValues: Connectivity(model, granularity: .workloads).connections.map {
        ("\($0.source.text) \($0.destination.text)", $0.ports)
      })
    #expect(got == expected)
  }

  @Test func flowsOfOthersAreRead() throws {
    func read(_ text: String) throws -> WantedConnection? { WantedConnection(try JSONReader.read(text)) }
    let hubble =
      #"{"flow":{"verdict":"FORWARDED","IP":{"source":"10.0.0.1","destination":"1.1.1.1"},"l4":{"TCP":{"source_port":1,"destination_port":443}},"source":{"namespace":"n","pod_name":"w-1-x"},"destination":{"identity":2}}}"#
    #expect(try read(hubble) == WantedConnection(source: "n/w-1-x", destination: "1.1.1.1", transport: .tcp, port: 443))
    #expect(try read(hubble.replacingFirst("FORWARDED", "DROPPED")) == nil)
    let calico =
      #"{"action":"allow","source_namespace":"n","source_name_aggr":"w-1-*","source_name":"-","dest_namespace":"m","dest_name":"v-0","dest_name_aggr":"v-*","dest_port":"53","proto":"udp"}"#
    #expect(try read(calico) == WantedConnection(source: "n/w-1-*", destination: "m/v-0", transport: .udp, port: 53))
    #expect(WantedConnection(csv: "n/a, m/b ,SCTP,9")?.transport == .sctp)
    #expect(WantedConnection(csv: "src,dst,protocol,port") == nil)
  }

  @Test func addressesInManifestsAreConnections() {
    let snapshot = Fixtures.snapshot(
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: n}
      spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, env: [{name: A, value: "http://api.m.svc:80/x"}, {name: B, value: "xapi.m:80"}], args: ["--db=api.m:8080"]}]}}}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: api, namespace: m}
      spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: api, namespace: m}
      spec: {selector: {app: api}, ports: [{port: 80, targetPort: http}]}
      """)
    func deployment(_ namespace: String, _ name: String) -> WantedConnection.End {
      .workload(Subject(group: "apps", kind: "Deployment", namespace: namespace, name: name))
    }
    #expect(
      ManifestConnections.find(snapshot) == [
        // Something of the cluster that the input does not hold.
        WantedConnection(source: deployment("n", "web"), destination: .named("xapi.m"), transport: .tcp, port: 80),
        WantedConnection(
          source: deployment("n", "web"), destination: deployment("m", "api"), transport: .tcp, port: 8080),
      ])
  }
}

extension PolicyGenerator {
  /// All but those of workloads that the connections of a test leave out on purpose.
  var troublesOfWhatIsKnown: [GenerationTrouble] {
    troubles.filter { if case .silent = $0 { false } else { true } }
  }
}

extension String {
  fileprivate func replacingFirst(_ old: String, _ new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return String(self[..<range.lowerBound]) + new + self[range.upperBound...]
  }
}
