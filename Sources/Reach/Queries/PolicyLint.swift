import Bytes
import Findings
import Kube

/// What is odd about the policies themselves.
package struct PolicyLint: Sendable {
  /// By place, code and words.
  package let remarks: [PolicyRemark]

  package init(_ model: ReachModel) {
    let cluster = model.cluster
    var remarks = model.remarks
    let rows = ReachRows(model)
    // One pod stands for the policy's: asking all of them is for small clusters only.
    func reachesDNS(_ podClass: PodClassID) -> Bool {
      cluster.peerIDs.contains { peer in
        let set = rows.set(rows.side(podClass, .egress, peer))
        return set.contains(.udp, 53) || set.contains(.tcp, 53)
      }
    }
    let operators = OperatorPods(cluster.snapshot)
    let withoutProxy = Set(remarks.filter { $0.code == .noProxy }.map(\.object))
    for stage in model.program.stages {
      for policy in stage.policies {
        func remark(_ code: PolicyRemark.Code, _ location: Location, _ detail: String) {
          remarks.append(
            PolicyRemark(code: code, object: policy.object.subject, location: location, detail: detail))
        }
        let selected = policy.subjects.elements.compactMap(cluster.podClass)
        guard selected.contains(where: { !cluster[$0].endpoints.isEmpty }) else {
          // Nodes are in no manifest, and what an operator makes is in its own resource.
          let isOfNodes = policy.object.spec?["nodeSelector"] != nil
          if !withoutProxy.contains(policy.object.subject), !isOfNodes,
            !operators.makesSubjects(of: policy.object)
          {
            remark(.selectsNothing, policy.object.location, "selects no pod in the input")
          }
          continue
        }
        for direction in TrafficDirection.allCases {
          let rules = policy.rules[direction] ?? []
          for (index, rule) in rules.enumerated() {
            let place = policy.object.location(of: rule.node)
            if rule.peers.matched.isEmpty, rule.peers.uncertain == nil {
              if !operators.makesPeers(of: rule.node) {
                remark(
                  .peerMatchesNothing, place, "\(rule.path) matches no pod or address in the input")
              }
            } else if rule.near == nil, rule.ports.named.isEmpty,
              let other = rules[..<index].first(where: { $0.covers(rule) })
            {
              remark(.shadowedRule, place, "\(rule.path) has no effect: \(other.path) already covers it")
            }
          }
          // Names cannot be resolved by a pod whose egress is isolated without a way to port 53.
          if direction == .egress, policy.isolates.egress, !rules.isEmpty,
            let podClass = selected.first(where: { !cluster[$0].endpoints.isEmpty }), !reachesDNS(podClass)
          {
            remark(.noDNS, policy.object.location, "its pods cannot resolve names: nothing on port 53 is allowed")
          }
        }
      }
    }
    for dialect in model.dialects {
      let kinds = Set(dialect.policyKinds)
      for stage in model.program.stages {
        remarks += dialect.lint(stage.policies.filter { kinds.contains($0.object.groupKind) })
      }
    }
    remarks += Self.servicePorts(model)
    remarks += Self.tunnels(model)
    remarks += Self.partlyIsolatedNamespaces(model)
    struct Key: Hashable {
      let code: PolicyRemark.Code
      let location: Location
      let message: String
    }
    var seen = Set<Key>()
    self.remarks = remarks.map { (remark: $0, message: $0.message) }
      .filter { seen.insert(Key(code: $0.remark.code, location: $0.remark.location, message: $0.message)).inserted }
      .sorted {
        ($0.remark.location, $0.remark.code.rawValue, $0.message)
          < ($1.remark.location, $1.remark.code.rawValue, $1.message)
      }.map(\.remark)
  }

  /// Rules that open the port of a Service, while its pods listen on another, to which the policies apply.
  private static func servicePorts(_ model: ReachModel) -> [PolicyRemark] {
    struct Remap {
      let service: ServiceIndex.Service
      let transport: ConnectionSet.TransportProtocol
      let port: UInt16
      let target: ConnectionSet
      let pods: PeerSet
    }
    let cluster = model.cluster
    var remaps: [UInt16: [Remap]] = [:]
    for service in cluster.services.all where !service.isHeadless {
      for node in service.ports {
        guard let transport = ServiceIndex.transport(node),
          let port = node["port"]?.int.flatMap({ UInt16(exactly: $0) })
        else { continue }
        var pods = PeerSet(count: cluster.peerCount)
        var target = ConnectionSet.none
        for endpoint in service.endpoints {
          let set = cluster.services.ports(endpoint, behind: node)
          if set.hasPorts, !set.contains(transport, port), !cluster[endpoint].declaredPorts.contains(transport, port) {
            target = target.union(set)
            pods.insert(cluster[endpoint].podClass)
          }
        }
        if target.hasPorts {
          remaps[port, default: []].append(
            Remap(service: service, transport: transport, port: port, target: target, pods: pods))
        }
      }
    }
    guard !remaps.isEmpty else { return [] }
    var remarks: [PolicyRemark] = []
    for stage in model.program.stages where stage.place.layer == .network {
      for policy in stage.policies {
        for direction in TrafficDirection.allCases {
          for rule in policy.rules[direction] ?? [] where rule.action == .allow {
            let pods = direction == .egress ? rule.peers.matched : rule.near ?? policy.subjects
            let found = rule.ports.fixed.singlePorts.lazy.compactMap { transport, port in
              remaps[port]?.first { remap in
                remap.transport == transport && rule.ports.fixed.intersection(remap.target).isEmpty
                  && !remap.pods.intersection(pods).isEmpty
              }
            }.first
            guard let found else { continue }
            remarks.append(
              PolicyRemark(
                code: .servicePort, object: policy.object.subject, location: policy.object.location(of: rule.node),
                detail:
                  "\(rule.path) allows \(found.transport.name) \(found.port), but the pods behind Service \(found.service.namespace)/\(found.service.name) listen on \(found.target.text); policies apply to the port of the pod"
              ))
          }
        }
      }
    }
    return remarks
  }

  /// Policies of the network that leave the tunnel of an ambient mesh shut, through which its pods get everything.
  private static func tunnels(_ model: ReachModel) -> [PolicyRemark] {
    guard !model.tunnelled.isEmpty else { return [] }
    var remarks: [PolicyRemark] = []
    for stage in model.program.stages where stage.place.layer == .network {
      for policy in stage.policies where !policy.subjects.intersection(model.tunnelled).isEmpty {
        for direction in TrafficDirection.allCases {
          for rule in policy.rules[direction] ?? []
          where rule.action == .allow && rule.ports.fixed.intersection(ConnectionSet(.tcp)).hasPorts
            && !rule.ports.fixed.contains(.tcp, AmbientTunnel.port)
            && !rule.peers.matched.intersection(model.tunnelled).isEmpty
          {
            remarks.append(
              PolicyRemark(
                code: .shutTunnel, object: policy.object.subject, location: policy.object.location(of: rule.node),
                detail:
                  "\(rule.path) leaves out TCP \(AmbientTunnel.port), on which pods of an ambient mesh get whatever comes from other pods of it"
              ))
          }
        }
      }
    }
    return remarks
  }

  private static func partlyIsolatedNamespaces(_ model: ReachModel) -> [PolicyRemark] {
    let cluster = model.cluster
    // Policies of hosts are about no pods but those on them.
    let governed = Set(
      cluster.endpoints.filter { !$0.hostNetwork && model.isGoverned($0.podClass, .ingress) }.map(\.namespace))
    return governed.sorted().compactMap { namespace in
      let open = cluster.endpoints.filter {
        $0.namespace == namespace && !$0.hostNetwork && !model.isGoverned($0.podClass, .ingress)
      }
      guard let first = open.first else { return nil }
      let names = Set(open.map(\.workload.workloadText)).sorted().prefix(4).joined(separator: ", ")
      return PolicyRemark(
        code: .noDefaultDeny, object: Subject(kind: "Namespace", name: namespace), location: first.location,
        detail: "policies isolate some of its pods, but not \(names)")
    }
  }
}
