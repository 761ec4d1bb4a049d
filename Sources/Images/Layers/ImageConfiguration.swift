package import Bytes

/// What an image says of itself: its layers, how it was built, and what it runs with.
///
/// Source: OCI image specification, "Image Configuration".
package struct ImageConfiguration: Sendable {
  /// An entry of the image's `history`.
  package struct Step: Sendable {
    package let command: String
    /// Whether the step changed no file, and so has no layer.
    package let isEmpty: Bool
  }

  /// Sums of the layers when they are unpacked, from the bottom.
  package let layers: [String]
  package let history: [Step]
  package let environment: [String]
  package let labels: [(key: String, value: String)]
  /// `USER`, empty where there is none: the first process runs as root then.
  package let user: String
  /// `EXPOSE`, such as `8080/tcp`, in order.
  package let ports: [String]
  /// What it runs, and how it is asked whether it is well, each as words; empty where there is none.
  package let entryPoint: [String]
  package let command: [String]
  package let healthCheck: [String]
  /// Whether a command tells if what runs is well.
  package let hasHealthCheck: Bool
  /// When it was built, RFC 3339; nil where it is not told, as in builds that are to be repeated byte for byte, whose time is the
  /// beginning of time.
  package let created: String?

  package init(_ document: DocumentNode) {
    layers = document[path: "rootfs", "diff_ids"]?.strings ?? []
    history = (document["history"]?.elements ?? []).map { step in
      Step(
        command: step["created_by"]?.string ?? "", isEmpty: step["empty_layer"]?.bool ?? false)
    }
    let settings = document["config"]
    environment = settings?["Env"]?.strings ?? []
    user = settings?["User"]?.string ?? ""
    ports = (settings?["ExposedPorts"]?.entries ?? []).map(\.key).sorted()
    let check = settings?["Healthcheck"]?["Test"]?.strings ?? []
    entryPoint = settings?["Entrypoint"]?.strings ?? []
    command = settings?["Cmd"]?.strings ?? []
    healthCheck = check
    hasHealthCheck = !check.isEmpty && check.first != "NONE"
    created = document["created"]?.string.flatMap { text in
      Timestamp(text).flatMap { $0.text >= "1981" ? text : nil }
    }
    labels = (settings?["Labels"]?.entries ?? []).map { ($0.key, $0.value.string ?? "") }
  }

  /// The step of the build that made each layer, from the bottom, as far as the history tells.
  package var steps: [String] { history.filter { !$0.isEmpty }.map(\.command) }
}
