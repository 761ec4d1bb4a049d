package import Access
package import Findings
import Kube
import Reach

/// What audit logs and flow logs show of the use of what a cut would take away.
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
  private let hasRequests: Bool
  private let flows: ObservedFlows?
  /// What the audit logs cover; nil without any.
  package let requestSpan: LogSpan?
  /// What the flow logs cover; nil without any.
  package var flowSpan: LogSpan? { flows?.span }
  /// By what opens it: the workloads behind an entry point, and whether a controller's pods stand in between.
  private var entries: [Subject: (workloads: Set<Subject>, isRouted: Bool)] = [:]

  /// Traffic that a change would stop.
  package struct Broken: Sendable, Hashable {
    package let source: ObservedFlows.Source
    package let workload: Subject
    /// Records of flow logs.
    package let records: Int
  }

  /// - Parameters:
  ///   - observed: the requests of audit logs; nil without any.
  ///   - flows: of flow logs; nil without any.
  package init(_ graph: DepthGraph, _ observed: [ObservedRequest]?, flows: ObservedFlows?) {
    self.init(graph.input.inventory, observed, flows: flows)
    for entry in graph.exposure.entryPoints {
      let key: Subject
      switch entry.via {
      case .service(_, let namespace, let name): key = Subject(kind: "Service", namespace: namespace, name: name)
      case .route(let object, let namespace, _):
        key = Subject(group: object.group, kind: object.kind, namespace: namespace, name: object.name)
      case .hostPort, .hostNetwork: continue
      }
      entries[key, default: ([], entry.isRouted)].workloads.insert(entry.workload)
    }
  }

  package init(_ inventory: AccessInventory, _ observed: [ObservedRequest]?, flows: ObservedFlows? = nil) {
    self.flows = flows
    hasRequests = observed != nil
    requestSpan = observed.map { LogSpan($0.lazy.map(\.time)) }
    let observed = observed ?? []
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
    case .revoke(let binding, let subject):
      return hasRequests ? grants[Grant(binding: binding, subject: subject)] ?? .unknown : .unknown
    case .withholdToken(let workload):
      return hasRequests ? accounts[workload].map { active.contains($0) ? .used : .unused } ?? .unknown : .unknown
    case .isolate, .closeEntry:
      guard let flows else { return .unknown }
      if !broken(by: change).isEmpty { return .used }
      // What reaches a route comes by the pods of its controller: whose it is, flows do not tell.
      if case .closeEntry(let entry) = change {
        guard let known = entries[entry] else { return .unknown }
        if known.isRouted, known.workloads.contains(where: { flows.inbound[$0] != nil }) { return .unknown }
      }
      // A part of a log does not tell what nobody uses.
      return flows.isWhole ? .unused : .unknown
    case .confine, .enforcePodSecurity: return .unknown
    }
  }

  /// Observed traffic that a change would stop, most of it first; empty without flow logs, too.
  package func broken(by change: DepthChange) -> [Broken] {
    guard let flows else { return [] }
    let found: [Broken]
    switch change {
    case .isolate(let workload):
      found = (flows.inbound[workload] ?? [:]).map { Broken(source: $0.key, workload: workload, records: $0.value) }
    case .closeEntry(let entry):
      found = (entries[entry]?.workloads ?? []).compactMap { workload in
        flows.inbound[workload]?[.outside].map { Broken(source: .outside, workload: workload, records: $0) }
      }
    case .revoke, .withholdToken, .confine, .enforcePodSecurity: return []
    }
    return found.sorted {
      ($1.records, $0.workload.text, $0.source.text) < ($0.records, $1.workload.text, $1.source.text)
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
