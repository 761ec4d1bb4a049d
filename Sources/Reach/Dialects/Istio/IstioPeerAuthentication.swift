import Bytes
import Kube

/// Istio PeerAuthentication: where mutual TLS is required, what has no identity in the mesh gets no connection.
///
/// Source: the reference of `security.istio.io/v1`: the policy of a workload decides, then its namespace's, then the mesh's;
/// what leaves its mode open takes that of the next; ports are the workload's own. Of several of one rank the oldest counts.
enum IstioPeerAuthentication {
  private enum Rank: Int, CaseIterable {
    case workload
    case namespace
    case mesh
  }

  private static let fields = PolicyFields.fields([
    "selector": .values("matchLabels"), "mtls": .values("mode"), "portLevelMtls": .any,
  ])

  static func stage(
    _ proxies: IstioProxies, _ rules: IstioDestinationRules, _ compiler: inout PolicyCompiler
  ) -> PolicyProgram.Stage {
    let objects = compiler.lastOfEqualNames(compiler.cluster.snapshot.objects(IstioMesh.peerAuthentication))
    func rank(_ object: KubeObject) -> Rank {
      if isForWorkloads(object) { return .workload }
      return object.effectiveNamespace == proxies.settings.rootNamespace ? .mesh : .namespace
    }
    func age(_ object: KubeObject) -> String { object.metadata?["creationTimestamp"]?.text ?? "9" }
    let governed = compiler.selectable.intersection(proxies.governed)
    // By class of pods the policy of each rank that counts.
    var chosen: [PodClassID: [Rank: Int]] = [:]
    let sorted = objects.sorted { (age($0), $0.name) < (age($1), $1.name) }
    for (index, object) in sorted.enumerated() {
      compiler.check(object, fields)
      if object.spec?["portLevelMtls"] != nil, !isForWorkloads(object) {
        compiler.refuse(object, object.spec?["portLevelMtls"], "portLevelMtls needs a selector")
        continue
      }
      for entry in object.spec?["portLevelMtls"]?.entries ?? [] where (UInt16(entry.key) ?? 0) == 0 {
        compiler.report(
          object, entry.value, "\"\(entry.key)\" is not a port; it was ignored", code: .refused, hides: false)
      }
      guard
        let subjects = IstioMesh.subjects(
          object, labels: object.spec?[path: "selector", "matchLabels"], proxies.settings, &compiler)
      else { continue }
      let own = rank(object)
      subjects.intersection(governed).visit { peer in
        guard let id = compiler.cluster.podClass(peer), chosen[id]?[own] == nil else { return }
        chosen[id, default: [:]][own] = index
      }
    }
    var policies: [PolicyProgram.Policy] = []
    for (choice, classes) in Dictionary(grouping: chosen.keys, by: { chosen[$0] ?? [:] })
      .sorted(by: { ($0.value.min()?.index ?? 0) < ($1.value.min()?.index ?? 0) })
    {
      var subjects = compiler.none
      for id in classes { subjects.insert(id) }
      func add(_ strict: ConnectionSet, _ object: KubeObject) {
        guard strict.hasPorts else { return }
        let rule = PolicyProgram.Rule(
          action: .deny, peers: proxies.outsiders, ports: .init(fixed: strict), path: "mtls STRICT", node: object.root)
        policies.append(
          PolicyProgram.Policy(
            object: object, subjects: subjects, ingress: [rule], egress: nil, isolates: false,
            doubt: proxies.doubt(subjects)))
        // Clients that were told to speak plain text are refused like those that can't do otherwise.
        for plain in rules.plainText {
          let servers = plain.servers.intersection(subjects)
          let ports = plain.ports.intersection(strict)
          guard !servers.isEmpty, ports.hasPorts else { continue }
          let rule = PolicyProgram.Rule(
            action: .deny, peers: plain.clients, ports: .init(fixed: ports), path: "trafficPolicy.tls",
            node: plain.node)
          policies.append(
            PolicyProgram.Policy(
              object: plain.object, subjects: servers, ingress: [rule], egress: nil, isolates: false,
              doubt: proxies.doubt(servers)))
        }
      }
      let ports = choice[.workload].map { Self.ports(sorted[$0]) } ?? (strict: .none, open: .none)
      let base = Rank.allCases.lazy.compactMap { choice[$0] }.first { mode(sorted[$0].spec?["mtls"]) != nil }
      if let base, mode(sorted[base].spec?["mtls"]) == "STRICT" {
        add(ConnectionSet(.tcp).subtracting(ports.open).subtracting(ports.strict), sorted[base])
      }
      if let own = choice[.workload] { add(ports.strict, sorted[own]) }
    }
    return .init(IstioMesh.Place.peerAuthentication, policies)
  }

  private static func isForWorkloads(_ object: KubeObject) -> Bool {
    !(object.spec?[path: "selector", "matchLabels"]?.entries ?? []).isEmpty
  }

  /// Nil for what leaves it open.
  private static func mode(_ node: DocumentNode?) -> String? {
    node?["mode"]?.string.flatMap { $0 == "UNSET" ? nil : $0 }
  }

  /// Ports that a policy closes to plain text, and those that it opens.
  private static func ports(_ object: KubeObject) -> (strict: ConnectionSet, open: ConnectionSet) {
    var strict = ConnectionSet.none
    var open = ConnectionSet.none
    for entry in object.spec?["portLevelMtls"]?.entries ?? [] {
      guard let port = UInt16(entry.key), port > 0, let mode = mode(entry.value) else { continue }
      let one = ConnectionSet(.tcp, port...port)
      if mode == "STRICT" { strict = strict.union(one) } else { open = open.union(one) }
    }
    return (strict, open)
  }
}
