package import Findings

/// A credential in an image, with where it stands and how bad it is.
package struct ImageSecret: Sendable, Equatable {
  package let secret: FoundSecret
  package let title: String
  package let severity: Severity
  /// Index from the bottom; nil for an unpacked file system, and for the configuration.
  package let layer: Int?
  /// Whether a later layer removes the file.
  package let isRemoved: Bool
  /// The step of the build that made the layer; empty where the history does not say.
  package let step: String

  /// All of an image, the worst first.
  ///
  /// - Parameters:
  ///   - secrets: found in files of layers.
  ///   - layers: that were read; 0 for an unpacked file system.
  ///   - scanner: that found them; it looks at the configuration as well.
  package static func all(
    _ secrets: [LayerStack.Secret], _ configuration: ImageConfiguration?, layers: Int, _ scanner: SecretScanner
  ) -> [ImageSecret] {
    let steps = configuration?.steps ?? []
    let inFiles = secrets.map { item in
      ImageSecret(
        secret: item.secret, title: scanner.title(of: item.secret.rule),
        severity: scanner.severity(of: item.secret.rule),
        layer: layers > 0 ? item.layer : nil, isRemoved: item.isGone,
        step: steps.indices.contains(item.layer) ? steps[item.layer] : "")
    }
    let told = (configuration.map { ConfigurationSecrets.find($0, scanner) } ?? []).map { secret in
      ImageSecret(
        secret: secret, title: scanner.title(of: secret.rule), severity: scanner.severity(of: secret.rule), layer: nil,
        isRemoved: false, step: "")
    }
    let all = inFiles + told
    // In their order where they are equally bad.
    return all.enumerated().sorted { a, b in
      a.element.severity != b.element.severity ? a.element.severity > b.element.severity : a.offset < b.offset
    }.map(\.element)
  }

  /// What tells one credential from another from one build to the next: its kind, its place, its first bytes and its length.
  package var identity: [String] { [secret.rule, secret.path, secret.shown] }
}
