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
  /// Groups by user name, in order.
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
