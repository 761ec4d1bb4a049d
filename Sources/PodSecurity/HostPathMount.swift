import Bytes
import Findings
import Kube

/// A path of the node as a pod mounts it.
struct HostPathMount {
  let volume: String
  /// Without a trailing slash.
  let path: String
  /// True when every container that mounts it does so read-only.
  let readOnly: Bool
  let evidence: Evidence

  static func all(in template: PodTemplate) -> [HostPathMount] {
    template.volumes.enumerated().compactMap { index, volume in
      guard let raw = volume[path: "hostPath", "path"]?.string, !raw.isEmpty else { return nil }
      let name = volume["name"]?.text ?? ""
      let mounts = template.containers.flatMap { $0.node["volumeMounts"]?.elements ?? [] }
        .filter { $0["name"]?.text == name }
      return HostPathMount(
        volume: name, path: normalized(raw),
        readOnly: !mounts.isEmpty && mounts.allSatisfy { $0["readOnly"]?.bool == true },
        evidence: Evidence(in: volume, path: template.volumePath(index), ["hostPath", "path"]))
    }
  }

  private static func normalized(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return "/" + parts.joined(separator: "/")
  }
}
