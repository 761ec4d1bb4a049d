import Access
import Bytes
package import Depth
package import Findings
package import Kube
import Reach
import Transport

/// How deep the things worth protecting lie: asks the graph of a cluster.
package struct DepthOperation: Sendable {
  private let reach: ReachOperation
  /// Images whose application gives in.
  private let exploitable: [String]

  package init(reach: ReachOperation, exploitable: [String] = []) {
    self.reach = reach
    self.exploitable = exploitable
  }

  /// - Parameter names: positions that are asked for.
  package func graph(of snapshot: ClusterSnapshot, names: [DepthName] = []) -> DepthGraph {
    DepthGraph(input(AccessInventory(snapshot), reach.model(of: snapshot), PodAdmission(snapshot), names))
  }

  /// As `graph(of:names:)`, both of whose parts are found at the same time.
  ///
  /// - Parameter names: positions that are asked for.
  package func concurrentGraph(of snapshot: ClusterSnapshot, names: [DepthName] = []) async -> DepthGraph {
    async let network = network(of: snapshot)
    let inventory = AccessInventory(snapshot)
    let access = AccessPart(inventory, admission: PodAdmission(snapshot))
    let found = await network
    return DepthGraph(input(inventory, found.reach, access.admission, names), access, found)
  }

  /// The graphs of a cluster before and after some objects are applied, which share what the change is not about.
  ///
  /// - Parameter names: positions that are asked for.
  package func graphs(
    before: ClusterSnapshot, applying applied: ClusterSnapshot, names: [DepthName] = []
  ) async -> (before: DepthGraph, after: DepthGraph) {
    let after = before.applying(applied)
    let kept = DepthGraph.kept(of: before, in: after, changed: applied.objects)
    let keepsNetwork = [.allBut(.access), .allBut(.entryPoints)].contains(kept)
    async let oldNetwork = network(of: before)
    async let newNetwork: NetworkPart? = keepsNetwork ? nil : network(of: after)
    let oldInventory = AccessInventory(before)
    let oldAccess = AccessPart(oldInventory, admission: PodAdmission(before))
    let newInventory = AccessInventory(after)
    let newAccess = AccessPart.changed(oldAccess, newInventory, admission: PodAdmission(after), keeping: kept)
    let old = await oldNetwork
    let made = await newNetwork
    let new = made ?? NetworkPart.changed(old, to: after, keeping: kept) { reach.model(of: after) }
    async let first = DepthGraph(input(oldInventory, old.reach, oldAccess.admission, names), oldAccess, old)
    let second = DepthGraph(input(newInventory, new.reach, newAccess.admission, names), newAccess, new)
    return (await first, second)
  }

  /// The graphs of two states of a cluster.
  ///
  /// - Parameter names: positions that are asked for.
  package func graphs(
    _ old: ClusterSnapshot, _ new: ClusterSnapshot, names: [DepthName] = []
  ) async -> (before: DepthGraph, after: DepthGraph) {
    async let first = graph(of: old, names: names)
    let second = graph(of: new, names: names)
    return (await first, second)
  }

  private func network(of snapshot: ClusterSnapshot) async -> NetworkPart {
    let model = reach.model(of: snapshot)
    // Of several that are made at once, all models before any network: what is left to do is then of one size.
    await Task.yield()
    return NetworkPart(model, WorkloadNames(snapshot), brokenImages: Set(exploitable))
  }

  private func input(
    _ inventory: AccessInventory, _ reach: ReachModel, _ admission: (any AdmissionVerdicts)?, _ names: [DepthName]
  ) -> DepthGraph.Input {
    var input = DepthGraph.Input(inventory, reach)
    input.admission = admission
    input.brokenImages = Dictionary(
      exploitable.map { ($0, "named by the user") }, uniquingKeysWith: { first, _ in first })
    input.names = names
    return input
  }

  /// - Throws: `BartizanError` for an image that is said to give in and that nothing runs: a slip of the pen would make everything
  ///   look deeper.
  package func validate(_ graphs: [DepthGraph]) throws(BartizanError) {
    let run = Set(graphs.flatMap(\.images))
    for image in exploitable where !run.contains(image) {
      throw BartizanError(.input, "nothing in the input runs the image \(image)")
    }
  }

  /// - Throws: `BartizanError` for a text that is not spelt like a position.
  package static func name(_ text: String) throws(BartizanError) -> DepthName {
    guard let name = DepthName(text) else {
      throw BartizanError(.usage, "\"\(text)\" is no position; one is \(DepthName.spellings)")
    }
    return name
  }

  /// - Throws: `BartizanError` where the input holds nothing of the name.
  package static func positions(of name: DepthName, called text: String, in graph: DepthGraph) throws(BartizanError)
    -> [DepthPosition]
  {
    let found = graph.positions(of: name)
    if found.isEmpty { throw BartizanError(.input, "nothing in the input is called \(text)") }
    return found
  }

  // MARK: Crown jewels

  /// An entry of a file of things worth protecting.
  package struct Jewel: Sendable {
    package let text: String
    package let target: DepthName
    package let name: String
    package let value: String?
    let place: String
  }

  private static let keys: Set<String> = ["target", "name", "value"]

  /// Reads a YAML list of `target`, `name` and `value`.
  ///
  /// - Throws: `BartizanError` for a file that cannot be read or is none.
  package static func jewels(_ path: String) throws(BartizanError) -> [Jewel] {
    let stream = DocumentReader.read(try FileReader.named(path))
    if let error = stream.errors.first { throw BartizanError(.input, "\(path):\(error.line): \(error.message)") }
    var found: [Jewel] = []
    for document in stream.documents {
      guard let entries = document.array else {
        throw BartizanError(.input, "\(path): not a list of targets, each with target, name and value")
      }
      for entry in entries {
        let place = "\(path):\(entry.line)"
        guard entry.mapping != nil else { throw BartizanError(.input, "\(place): not a mapping with a target") }
        if let other = entry.entries.first(where: { !keys.contains($0.key) }) {
          throw BartizanError(.input, "\(place): unknown field \"\(other.key)\"; there are target, name and value")
        }
        for key in ["name", "value"] where entry[key].map({ $0.text == nil && !$0.isNull }) ?? false {
          throw BartizanError(.input, "\(place): \(key) is not a text")
        }
        guard let text = entry["target"]?.text else { throw BartizanError(.input, "\(place): it has no target") }
        guard let target = DepthName(text) else {
          throw BartizanError(.input, "\(place): \"\(text)\" is no target; one is \(DepthName.spellings)")
        }
        found.append(
          Jewel(
            text: text, target: target, name: entry["name"]?.text ?? text, value: entry["value"]?.text, place: place))
      }
    }
    if found.isEmpty { throw BartizanError(.input, "\(path): it names no target") }
    return found
  }

  /// Those of a file, then those that are found by themselves.
  ///
  /// - Parameter others: graphs in which they may be instead: the cluster before a change, or after it.
  /// - Throws: `BartizanError` for one that the input does not hold.
  package static func targets(
    _ graph: DepthGraph, _ jewels: [Jewel], orIn others: [DepthGraph] = []
  ) throws(BartizanError) -> [DepthTarget] {
    var targets: [DepthTarget] = []
    var seen = Set<DepthPosition>()
    for jewel in jewels {
      let positions = ([graph] + others).flatMap { $0.positions(of: jewel.target) }
      if positions.isEmpty {
        throw BartizanError(.input, "\(jewel.place): nothing in the input is called \(jewel.text)")
      }
      for position in positions where seen.insert(position).inserted {
        targets.append(DepthTarget(name: jewel.name, position: position, value: jewel.value))
      }
    }
    return targets + graph.targets.filter { seen.insert($0.position).inserted }
  }

  // MARK: What was not seen

  /// Kinds that answers rest on and that were not seen whole.
  ///
  /// Every cluster has Secrets in kube-system, which files seldom hold: where they can be read, what lies behind them is not known.
  ///
  /// - Parameters:
  ///   - starts: from which something was asked for.
  ///   - answers: of which those that say that nothing leads there rest on it.
  package static func notSeen(
    _ graph: DepthGraph, from starts: [DepthPosition], _ answers: some Sequence<DepthField.Answer>
  ) -> [NotSeen] {
    let found = notSeen(graph)
    guard answers.contains(where: { $0.depth == nil }),
      let secrets = SystemObjects.unseenSecrets(graph.input.inventory.snapshot),
      let field = graph.field(from: starts, graph.solver()), graph.readsSecrets(of: SystemObjects.namespace, field)
    else { return found }
    return (found + [secrets]).sorted()
  }

  /// What a change does that is not in the graphs of before and after: objects whose effect is up to a controller.
  ///
  /// - Parameters:
  ///   - old: the cluster before.
  ///   - new: what was applied to it, or the cluster after.
  ///   - isWhole: whether objects that are not in `new` are gone.
  package static func notJudged(from old: ClusterSnapshot, to new: ClusterSnapshot, isWhole: Bool) -> [NotSeen] {
    let came = UnjudgedObjects.changed(new.objects, from: old)
    let left = isWhole ? UnjudgedObjects.changed(old.objects, from: new) : []
    return Set(came + left).sorted()
  }

  /// Kinds that a depth rests on and that were not seen whole.
  package static func notSeen(_ graph: DepthGraph) -> [NotSeen] {
    let snapshot = graph.input.inventory.snapshot
    let kinds =
      AccessInventory.kinds + [.serviceAccount, .secret, .namespace, .configMap, GroupKind("", "Service")]
      + PodTemplateCatalogue.kinds + [
        GroupKind("", "Node"), GroupKind("", "PersistentVolume"), GroupKind("", "PersistentVolumeClaim"),
        GroupKind("networking.k8s.io", "Ingress"),
        GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
      ]
    let inventory = graph.input.inventory
    var found = Set(
      snapshot.notSeen(anyOf: kinds) + graph.input.reach.notSeenOfAll + graph.unreadRoutes
        + inventory.unknownGrants(inventory.givenBindings))
    // A copy of a cluster holds what its installers have made.
    if snapshot.serverMinor == nil, !inventory.hasAllRoles { found.formUnion(UnjudgedObjects.installed(by: snapshot)) }
    // Without a single pod there is nothing that a path could lead through.
    if graph.hasNoPods, !found.contains(where: { $0.kind == .pod }) {
      found.insert(NotSeen(.pod, reason: "the input holds no pods and no workloads, through which paths lead"))
    }
    return found.sorted()
  }
}
