package import Findings
import Kube

/// What is odd about the policies themselves.
package struct PolicyLint: Sendable {
  package struct Remark: Sendable {
    package let code: String
    /// Nil where the problem is not of one object.
    package let object: Subject?
    package let location: Location
    /// What is odd, without the object's name.
    package let detail: String

    package var message: String { (object.map { $0.text + ": " } ?? "") + detail }
  }

  package let remarks: [Remark]

  package init(_ model: ReachModel) {
    let cluster = model.cluster
    // Problems are reported by place and sentence; the sentence begins with the object.
    var subjects: [String: Subject] = [:]
    for object in PolicyDialects.kinds.flatMap(model.input.objects) {
      subjects["\(object.file) \(object.subject.text)"] = object.subject
    }
    var remarks: [Remark] = model.problems.map { problem in
      let start = problem.message.firstRange(of: ": ").map { String(problem.message[..<$0.lowerBound]) } ?? ""
      let object = subjects["\(problem.location.file) \(start)"]
      return Remark(
        code: problem.code.rawValue, object: object, location: problem.location,
        detail: String(problem.message.dropFirst(object.map { $0.text.count + 2 } ?? 0)))
    }
    let rows = ReachRows(model)
    // One pod stands for the policy's: asking all of them is for small clusters only.
    func reachesDNS(_ unit: Int) -> Bool {
      (0..<cluster.unitCount).contains { peer in
        let set = rows.set(rows.side(unit, .egress, peer))
        return set.contains(.udp, 53) || set.contains(.tcp, 53)
      }
    }
    for stage in model.program.stages {
      for policy in stage.policies {
        func remark(_ code: String, _ location: Location, _ detail: String) {
          remarks.append(
            Remark(code: code, object: policy.object.subject, location: location, detail: detail))
        }
        if policy.subjects.isEmpty {
          remark("selects-nothing", policy.object.location, "it selects no pod of the input")
          continue
        }
        for (direction, rules) in policy.rules.enumerated() {
          var before: [PolicyProgram.Rule] = []
          for rule in rules ?? [] {
            let place = policy.object.location(of: rule.node)
            if rule.peers.units.isEmpty, rule.peers.maybe == nil {
              remark("peer-matches-nothing", place, "\(rule.path) matches no pod and no address of the input")
            } else if rule.near == nil, rule.ports.named.isEmpty,
              let other = before.first(where: { Self.covers($0, rule) })
            {
              remark("shadowed-rule", place, "\(rule.path) says nothing that \(other.path) has not said already")
            }
            before.append(rule)
          }
          // Names cannot be resolved by a pod whose egress is isolated without a way to port 53.
          if direction == 1, policy.isolates[1],
            stage.name == KubernetesNetworkPolicy.stageName || stage.name.hasPrefix("tier"),
            !(rules ?? []).isEmpty, let unit = policy.subjects.elements.first(where: { $0 < cluster.units.count }),
            !reachesDNS(unit)
          {
            remark("no-dns", policy.object.location, "its pods reach nothing on port 53, so they resolve no names")
          }
        }
      }
    }
    for stage in model.program.stages where stage.name == KubernetesNetworkPolicy.stageName {
      remarks += Self.redundancies(stage.policies)
    }
    let governed = Set(cluster.endpoints.filter { model.isGoverned($0.unit, .ingress) }.map(\.namespace))
    for namespace in Set(cluster.endpoints.map(\.namespace)).sorted() where governed.contains(namespace) {
      let open = cluster.endpoints.filter {
        $0.namespace == namespace && !$0.hostNetwork && !model.isGoverned($0.unit, .ingress)
      }
      if let first = open.first {
        remarks.append(
          Remark(
            code: "no-default-deny", object: Subject(kind: "Namespace", name: namespace), location: first.location,
            detail:
              "policies isolate some of its pods, but not \(Set(open.map(\.workloadText)).sorted().prefix(4).joined(separator: ", "))"
          ))
      }
    }
    var seen = Set<String>()
    self.remarks = remarks.filter { seen.insert($0.code + $0.location.text + $0.message).inserted }
      .sorted { ($0.location, $0.code, $0.message) < ($1.location, $1.code, $1.message) }
  }

  /// Rules that another policy says for all of the same pods. Within a policy the shadowed rule is told already.
  private static func redundancies(_ policies: [PolicyProgram.Policy]) -> [Remark] {
    var remarks: [Remark] = []
    for (_, list) in Dictionary(grouping: policies, by: { $0.object.effectiveNamespace }) where list.count <= 200 {
      for (index, policy) in list.enumerated() where !policy.subjects.isEmpty {
        for direction in 0..<2 {
          for rule in policy.rules[direction] ?? [] where !rule.peers.units.isEmpty && rule.ports.named.isEmpty {
            let found = list.enumerated().first { position, other in
              guard position != index, let rules = other.rules[direction] else { return false }
              var missing = policy.subjects
              missing.subtract(other.subjects)
              guard missing.isEmpty, let same = rules.first(where: { covers($0, rule) }) else { return false }
              // Of two that say the same the later one is redundant.
              return position < index || other.subjects != policy.subjects || !covers(rule, same)
            }
            if let found {
              remarks.append(
                Remark(
                  code: "redundant-rule", object: policy.object.subject,
                  location: policy.object.location(of: rule.node),
                  detail: "\(rule.path) allows nothing that \(found.element.object.name) does not allow already"))
            }
          }
        }
      }
    }
    return remarks
  }

  private static func covers(_ a: PolicyProgram.Rule, _ b: PolicyProgram.Rule) -> Bool {
    guard a.near == nil, b.ports.fixed.subtracting(a.ports.fixed).isEmpty else { return false }
    var rest = b.peers.units
    rest.subtract(a.peers.units)
    return rest.isEmpty && b.peers.maybe == nil
  }
}
