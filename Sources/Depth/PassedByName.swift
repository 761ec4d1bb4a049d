import Access
import Bytes
import Findings
import Kube

/// To whose pods connections are passed on by rights that are restricted to names of pods or Services.
struct PassedByName {
  /// By what the API server is asked to pass something on.
  private static let requests: [(verbs: [String], resource: String)] = [
    (["create", "get"], "pods/portforward"), (["create", "get"], "pods/proxy"), (["create", "get"], "services/proxy"),
  ]

  private let workloads: WorkloadNames
  private let byName: [String: [Int]]
  private let byNamespace: [String: [Int]]
  private let services: [String: [KubeObject]]

  init(_ snapshot: ClusterSnapshot, _ workloads: WorkloadNames) {
    self.workloads = workloads
    byName = Dictionary(grouping: workloads.subjects.indices) { workloads.subjects[$0].name }
    byNamespace = Dictionary(grouping: workloads.all.indices) { workloads.all[$0].object.effectiveNamespace }
    services = Dictionary(grouping: snapshot.objects(.service), by: \.name)
  }

  /// Names that rights are restricted to.
  static func names(_ rights: NamedRights) -> [String] {
    Set(requests.flatMap { rights.names($0.verbs, "", $0.resource).names }).sorted()
  }

  /// - Parameter namespace: in which the rights hold; nil: in all.
  func targets(_ rights: NamedRights, namespace: String?) -> [Subject] {
    var found = Set<Subject>()
    for (verbs, resource) in Self.requests {
      for name in rights.names(verbs, "", resource).names {
        // A proxy is asked for by `scheme:name:port`, too.
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let bare = parts.count == 3 ? parts[1] : parts.count == 2 ? parts[0] : name
        let own = resource.hasPrefix("services") ? behind(bare, namespace) : pods(bare)
        for index in own where namespace == nil || namespace == workloads.all[index].object.effectiveNamespace {
          found.insert(workloads.subjects[index])
        }
      }
    }
    return found.sorted()
  }

  /// Workloads whose pods may bear the name.
  private func pods(_ name: String) -> [Int] {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    return (1...max(1, parts.count)).flatMap { byName[parts.prefix($0).joined(separator: "-")] ?? [] }
  }

  private func behind(_ service: String, _ namespace: String?) -> [Int] {
    (services[service] ?? []).flatMap { object -> [Int] in
      let place = object.effectiveNamespace
      guard namespace == nil || namespace == place, let wanted = object.spec?["selector"]?.stringMap, !wanted.isEmpty
      else { return [] }
      let selector = LabelSelector(equalTo: wanted)
      return (byNamespace[place] ?? []).filter { selector.matches(workloads.all[$0].template.labels) }
    }
  }
}
