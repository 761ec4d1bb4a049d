package import Access
import Findings
import Kube
import PodSecurity

/// What of a graph rights, pods and nodes make. What the network makes stands in a part of its own, and the two know nothing of
/// each other, so that they can be found at the same time.
package struct AccessPart: Sendable {
  /// What it is built of, in order.
  enum Section: Int, CaseIterable {
    case access
    case podPlaces
    case pods
    case nodes
  }

  let inventory: AccessInventory
  package let admission: (any AdmissionVerdicts)?
  let profile: AccessProfile
  let escalation: EscalationGraph
  /// By the number of an edge of the escalation graph.
  let escalationSteps: [EscalationGraph.Step]
  let workloads: WorkloadNames
  let tokens: TokenMounts
  var confinements: [PodConfinement] = []
  /// Identities and Secrets that have their places already.
  var identities = Set<AccessSubject>()
  var secrets = Set<DepthPosition>()
  var secretNamespaces: Set<String>
  let knownMembers: Set<AccessSubject>
  /// By workload: what its template alone says.
  let facts: [WorkloadFacts]
  /// By account: whether it may read logs of pods, of those whose pods carry a token.
  var logReaders: [AccessSubject: Bool] = [:]
  /// Names of pods to which rights are restricted, by namespace.
  var podNames: [String: Set<String>] = [:]
  var steps = StepTable()
  /// How many steps there are at the end of a section.
  private var ends: [Section: Int] = [:]

  /// - Parameters:
  ///   - admission: nil where no policy of the cluster stands in the way of pods.
  ///   - kept: what `DepthGraph.kept(of:in:changed:)` found.
  ///   - old: of the cluster before a change.
  package init(
    _ inventory: AccessInventory, admission: (any AdmissionVerdicts)?, keeping kept: DepthGraph.Kept = .nothing,
    of old: AccessPart? = nil
  ) {
    let snapshot = inventory.snapshot
    let known = kept == .nothing ? nil : old
    self.inventory = inventory
    self.admission = admission
    workloads = kept == .allBut(.access) ? known?.workloads ?? WorkloadNames(snapshot) : WorkloadNames(snapshot)
    tokens = TokenMounts(snapshot)
    knownMembers = Set(inventory.allSubjects)
    if let known, kept == .allBut(.access) {
      facts = known.facts
    } else {
      facts = WorkloadFacts.all(workloads.all, ClaimedVolumes(snapshot), known: known, kept)
    }
    profile = AccessProfile(inventory)
    escalation = EscalationGraph(
      profile, namespaces: Set(workloads.all.map { $0.object.effectiveNamespace }), escapes: facts.map(\.escapes))
    escalationSteps = escalation.steps
    // Their Secrets are among all in the escalation graph.
    secretNamespaces = Set(escalation.namespaces)
    steps.reserve(places: workloads.all.count * 4, edges: escalationSteps.count + workloads.all.count * 10)
    addAccess()
    end(.access)
    podNames = namedPods()
    logReaders = readersOfLogs()
    addPodPlaces()
    end(.podPlaces)
    if let known, kept == .allBut(.access) {
      if known.logReaders == logReaders, known.podNames == podNames {
        confinements = known.confinements
        append(known, .pods)
      } else {
        addPods()
      }
      end(.pods)
      append(known, .nodes)
      end(.nodes)
    } else {
      addPods()
      end(.pods)
      addNodes()
      end(.nodes)
    }
  }

  /// The part of a cluster in which some objects are others than in that of another part.
  ///
  /// - Parameter old: nil where there is none to begin with.
  package static func changed(
    _ old: AccessPart?, _ inventory: AccessInventory, admission: (any AdmissionVerdicts)?, keeping kept: DepthGraph.Kept
  ) -> AccessPart {
    if let old, [.allBut(.network), .allBut(.entryPoints)].contains(kept) { return old }
    return AccessPart(inventory, admission: admission, keeping: kept, of: old)
  }

  private mutating func end(_ section: Section) { ends[section] = steps.edges.count }

  private mutating func append(_ other: AccessPart, _ section: Section) {
    guard let before = Section(rawValue: section.rawValue - 1), let start = other.ends[before],
      let end = other.ends[section]
    else { return }
    steps.append(other.steps, start..<end)
  }

  mutating func place(_ position: DepthPosition) -> Int { steps.place(position) }

  mutating func add(
    _ from: DepthPosition, _ to: DepthPosition, _ technique: Technique, _ standing: [StandingControl] = [],
    _ evidence: DepthGraph.Evidence, doubt: DepthGraph.Doubt? = nil
  ) {
    steps.add(from, to, technique, standing, evidence, doubt: doubt)
  }
}
