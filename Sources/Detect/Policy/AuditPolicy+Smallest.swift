package import Bytes

extension AuditPolicy {
  /// The smallest policy under which all of these rules can fire: what each request needs at most, and nothing of the
  /// rest unless a rule is about requests of every kind.
  ///
  /// - Returns: the policy as a manifest.
  package static func smallest(for set: RuleSet) -> DocumentNode {
    struct Target: Hashable, Comparable {
      let group: String
      let resource: String

      static func < (a: Target, b: Target) -> Bool { (a.group, a.resource) < (b.group, b.resource) }
    }
    var levels: [Target: [String: Level]] = [:]
    var isForAll = false
    for rule in set.rules {
      guard let needs = RuleNeeds(rule.tree, rule.info.logSource) else { continue }
      isForAll = isForAll || needs.isGeneral
      for need in needs.needs where !need.request.resource.isEmpty {
        let request = need.request
        let whole = request.subresource.isEmpty ? request.resource : request.resource + "/" + request.subresource
        let target = Target(group: request.group, resource: whole == request.resource + "/*" ? request.resource : whole)
        levels[target, default: [:]][request.verb] = max(levels[target]?[request.verb] ?? .metadata, need.level)
      }
    }
    // Targets with the same verbs at the same level are one rule.
    struct Block: Hashable {
      let level: Level
      let verbs: [String]
    }
    var blocks: [Block: [Target]] = [:]
    for (target, verbs) in levels {
      for level in Level.allCases where level != .none {
        let own = verbs.filter { $0.value == level }.keys.sorted()
        if !own.isEmpty { blocks[Block(level: level, verbs: own), default: []].append(target) }
      }
    }
    let order = blocks.keys.sorted {
      ($1.level, $0.verbs.joined(separator: ",")) < ($0.level, $1.verbs.joined(separator: ","))
    }
    var rules: [DocumentNode] = order.map { block in
      let targets = (blocks[block] ?? []).sorted()
      let groups = Set(targets.map(\.group)).sorted()
      return [
        "level": DocumentNode(.string(block.level.rawValue)),
        "verbs": DocumentNode(.array(block.verbs.map { DocumentNode(.string($0)) })),
        "resources": DocumentNode(
          .array(
            groups.map { group in
              [
                "group": DocumentNode(.string(group)),
                "resources": DocumentNode(
                  .array(targets.filter { $0.group == group }.map { DocumentNode(.string($0.resource)) })),
              ]
            })),
      ]
    }
    // Rejected credentials and refusals can be of any request.
    if isForAll { rules.append(["level": "Metadata"]) }
    return [
      "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
      "rules": DocumentNode(.array(rules)),
    ]
  }
}
