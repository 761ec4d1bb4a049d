package import Bytes

/// The same object in another version of its API, as the server converts it.
///
/// Versions that differ in structure meet in the newest one. Source: `conversion.go` of each group below `pkg/apis` of
/// Kubernetes 1.36.
package enum Conversion {
  /// - Parameter object: of any served version, or null.
  /// - Returns: nil where the kind has no such version.
  package static func convert(_ object: DocumentNode, to apiVersion: String) -> DocumentNode? {
    guard let kind = object["kind"]?.string, let written = object["apiVersion"]?.string else {
      return object.isNull ? object : nil
    }
    if written == apiVersion { return object }
    guard let source = APITypes.type(apiVersion: written, kind: kind),
      let target = APITypes.type(apiVersion: apiVersion, kind: kind), isSameKind(written, apiVersion, kind)
    else { return nil }
    var result = object
    if let steps = steps[source.name] { result = steps.toNewest(result) }
    if let steps = steps[target.name] { result = steps.fromNewest(result) }
    return ObjectDecoder.decode(
      result.setting("apiVersion", DocumentNode(.string(apiVersion))), as: target,
      options: .init(addsDefaults: true, isStored: false)
    ).object
  }

  /// What an object loses and gains on the way to the newest version and back, which the server always goes.
  static func throughNewest(_ object: DocumentNode, _ type: APIType) -> DocumentNode {
    guard let steps = steps[type.name] else { return object }
    return steps.fromNewest(steps.toNewest(object))
  }

  private static func isSameKind(_ a: String, _ b: String, _ kind: String) -> Bool {
    let (x, y) = (APIResource.split(apiVersion: a).group, APIResource.split(apiVersion: b).group)
    return x == y || (kind == "Event" && Set([x, y]) == ["", "events.k8s.io"])
  }

  private struct Steps: Sendable {
    let toNewest: @Sendable (DocumentNode) -> DocumentNode
    let fromNewest: @Sendable (DocumentNode) -> DocumentNode
  }

  private static let steps: [String: Steps] = [
    "autoscaling/v1.HorizontalPodAutoscaler": Steps(
      toNewest: AutoscalerConversion.toSecond, fromNewest: AutoscalerConversion.toFirst),
    "core/v1.Event": Steps(
      toNewest: { renamed($0, eventFields) }, fromNewest: { renamed($0, eventFields.map { ($0.1, $0.0) }) }),
    "resource/v1beta1.ResourceClaim": Steps(
      toNewest: { requests($0, ["spec"], wrapped) }, fromNewest: { requests($0, ["spec"], unwrapped) }),
    "resource/v1beta1.ResourceClaimTemplate": Steps(
      toNewest: { requests($0, ["spec", "spec"], wrapped) }, fromNewest: { requests($0, ["spec", "spec"], unwrapped) }),
    "resource/v1beta1.ResourceSlice": Steps(
      toNewest: {
        devices($0) { device in
          var flat = device.setting("basic", nil)
          for entry in device["basic"]?.entries ?? [] { flat = flat.setting(entry.key, entry.value) }
          return flat
        }
      },
      fromNewest: {
        devices($0) { device in
          let rest = device.entries.filter { $0.key != "name" }
          return ["name": device["name"] ?? "", "basic": DocumentNode(.object(Mapping(rest)))]
        }
      }),
  ]

  private static let eventFields: [(String, String)] = [
    ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
  ]

  private static func renamed(_ object: DocumentNode, _ names: [(String, String)]) -> DocumentNode {
    object.with(
      .object(
        Mapping(
          object.entries.map { entry in
            guard let name = names.first(where: { $0.0 == entry.key })?.1 else { return entry }
            return Mapping.Entry(key: name, line: entry.line, column: entry.column, value: entry.value)
          })))
  }

  private static func requests(
    _ object: DocumentNode, _ path: [String], _ change: (DocumentNode) -> DocumentNode
  ) -> DocumentNode {
    var spec: DocumentNode? = object
    for key in path { spec = spec?[key] }
    guard let list = spec?[path: "devices", "requests"]?.array else { return object }
    return object.setting(path: path + ["devices", "requests"], DocumentNode(.array(list.map(change))))
  }

  /// In v1beta1 the fields of one exact request stand beside its name.
  private static func wrapped(_ request: DocumentNode) -> DocumentNode {
    let own = request.entries.filter { $0.key != "name" && $0.key != "firstAvailable" }
    let isThere = own.contains { !ObjectDecoder.isZero($0.value) }
    var result: DocumentNode = ["name": request["name"] ?? ""]
    if isThere { result = result.setting("exactly", DocumentNode(.object(Mapping(own)))) }
    if let alternatives = request["firstAvailable"] { result = result.setting("firstAvailable", alternatives) }
    return result
  }

  private static func unwrapped(_ request: DocumentNode) -> DocumentNode {
    var result = request.setting("exactly", nil)
    for entry in request["exactly"]?.entries ?? [] { result = result.setting(entry.key, entry.value) }
    return result
  }

  private static func devices(_ object: DocumentNode, _ change: (DocumentNode) -> DocumentNode) -> DocumentNode {
    guard let list = object[path: "spec", "devices"]?.array else { return object }
    return object.setting(path: ["spec", "devices"], DocumentNode(.array(list.map(change))))
  }
}
