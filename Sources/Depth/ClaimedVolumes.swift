import Bytes
import Kube

/// Volumes that lie on the node behind a claim: Pod Security does not look through a PersistentVolumeClaim.
struct ClaimedVolumes {
  /// Paths of nodes by `NAMESPACE/CLAIM`.
  private let paths: [String: String]

  init(_ snapshot: ClusterSnapshot) {
    var byVolume: [String: String] = [:]
    var paths: [String: String] = [:]
    for volume in snapshot.objects(GroupKind("", "PersistentVolume")) {
      guard let path = volume.spec?[path: "hostPath", "path"]?.string ?? volume.spec?[path: "local", "path"]?.string
      else { continue }
      byVolume[volume.name] = path
      if let claim = volume.spec?["claimRef"], let name = claim["name"]?.text {
        paths[(claim["namespace"]?.text ?? "default") + "/" + name] = path
      }
    }
    for claim in snapshot.objects(GroupKind("", "PersistentVolumeClaim")) {
      guard let volume = claim.spec?["volumeName"]?.text, let path = byVolume[volume] else { continue }
      paths[claim.effectiveNamespace + "/" + claim.name] = path
    }
    self.paths = paths
  }

  /// The template with the paths of nodes in the place of claims on them.
  func resolved(_ template: PodTemplate, namespace: String) -> PodTemplate {
    guard !paths.isEmpty, case .object(let spec) = template.spec.content else { return template }
    var changed = false
    let volumes = template.volumes.map { volume -> DocumentNode in
      guard let claim = volume[path: "persistentVolumeClaim", "claimName"]?.text,
        let path = paths[namespace + "/" + claim]
      else { return volume }
      changed = true
      let host = DocumentNode(.object(Mapping([.init(key: "path", value: DocumentNode(.string(path)))])))
      return DocumentNode(
        .object(
          Mapping([
            .init(key: "name", value: volume["name"] ?? DocumentNode(.string(""))), .init(key: "hostPath", value: host),
          ])), line: volume.line, column: volume.column)
    }
    guard changed else { return template }
    let entries = spec.entries.map { entry in
      entry.key == "volumes"
        ? Mapping.Entry(
          key: entry.key, line: entry.line, column: entry.column,
          value: DocumentNode(.array(volumes), line: entry.value.line, column: entry.value.column)) : entry
    }
    return PodTemplate(
      metadata: template.metadata,
      spec: DocumentNode(.object(Mapping(entries)), line: template.spec.line, column: template.spec.column),
      path: template.path)
  }
}
