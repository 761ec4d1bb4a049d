import Bytes
import Findings
import Kube

/// Objects that tell a controller to change what it applies: what comes of it is in no file.
enum AppliedPatches {
  /// Where a kind keeps such changes, and what it applies them to. A new kind is one line here.
  private static let places: [(kind: GroupKind, changes: [[String]], target: [String])] = [
    (GroupKind("kustomize.toolkit.fluxcd.io", "Kustomization"), [["patches"], ["patchesStrategicMerge"]], ["path"]),
    (GroupKind("helm.toolkit.fluxcd.io", "HelmRelease"), [["postRenderers"]], ["chart", "spec", "chart"]),
    (GroupKind("argoproj.io", "Application"), [["source", "kustomize", "patches"]], ["source", "path"]),
  ]

  /// One entry for each; none for objects of a cluster, where the outcome is at hand.
  static func notEvaluated(in snapshot: ClusterSnapshot) -> [NotEvaluated] {
    guard snapshot.serverMinor == nil else { return [] }
    return places.flatMap { place in
      snapshot.objects(place.kind).compactMap { object -> NotEvaluated? in
        guard object.uid == nil, let spec = object.spec,
          let found = place.changes.first(where: { !(value(spec, $0)?.elements ?? []).isEmpty }),
          let name = found.last
        else { return nil }
        let target = value(spec, place.target)?.string.map { " to \($0)" } ?? ""
        return NotEvaluated(
          check: nil, subject: nil,
          reason:
            "\(object.location.text): \(object.subject.text): its \(name) are applied\(target) in the cluster, and what comes of it was not seen"
        )
      }
    }
  }

  private static func value(_ node: DocumentNode, _ path: [String]) -> DocumentNode? {
    path.reduce(Optional(node)) { $0?[$1] }
  }
}
