package import Access
import Findings
import Kube

/// What an audit log shows of the use of what a cut would take away.
package struct DepthUsage: Sendable {
  /// What becomes of a change's cost.
  package enum Use: String, Sendable {
    /// Nobody made use of it as far as the log goes: taking it away costs nothing.
    case unused
    case used
    /// The log does not tell.
    case unknown
  }

  private struct Grant: Hashable {
    let binding: Subject
    let subject: Principal
  }

  /// What somebody would miss costs as much more.
  private static let surcharge = 10

  private let grants: [Grant: Use]
  /// Of the accounts of workloads, those that made a request.
  private let active: Set<AccessSubject>
  private let accounts: [Subject: AccessSubject]

  package init(_ inventory: AccessInventory, _ observed: [ObservedRequest]) {
    var grants: [Grant: Use] = [:]
    for index in inventory.givenBindings {
      let binding = inventory.bindings[index]
      // Of a role that is not there, and of what has no requests, nothing is known.
      guard binding.role != nil, !binding.isItsOwnRole else { continue }
      for subject in binding.subjects {
        grants[Grant(binding: binding.object.subject, subject: subject.principal)] = .used
      }
    }
    for item in UnusedAccess.unusedRules(inventory, observed) where item.usedRules == 0 && item.partly.isEmpty {
      let binding = inventory.bindings[item.binding].object.subject
      grants[Grant(binding: binding, subject: item.subject.principal)] = .unused
    }
    self.grants = grants
    active = Set(UnusedAccess.lastUses(observed).keys)
    accounts = Dictionary(
      inventory.snapshot.workloads.map { workload in
        (
          inventory.snapshot.workload(of: workload.object),
          AccessSubject.serviceAccount(
            namespace: workload.object.effectiveNamespace, name: workload.template.serviceAccountName)
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  package func use(of change: DepthChange) -> Use {
    switch change {
    case .revoke(let binding, let subject): return grants[Grant(binding: binding, subject: subject)] ?? .unknown
    case .withholdToken(let workload):
      return accounts[workload].map { active.contains($0) ? .used : .unused } ?? .unknown
    case .confine, .isolate, .closeEntry, .enforcePodSecurity: return .unknown
    }
  }

  package func cost(of change: DepthChange) -> Int {
    switch use(of: change) {
    case .unused: 0
    case .used: change.usualCost + Self.surcharge
    case .unknown: change.usualCost
    }
  }
}
