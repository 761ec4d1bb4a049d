import Bytes
import Kube
import TestKit

@testable import Admission

/// Rows that a real API server answered, beside the repository.
enum RecordedRows {
  static func read(_ path: String) throws -> [DocumentNode] {
    let bytes = try SharedData.bytes("kubernetes-recorded/" + path)
    return JSONReader.readStream(bytes.span, limits: .standard).documents
  }

  /// Where two documents differ, one line each.
  static func differences(_ a: DocumentNode, _ b: DocumentNode, _ path: String = "") -> [String] {
    func short(_ node: DocumentNode?) -> String { node.map { String(JSONWriter.compact($0).prefix(160)) } ?? "(none)" }
    if let x = a.mapping, let y = b.mapping {
      var keys = x.entries.map(\.key)
      for entry in y.entries where !keys.contains(entry.key) { keys.append(entry.key) }
      return keys.flatMap { key -> [String] in
        switch (x[key], y[key]) {
        case (let u?, let v?): return differences(u, v, path + "." + key)
        case (let u, let v): return ["\(path).\(key): \(short(u)) | \(short(v))"]
        }
      }
    }
    if let x = a.array, let y = b.array, x.count == y.count {
      return zip(x, y).enumerated().flatMap { differences($1.0, $1.1, "\(path)[\($0)]") }
    }
    return a == b ? [] : ["\(path): \(short(a)) | \(short(b))"]
  }

  static func text(_ node: DocumentNode?, _ key: String) -> String { node?[key]?.string ?? "" }

  /// The request that sends a new object.
  static func creation(_ object: DocumentNode, namespace: String, user: AdmissionRequest.User, _ resources: ResourceTable)
    -> AdmissionRequest?
  {
    guard let apiVersion = object["apiVersion"]?.string, let kind = object["kind"]?.string else { return nil }
    let (group, version) = APIResource.split(apiVersion: apiVersion)
    let own = AdmissionRequest.Kind(group: group, version: version, kind: kind)
    let newest = resources.resource(of: own) ?? resources.all.first { $0.group == group && $0.kind == kind && $0.subresource.isEmpty }
    guard let resource = newest else { return nil }
    return AdmissionRequest(
      kind: own, resource: .init(group: group, version: version, resource: resource.resource),
      name: object[path: "metadata", "name"]?.string ?? "", namespace: resource.isNamespaced ? namespace : "",
      operation: .create, user: user, object: object)
  }
}
