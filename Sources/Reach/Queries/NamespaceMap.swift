package import Findings

/// Who can talk to whom, by namespaces: counted over classes of pods, so that its cost does not grow with their number.
package struct NamespaceMap: Sendable {
  /// A workload of a namespace, and whether it has to do with the outside.
  package struct Workload: Sendable {
    package let subject: Subject
    /// Whether addresses outside reach it, and whether it reaches any.
    package let isEntered: Bool
    package let isLeaving: Bool
  }

  /// A namespace that has pods in the input.
  package struct Namespace: Sendable {
    package let name: String
    /// By name.
    package let workloads: [Workload]
  }

  /// What the workloads of one namespace may say to those of another, or to each other.
  package struct Link: Sendable {
    /// Places in `namespaces`.
    package let from: Int
    package let to: Int
    /// Ordered pairs of different workloads that can connect, of all that there are.
    package let open: Int
    package let all: Int
    /// Nil where they differ.
    package let ports: ConnectionSet?
  }

  /// By name.
  package let namespaces: [Namespace]
  /// In the order of the namespaces; those without an open pair are absent.
  package let links: [Link]

  package init(_ model: ReachModel) {
    let rows = ReachRows(model)
    let cluster = model.cluster
    var classesOf: [Subject: Set<PodClassID>] = [:]
    for endpoint in cluster.endpoints where !endpoint.isHost {
      classesOf[endpoint.workload, default: []].insert(endpoint.podClass)
    }
    // Workloads of the same classes are one group.
    let groups = Dictionary(grouping: classesOf.keys) { (classesOf[$0] ?? []).sorted() }.map {
      (podClasses: $0.key, workloads: $0.value)
    }
    let names = Set(classesOf.keys.map { $0.namespace ?? "" }).sorted()
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var workloads = [[(text: String, workload: Workload)]](repeating: [], count: names.count)
    for group in groups {
      func says(_ direction: TrafficDirection) -> Bool {
        group.podClasses.contains { rows.outside($0, direction).contains { rows.hasPorts($0.id) } }
      }
      let isEntered = says(.ingress)
      let isLeaving = says(.egress)
      for subject in group.workloads {
        workloads[places[subject.namespace ?? ""] ?? 0].append(
          (subject.workloadText, Workload(subject: subject, isEntered: isEntered, isLeaving: isLeaving)))
      }
    }
    namespaces = names.enumerated().map { place, name in
      Namespace(name: name, workloads: workloads[place].sorted { $0.text < $1.text }.map(\.workload))
    }
    struct Tally {
      var open = 0
      var id = ConnectionSetTable.none
      var isVarious = false
    }
    var tallies = [Int: Tally]()
    let placeOf = groups.map { places[$0.workloads[0].namespace ?? ""] ?? 0 }
    var grouped = GroupedRows(rows, podClasses: groups.map(\.podClasses))
    for source in groups.indices {
      grouped.turn(to: source)
      for destination in groups.indices {
        let id = grouped.connections(to: destination)
        guard id != ConnectionSetTable.none, rows.hasPorts(id) else { continue }
        let count = groups[source].workloads.count
        let pairs = count * (source == destination ? count - 1 : groups[destination].workloads.count)
        guard pairs > 0 else { continue }
        let key = placeOf[source] * names.count + placeOf[destination]
        var tally = tallies[key] ?? Tally()
        tally.isVarious = tally.isVarious || tally.open > 0 && tally.id != id
        tally.id = id
        tally.open += pairs
        tallies[key] = tally
      }
    }
    let sizes = workloads.map(\.count)
    links = tallies.sorted { $0.key < $1.key }.map { key, tally in
      let from = key / names.count
      let to = key % names.count
      return Link(
        from: from, to: to, open: tally.open, all: sizes[from] * (from == to ? sizes[from] - 1 : sizes[to]),
        ports: tally.isVarious ? nil : rows.set(tally.id))
    }
  }
}
