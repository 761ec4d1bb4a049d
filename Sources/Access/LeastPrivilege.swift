/// The smallest roles that allow what an audit log shows.
package struct LeastPrivilege: Sendable {
  /// How far the roles may go beyond what the log shows. By default they do not: every name and every namespace is
  /// kept.
  package struct Options: Sendable {
    /// Grant all names of a resource once more than this many were used with a verb; nil keeps every name.
    package var collapseNames: Int?
    /// Grant cluster-wide what was used in more than this many namespaces; nil keeps every namespace.
    package var joinNamespaces: Int?
    /// Leave out requests that were refused when they were made.
    package var allowedOnly = false
    /// Minor version of the server that the roles are for; nil: the newest.
    package var minor: Int?

    package init() {}
  }

  /// A role with the bindings that hand it to one identity.
  package struct Grant: Sendable {
    package let subject: AccessSubject
    package fileprivate(set) var name: String
    package let rules: [PolicyRule]
    /// Nil: bound cluster-wide. One: a Role. Several: a ClusterRole with a RoleBinding in each.
    package let namespaces: [String]?
  }

  package let grants: [Grant]
  /// Requests that the grants were made from.
  package let requests: Int
  /// Requests among them that had been refused.
  package let refused: Int
  /// First and last time in the log.
  package let period: (from: String, to: String)?
  /// What the server asked besides, and the log does not let us name, with the number of requests.
  package let unproven: [(what: ObservedRequest.Unproven, subject: AccessSubject, count: Int)]
  private let checks: Set<ObservedRequest.Check>

  package init(_ observed: [ObservedRequest], subjects: Set<AccessSubject>? = nil, options: Options = Options()) {
    var wanted: [AccessSubject: [String: Set<Atom>]] = [:]
    var requests = 0
    var refused = 0
    var times: (String, String)?
    var allChecks = Set<ObservedRequest.Check>()
    var unproven: [AccessSubject: [ObservedRequest.Unproven: Int]] = [:]
    for event in observed {
      let wasRefused = event.outcome == .refused
      if wasRefused && options.allowedOnly || event.outcome == .unauthenticated { continue }
      var counted = false
      let (checks, open) = event.checks(minor: options.minor)
      for check in checks {
        let subject = Self.subject(check.user)
        guard subjects?.contains(subject) ?? true else { continue }
        let (atom, namespace) = Self.atom(check)
        wanted[subject, default: [:]][namespace, default: []].insert(atom)
        allChecks.insert(check)
        counted = true
      }
      guard counted else { continue }
      for what in open { unproven[Self.subject(event.actingUser), default: [:]][what, default: 0] += 1 }
      requests += 1
      if wasRefused { refused += 1 }
      if !event.time.isEmpty {
        times = times.map { (min($0.0, event.time), max($0.1, event.time)) } ?? (event.time, event.time)
      }
    }
    self.requests = requests
    self.refused = refused
    checks = allChecks
    period = times.map { (from: $0.0, to: $0.1) }
    self.unproven = unproven.sorted { $0.key < $1.key }.flatMap { subject, kinds in
      kinds.sorted { $0.key < $1.key }.map { ($0.key, subject, $0.value) }
    }
    grants = Self.named(wanted.sorted { $0.key < $1.key }.flatMap { Self.grants($0.key, $0.value, options) })
  }

  /// Roles for one subject that allow just these checks, whoever made them.
  package init(_ checks: Set<ObservedRequest.Check>, for subject: AccessSubject) {
    var used: [String: Set<Atom>] = [:]
    for check in checks {
      let (atom, namespace) = Self.atom(check)
      used[namespace, default: []].insert(atom)
    }
    grants = Self.named(Self.grants(subject, used, Options()))
    requests = checks.count
    refused = 0
    period = nil
    unproven = []
    self.checks = []
  }

  /// What the API server would still refuse of the log if the grants were all that its senders held, worked out by the
  /// authorizer itself.
  package func refusedByGrants(_ inventory: AccessInventory) -> [ObservedRequest.Check] {
    let authorizer = Authorizer(inventory)
    return checks.filter { check in
      !authorizer.decide(AccessRequest(identity: Identity(user: check.user), verb: check.verb, target: check.target))
        .isAllowed
    }.sorted { ($0.user, $0.verb, $0.target.text) < ($1.user, $1.verb, $1.target.text) }
  }

  /// Checks that were put to the authorizer.
  package var checked: Int { checks.count }

  private struct Atom: Hashable {
    let group: String
    let resource: String
    let verb: String
    /// Empty for any name.
    let name: String
    let url: String
  }

  private static func atom(_ check: ObservedRequest.Check) -> (atom: Atom, namespace: String) {
    switch check.target {
    case .resource(let object):
      // In the audit log a Namespace lies in its own namespace; the right to it is cluster-wide or granted within it.
      (
        Atom(group: object.group, resource: object.combined, verb: check.verb, name: object.name, url: ""),
        object.namespace
      )
    case .path(let path): (Atom(group: "", resource: "", verb: check.verb, name: "", url: path), "")
    }
  }

  private static func subject(_ user: String) -> AccessSubject { AccessSubject.account(ofUser: user) ?? .user(user) }

  private static func grants(
    _ subject: AccessSubject, _ used: [String: Set<Atom>], _ options: Options
  ) -> [Grant] {
    var used = used.mapValues { collapsed($0, options) }
    if let limit = options.joinNamespaces {
      var places: [Atom: Int] = [:]
      for (namespace, atoms) in used where !namespace.isEmpty { for atom in atoms { places[atom, default: 0] += 1 } }
      for (atom, count) in places where count > limit { used["", default: []].insert(atom) }
    }
    let everywhere = (used[""] ?? []).map(rule)
    var grants: [Grant] = []
    let base = roleName(subject)
    if !everywhere.isEmpty {
      grants.append(
        Grant(subject: subject, name: base, rules: RuleCompaction.compact(everywhere), namespaces: nil))
    }
    var byRules: [[PolicyRule]: [String]] = [:]
    for (namespace, atoms) in used where !namespace.isEmpty {
      // Rules that are granted cluster-wide need not be repeated here.
      let rules = RuleCompaction.compact(RuleCoverage.missing(atoms.map(rule), heldIn: everywhere))
      if !rules.isEmpty { byRules[rules, default: []].append(namespace) }
    }
    for (rules, namespaces) in byRules.map({ ($0.key, $0.value.sorted()) }).sorted(by: { $0.1[0] < $1.1[0] }) {
      if namespaces.count >= 3 {
        grants.append(
          Grant(subject: subject, name: "\(base)-\(namespaces[0])-and-others", rules: rules, namespaces: namespaces))
      } else {
        for namespace in namespaces {
          grants.append(Grant(subject: subject, name: base, rules: rules, namespaces: [namespace]))
        }
      }
    }
    return grants
  }

  private static func collapsed(_ atoms: Set<Atom>, _ options: Options) -> Set<Atom> {
    let groups = Dictionary(grouping: atoms) {
      Atom(group: $0.group, resource: $0.resource, verb: $0.verb, name: "", url: $0.url)
    }
    var result = Set<Atom>()
    for (any, members) in groups {
      let tooMany = options.collapseNames.map { members.count > $0 } ?? false
      if members.contains(any) || tooMany { result.insert(any) } else { result.formUnion(members) }
    }
    return result
  }

  private static func rule(_ atom: Atom) -> PolicyRule {
    atom.url.isEmpty
      ? PolicyRule(
        verbs: [atom.verb], apiGroups: [atom.group], resources: [atom.resource],
        resourceNames: atom.name.isEmpty ? [] : [atom.name])
      : PolicyRule(verbs: [atom.verb], nonResourceURLs: [atom.url])
  }

  // MARK: Names

  /// A name that the API server accepts, made from the subject's; with its digest where letters were lost.
  private static func roleName(_ subject: AccessSubject) -> String {
    let letters = subject.name.lowercased().map { character in
      character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
    }
    let name = "used-by-" + String(letters.prefix(nameLength)).split(separator: "-").joined(separator: "-")
    let readable = subject.name.replacing("/", with: "-", maxReplacements: 1)
    return name == "used-by-" + readable ? name : name + "-" + digest(subject)
  }

  /// Roles whose names are those of another subject get the digest of theirs: names are unique for each kind and namespace, and
  /// the last one that is applied wins.
  private static func named(_ grants: [Grant]) -> [Grant] {
    var holders: [String: Set<AccessSubject>] = [:]
    for grant in grants { holders[grant.name, default: []].insert(grant.subject) }
    return grants.map { grant in
      guard holders[grant.name, default: []].count > 1 else { return grant }
      var other = grant
      other.name += "-" + digest(grant.subject)
      return other
    }
  }

  private static let nameLength = 200

  /// FNV-1a over kind and name: enough to tell apart what reads the same.
  private static func digest(_ subject: AccessSubject) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in subject.text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - text.count) + text
  }
}
