package import Access
import Bytes
package import Findings
import Kube

/// A periodic access review: who holds which rights, how dangerous they are, and what should be removed.
package struct AccessReview: Sendable {
  /// One subject that has bindings of its own, or dangerous rights from anywhere.
  package struct Row: Sendable {
    package let subject: AccessSubject
    /// From A (nothing dangerous) to F (cluster admin or equivalent).
    package let grade: String
    package let exposures: [AccessProfile.Exposure]
    /// Bindings of the subject itself.
    package let bindings: [Int]
    /// The way to cluster admin by what it holds itself; nil when there is none.
    package let way: [EscalationGraph.Step]?
    /// Whether all that it holds comes with the cluster.
    package let isShipped: Bool

    /// Steps to cluster admin; nil when there is no way.
    package var stepsToClusterAdmin: Int? { way.map(EscalationGraph.length) }
  }

  /// Something in the cluster as a whole that needs attention.
  package struct Remark: Sendable {
    /// What the review objects to. The rows of a report are grouped by it, in this order.
    package enum Kind: Sendable, CaseIterable {
      case clusterAdmin
      case ownAdministrators
      case everybody
      case everyServiceAccount
      case defaultAccount
      case personBoundDirectly
      case tokenInSecret
      case needlessToken

      /// As a heading, in lower case.
      package var title: String {
        switch self {
        case .clusterAdmin: "cluster admin"
        case .ownAdministrators: "the cluster's own administrators"
        case .everybody: "rights of everybody"
        case .everyServiceAccount: "rights of every service account"
        case .defaultAccount: "default account with rights"
        case .personBoundDirectly: "person bound directly, not through a group"
        case .tokenInSecret: "long-lived token in a Secret"
        case .needlessToken: "token mounted for an account without rights"
        }
      }
    }

    package let kind: Kind
    /// The subject or object concerned, and the binding.
    package let subject: String
    package let location: Location?
  }

  package let rows: [Row]
  package let remarks: [Remark]

  package init(_ profile: AccessProfile) {
    let inventory = profile.inventory
    let graph = EscalationGraph(profile)
    let paths = graph.paths(to: .clusterAdmin)
    rows = inventory.allSubjects.compactMap { subject in
      // What everybody holds has a row of its own; here is what comes on top of it.
      let exposures = profile.exposures(ofOwn: subject)
      let way = graph.ownSteps(from: subject, paths)
      let own = inventory.bindings(of: subject)
      guard !own.isEmpty || way != nil else { return nil }
      return Row(
        subject: subject,
        grade: Self.isEverybody(subject, own, inventory) ? "F" : Self.grade(exposures, way.map(EscalationGraph.length)),
        exposures: exposures, bindings: own, way: way, isShipped: inventory.holdsOnlyShipped(subject))
    }.sorted { $0.grade != $1.grade ? $0.grade > $1.grade : $0.subject < $1.subject }
    remarks = Self.remarks(profile)
  }

  /// Unauthenticated requests should be allowed no more than in any new cluster.
  private static func isEverybody(_ subject: AccessSubject, _ bindings: [Int], _ inventory: AccessInventory) -> Bool {
    guard subject == .group("system:unauthenticated") || subject == .user("system:anonymous") else { return false }
    return bindings.contains { index in
      let binding = inventory.bindings[index]
      guard let role = binding.role, inventory.shipper(of: subject, binding: index) == nil else { return false }
      return inventory.isWidened(role: role)
        || !["system:public-info-viewer", "system:discovery"].contains(binding.roleName)
    }
  }

  private static func grade(_ exposures: [AccessProfile.Exposure], _ steps: Int?) -> String {
    let worst = exposures.map(\.severity).max()
    if steps == 1 || worst == .critical { return "F" }
    switch worst {
    case .high: return steps == nil ? "D" : "E"
    case .medium: return steps == nil ? "C" : "D"
    // What is harmless by itself leads somewhere all the same: the one object that a right names may be the prize.
    case _ where steps != nil: return "D"
    case .low: return "B"
    default: return "A"
    }
  }

  private static func remarks(_ profile: AccessProfile) -> [Remark] {
    let inventory = profile.inventory
    var remarks: [Remark] = []
    for index in inventory.givenBindings {
      let binding = inventory.bindings[index]
      let set = profile.set(ofBinding: index)
      for subject in binding.subjects {
        func remark(_ kind: Remark.Kind) {
          remarks.append(
            Remark(
              kind: kind, subject: "\(subject.text) by \(binding.kind) \(binding.object.name)",
              location: binding.object.location))
        }
        let isAdmin = set.has(.everything) && binding.namespace == nil
        if let shipper = inventory.shipper(of: subject, binding: index) {
          if isAdmin, case .distribution = shipper { remark(.ownAdministrators) }
          continue
        }
        switch subject {
        case .group("system:unauthenticated"), .user("system:anonymous"), .group("system:authenticated"):
          remark(.everybody)
        case .group("system:serviceaccounts"): remark(.everyServiceAccount)
        case .serviceAccount(_, "default"): remark(.defaultAccount)
        case .user(let name) where !name.hasPrefix("system:"): remark(.personBoundDirectly)
        default: break
        }
        if isAdmin { remark(.clusterAdmin) }
      }
    }
    for secret in inventory.snapshot.objects(.secret)
    where secret.root["type"]?.string == "kubernetes.io/service-account-token" {
      remarks.append(
        Remark(kind: .tokenInSecret, subject: secret.subject.text, location: secret.location))
    }
    let tokens = TokenMounts(inventory.snapshot)
    for workload in inventory.snapshot.workloads {
      let namespace = workload.object.effectiveNamespace
      let account = AccessSubject.serviceAccount(namespace: namespace, name: workload.template.serviceAccountName)
      guard inventory.seesAllBindings, tokens.hasToken(workload), !workload.template.projectsToken,
        inventory.bindings(for: Identity(user: account.identity.user, groups: []), namespace: namespace).isEmpty
      else { continue }
      remarks.append(
        Remark(
          kind: .needlessToken, subject: workload.subject.text,
          location: workload.object.location))
    }
    return remarks.sorted { ($0.kind.title, $0.subject) < ($1.kind.title, $1.subject) }
  }
}
