import Bytes
import Kube

/// What Helm keeps of a release in its Secret or ConfigMap.
///
/// Source: helm.sh, "Storage backends"; helm/pkg/storage/driver: JSON, compressed by gzip, in base64, which a Secret encodes once more.
package struct HelmRelease: Sendable {
  package let name: String
  package let namespace: String
  package let revision: Int
  /// `deployed`, `failed`, `superseded` and others.
  package let status: String
  /// Nil where only the labels of the record could be read.
  package let chart: String?
  package let chartVersion: String?
  package let appVersion: String?
  /// When the release was last changed, as Helm writes it; nil where it is not known.
  package let changed: String?

  private static let type = "helm.sh/release.v1"

  /// - Returns: nil for an object that is no record of a release.
  init?(_ object: KubeObject) {
    let labels = object.labels
    let isSecret = object.groupKind == .secret && object.root["type"]?.string == Self.type
    let isConfigMap = object.groupKind == .configMap && labels["owner"] == "helm" && labels["name"] != nil
    guard isSecret || isConfigMap else { return nil }
    let document = object.root[path: "data", "release"]?.string.flatMap { Self.decoded($0, isSecret: isSecret) }
    let metadata = document?[path: "chart", "metadata"]
    guard let name = document?["name"]?.string ?? labels["name"] ?? Self.name(object.name) else { return nil }
    self.name = name
    namespace = document?["namespace"]?.string ?? object.effectiveNamespace
    revision =
      document?["version"]?.int.flatMap { Int(exactly: $0) } ?? labels["version"].flatMap { Int($0) }
      ?? Int(object.name.split(separator: ".").last?.dropFirst() ?? "") ?? 0
    status = document?[path: "info", "status"]?.string ?? labels["status"] ?? "unknown"
    chart = metadata?["name"]?.string
    chartVersion = metadata?["version"]?.text
    appVersion = metadata?["appVersion"]?.text
    changed = document?[path: "info", "last_deployed"]?.text
  }

  /// Of `sh.helm.release.v1.NAME.v3`.
  private static func name(_ text: String) -> String? {
    let prefix = "sh.helm.release.v1."
    guard text.hasPrefix(prefix), let dot = text.lastIndex(of: ".") else { return nil }
    let name = text[
      text.index(
        text.startIndex, offsetBy: prefix.count)..<max(dot, text.index(text.startIndex, offsetBy: prefix.count))]
    return name.isEmpty ? nil : String(name)
  }

  private static func decoded(_ text: String, isSecret: Bool) -> DocumentNode? {
    var bytes = Base64.decode(text)
    if isSecret, let inner = bytes { bytes = Base64.decode(String(decoding: inner, as: UTF8.self)) }
    guard var content = bytes else { return nil }
    if Gzip.isGzip(content) {
      guard let plain = try? Gzip.decompress(content) else { return nil }
      content = plain
    }
    return try? JSONReader.read(content)
  }

  /// The current record of each release, by namespace and name.
  static func all(_ snapshot: ClusterSnapshot) -> [HelmRelease] {
    struct Key: Hashable {
      let namespace: String
      let name: String
    }
    var newest: [Key: HelmRelease] = [:]
    for object in snapshot.objects(.secret) + snapshot.objects(.configMap) {
      guard let release = HelmRelease(object) else { continue }
      let key = Key(namespace: release.namespace, name: release.name)
      // One that was taken back or failed says nothing of what runs, unless it is all there is.
      if let known = newest[key],
        (known.status == "deployed" ? 1 : 0, known.revision) >= (release.status == "deployed" ? 1 : 0, release.revision)
      {
        continue
      }
      newest[key] = release
    }
    return newest.values.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
  }
}
