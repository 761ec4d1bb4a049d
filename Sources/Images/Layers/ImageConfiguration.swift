package import Bytes

/// What an image says of itself: how it was built, and how it is run.
///
/// Source: OCI image specification, "Image Configuration".
package struct ImageConfiguration: Sendable {
  package struct Step: Sendable {
    package let command: String
    /// Whether the step changed no file, and so has no layer.
    package let isEmpty: Bool
    package let comment: String
  }

  package let architecture: String
  package let system: String
  package let created: String
  /// Sums of the layers when they are unpacked, from the bottom.
  package let layers: [String]
  package let history: [Step]
  package let user: String
  package let environment: [String]
  package let ports: [String]
  package let labels: [(key: String, value: String)]
  package let entrypoint: [String]
  package let command: [String]
  package let hasHealthCheck: Bool

  package init(_ document: Node) {
    architecture = document["architecture"]?.string ?? ""
    system = document["os"]?.string ?? ""
    created = document["created"]?.string ?? ""
    layers = document[path: "rootfs", "diff_ids"]?.strings ?? []
    history = (document["history"]?.elements ?? []).map { step in
      Step(
        command: step["created_by"]?.string ?? "", isEmpty: step["empty_layer"]?.bool ?? false,
        comment: step["comment"]?.string ?? "")
    }
    let settings = document["config"]
    user = settings?["User"]?.string ?? ""
    environment = settings?["Env"]?.strings ?? []
    ports = (settings?["ExposedPorts"]?.entries ?? []).map(\.key)
    labels = (settings?["Labels"]?.entries ?? []).map { ($0.key, $0.value.string ?? "") }
    entrypoint = settings?["Entrypoint"]?.strings ?? []
    command = settings?["Cmd"]?.strings ?? []
    let check = settings?["Healthcheck"]?["Test"]?.strings ?? []
    hasHealthCheck = !check.isEmpty && check != ["NONE"]
  }

  /// The step of the build that made each layer, from the bottom, as far as the history tells.
  package var steps: [String] { history.filter { !$0.isEmpty }.map(\.command) }
}
