import Findings
import Kube
import Reach
import TestKit
import Testing

/// Manifests of small clusters, written short.
enum SmallCluster {
  static func namespace(_ name: String, _ labels: String = "") -> String {
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(name), labels: {\(labels)}}\n---\n"
  }

  /// A pod labelled `app: NAME`.
  ///
  /// - Parameters:
  ///   - more: labels, `key: value` with commas between them.
  ///   - spec: fields of its spec, ending in a comma.
  static func pod(
    _ namespace: String, _ name: String, ports: String = "", more: String = "", annotations: String = "",
    spec: String = "", status: String = ""
  ) -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name), namespace: \(namespace), labels: {app: \(name)\(more.isEmpty ? "" : ", " + more)}, annotations: {\(annotations)}}
    spec: {\(spec) containers: [{name: c, image: "registry.example/\(name):1", ports: [\(ports)]}]}
    status: {\(status)}
    ---

    """
  }

  static func object(_ apiVersion: String, _ kind: String, _ namespace: String?, _ name: String, _ rest: String)
    -> String
  {
    "apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {name: \(name)\(namespace.map { ", namespace: " + $0 } ?? "")}\n\(rest)\n---\n"
  }

  static func model(_ yaml: String, plugin: String? = nil) throws -> ReachModel {
    let snapshot = Fixtures.snapshot(yaml)
    #expect(snapshot.problems.isEmpty, "\(snapshot.problems.map(\.text))")
    guard let plugin else { return ReachModel(snapshot, profile: .fitting(snapshot)) }
    return ReachModel(snapshot, profile: .of(NetworkPlugin.all.first { $0.name == plugin }))
  }

  /// `allowed`, `denied` or `unknown`, and `allowed if CONDITION` where a condition is left open.
  static func verdict(
    _ model: ReachModel, _ source: String, _ destination: String, _ port: UInt16, _ request: ConnectionRequest = .init()
  ) throws -> String {
    let answer = model.answer(
      try #require(model.end(source), "\(source)"), try #require(model.end(destination), "\(destination)"),
      ReachQuestion(.tcp, port, request))
    #expect((answer.verdict == .unknown) == !answer.missing.isEmpty)
    if case .test = answer.condition { return "\(answer.verdict.rawValue) if \(answer.condition.text)" }
    return answer.verdict.rawValue
  }
}
