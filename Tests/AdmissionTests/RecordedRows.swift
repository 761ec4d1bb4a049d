import Bytes
import Kube
import TestKit
import Testing

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

  /// Says how many rows agree, and asserts it.
  ///
  /// - Parameters:
  ///   - equal: how many agree; `count` must.
  ///   - others: those that differ, each as `id: differences`.
  ///   - known: those that are known to differ, with the reason. One that differs no longer fails the list.
  static func expect(
    _ name: String, _ equal: Int, of others: [String], count: Int, known: [String: String] = [:],
    location: SourceLocation = #_sourceLocation
  ) {
    print("\(name): \(equal) agree, \(others.count) do not")
    for line in others { print(line.prefix(600)) }
    let differing = Set(others.map { String($0.prefix { $0 != ":" }) })
    #expect(differing == Set(known.keys), sourceLocation: location)
    #expect(equal == count, sourceLocation: location)
  }

  static func text(_ node: DocumentNode?, _ key: String) -> String { node?[key]?.string ?? "" }

  /// The request that sends a new object.
  static func creation(
    _ object: DocumentNode, namespace: String, user: AdmissionRequest.User, _ resources: ResourceTable
  )
    -> AdmissionRequest?
  {
    guard let apiVersion = object["apiVersion"]?.string, let kind = object["kind"]?.string else { return nil }
    let (group, version) = APIResource.split(apiVersion: apiVersion)
    let own = AdmissionRequest.Kind(group: group, version: version, kind: kind)
    let newest =
      resources.resource(of: own)
      ?? resources.all.first { $0.group == group && $0.kind == kind && $0.subresource.isEmpty }
    guard let resource = newest else { return nil }
    return AdmissionRequest(
      kind: own, resource: .init(group: group, version: version, resource: resource.resource),
      name: object[path: "metadata", "name"]?.string ?? "", namespace: resource.isNamespaced ? namespace : "",
      operation: .create, user: user, object: object)
  }
}
