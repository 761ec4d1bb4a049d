import Bytes
package import Findings
package import Kube

/// The strictest level that a namespace could enforce today, and what keeps it from the next one.
package struct PodSecurityHeadroom: Sendable {
  /// The edits by which one workload meets the next level.
  package struct Needed: Sendable {
    package let subject: Subject
    package let file: String
    package let edits: [Edit]
  }

  /// Nil for workloads of manifests that name no namespace.
  package let namespace: String?
  /// Number of workloads in the namespace.
  package let workloads: Int
  /// The strictest level and version that all workloads meet.
  package let level: PodSecurityLevel
  package let version: PodSecurityVersion
  /// The labels of the namespace; nil where no Namespace object was read.
  package let labels: NamespacePodSecurity?
  /// The next level, which `needed` reaches; nil at restricted:latest.
  package let next: (level: PodSecurityLevel, version: PodSecurityVersion)?
  package let needed: [Needed]

  /// One entry for each namespace with workloads, by name.
  package static func all(_ snapshot: ClusterSnapshot) -> [PodSecurityHeadroom] {
    let labels = Dictionary(
      snapshot.objects(.namespace).map { ($0.name, NamespacePodSecurity($0.labels)) }, uniquingKeysWith: { _, b in b })
    return Dictionary(grouping: snapshot.workloads) { $0.object.namespace }
      .sorted { ($0.key ?? "") < ($1.key ?? "") }
      .map { namespace, workloads in
        PodSecurityHeadroom(
          namespace: namespace, workloads: workloads, labels: namespace.flatMap { labels[$0] },
          serverMinor: snapshot.serverMinor)
      }
  }

  /// - Parameter serverMinor: of the server whose `latest` is meant; nil: the newest that is known.
  init(namespace: String?, workloads: [Workload], labels: NamespacePodSecurity?, serverMinor: Int? = nil) {
    self.namespace = namespace
    self.workloads = workloads.count
    self.labels = labels
    func allMeet(_ level: PodSecurityLevel, _ version: PodSecurityVersion) -> Bool {
      workloads.allSatisfy {
        PodSecurityStandard.violations($0.template, level: level, version: version.served(by: serverMinor)).isEmpty
      }
    }
    var met: (PodSecurityLevel, PodSecurityVersion) = (.privileged, .latest)
    search: for level in [PodSecurityLevel.restricted, .baseline] {
      if allMeet(level, .latest) {
        met = (level, .latest)
        break
      }
      for minor in stride(from: min(serverMinor ?? .max, PodSecurityVersion.newestKnown) - 1, through: 0, by: -1)
      where allMeet(level, PodSecurityVersion(minor: minor)) {
        met = (level, PodSecurityVersion(minor: minor))
        break search
      }
    }
    (level, version) = met
    switch met {
    case (.restricted, .latest): next = nil
    case (.restricted, _), (.baseline, .latest): next = (.restricted, .latest)
    default: next = (.baseline, .latest)
    }
    guard let next else {
      needed = []
      return
    }
    needed = workloads.compactMap { workload in
      var seen = Set<Edit>()
      let edits = PodSecurityStandard.violations(
        workload.template, level: next.level, version: next.version.served(by: serverMinor)
      )
      .flatMap(\.edits).filter { seen.insert($0).inserted }
      return edits.isEmpty ? nil : Needed(subject: workload.subject, file: workload.object.file, edits: edits)
    }.sorted { $0.subject < $1.subject }
  }
}
