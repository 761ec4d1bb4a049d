import Bytes
package import Findings
package import Kube

/// Who is in which group, as far as objects of a cluster tell: `aws-auth` of EKS, and the Group objects of OpenShift. Other
/// authenticators keep it to themselves.
package struct GroupMemberships: Sendable {
  /// A user who is said to be in a group, and where it is said.
  package struct Member: Sendable {
    /// The user name that requests arrive with.
    package let user: String
    /// The name outside the cluster, such as the ARN of an IAM role; nil where it is the same.
    package let identity: String?
    package let location: Location

    package var text: String { identity.map { "\(user) (\($0))" } ?? user }
  }

  /// Members by group.
  package let members: [String: [Member]]
  /// Templates of user names, with the literals between their placeholders.
  private let templates: [(text: String, literals: [String])]
  /// Groups by user name, in order. A name may be a template that the authenticator fills, such as `ops:{{SessionName}}`.
  package private(set) var groups: [String: [String]]

  init(_ snapshot: ClusterSnapshot) {
    var members: [String: [Member]] = [:]
    for object in snapshot.objects(.configMap) where Self.isAWSAuth(object) {
      for key in ["mapRoles", "mapUsers"] {
        for (member, groups) in Self.mapped(object, key) {
          for group in groups { members[group, default: []].append(member) }
        }
      }
    }
    for object in snapshot.objects(GroupKind("user.openshift.io", "Group")) {
      members[object.name, default: []] += (object.root["users"]?.strings ?? []).map {
        Member(user: $0, identity: nil, location: object.location)
      }
    }
    var groups: [String: Set<String>] = [:]
    for (group, list) in members { for member in list { groups[member.user, default: []].insert(group) } }
    self.members = members.mapValues { $0.sorted { $0.user < $1.user } }
    self.groups = groups.mapValues { $0.sorted() }
    templates = groups.keys.filter { $0.contains("{{") }.sorted().map(Self.literals)
      .filter { $0.literals.count > 1 }
  }

  /// Groups of a user, by name and by every template that makes such a name.
  package func groups(of user: String) -> [String] {
    let own = groups[user] ?? []
    let others = templates.filter { $0.text != user && Self.fits(user, $0.literals) }.flatMap { groups[$0.text] ?? [] }
    return others.isEmpty ? own : Set(own + others).sorted()
  }

  /// What stands around the placeholders of a template: `ops:{{SessionName}}` is made of `ops:` and nothing.
  private static func literals(_ template: String) -> (text: String, literals: [String]) {
    var literals: [String] = []
    var rest = template[...]
    while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
      literals.append(String(rest[..<start.lowerBound]))
      rest = rest[end.upperBound...]
    }
    return (template, literals + [String(rest)])
  }

  /// Whether a name may come of a template, each of whose placeholders stands for some text.
  private static func fits(_ name: String, _ literals: [String]) -> Bool {
    guard let first = literals.first, let last = literals.last, name.hasPrefix(first) else { return false }
    var rest = name.dropFirst(first.count)
    for literal in literals.dropFirst().dropLast() {
      guard let range = rest.dropFirst().firstRange(of: literal) else { return false }
      rest = literal.isEmpty ? rest.dropFirst() : rest[range.upperBound...]
    }
    return rest.count > last.count && rest.hasSuffix(last)
  }

  /// The ConfigMap by which EKS maps IAM to users and groups.
  package static func isAWSAuth(_ object: KubeObject) -> Bool {
    object.name == "aws-auth" && object.groupKind == .configMap && object.effectiveNamespace == "kube-system"
  }

  /// Entries of one key of `aws-auth`, each with its groups.
  ///
  /// Source: docs.aws.amazon.com, "Grant IAM users access to Kubernetes with a ConfigMap".
  package static func mapped(_ object: KubeObject, _ key: String) -> [(member: Member, groups: [String])] {
    guard let text = object.root[path: "data", key]?.string else { return [] }
    let stream = DocumentReader.read(Array(text.utf8), limits: .standard)
    return stream.documents.flatMap { $0.elements }.compactMap { entry in
      guard let identity = entry["rolearn"]?.string ?? entry["userarn"]?.string else { return nil }
      let user = entry["username"]?.text ?? identity
      return (
        Member(
          user: user, identity: user == identity ? nil : identity, location: object.location(of: object.root["data"])),
        entry["groups"]?.strings ?? []
      )
    }
  }

  mutating func add(_ names: [String], ofUser user: String) {
    groups[user] = Set((groups[user] ?? []) + names).sorted()
  }

  /// The user name of somebody who is known by a name outside the cluster.
  package func user(of identity: String) -> String? {
    members.values.lazy.flatMap { $0 }.first { $0.identity == identity }?.user
  }
}
