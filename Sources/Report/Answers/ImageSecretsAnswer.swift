package import Bytes
import Findings
package import Images

/// Credentials in an image: in its layers, its configuration and its build steps (`image secrets`).
package struct ImageSecretsAnswer: KindOfAnswer {
  package static let kind = "ImageSecrets"

  private struct Row {
    let secret: FoundSecret
    let title: String
    /// Nil for an unpacked file system, and for the configuration.
    let layer: Int?
    /// Whether a later layer removes the file.
    let isRemoved: Bool
    let step: String
  }

  private let rows: [Row]
  private let image: ReportedImage

  /// - Parameter secrets: found in files of layers.
  package init(_ image: ReportedImage, _ secrets: [LayerStack.Secret]) {
    self.image = image
    let titles = Dictionary(
      SecretRules.all.map { ($0.id, $0.title) } + PlacedSecrets.rules,
      uniquingKeysWith: { first, _ in first })
    let steps = image.configuration?.steps ?? []
    let inFiles = secrets.map { item in
      Row(
        secret: item.secret, title: titles[item.secret.rule] ?? item.secret.rule,
        layer: image.layers > 0 ? item.layer : nil, isRemoved: item.isGone,
        step: steps.indices.contains(item.layer) ? steps[item.layer] : "")
    }
    let inConfiguration = (image.configuration.map { ConfigurationSecrets.find($0) } ?? []).map {
      Row(secret: $0, title: titles[$0.rule] ?? $0.rule, layer: nil, isRemoved: false, step: "")
    }
    rows = inFiles + inConfiguration
  }

  package var isEmpty: Bool { rows.isEmpty }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("source", image.source)
    writer.field("imageId", image.identifier)
    writer.key("secrets")
    writer.array(of: rows) { writer, row in
      writer.object { writer in
        writer.field("rule", row.secret.rule)
        writer.field("title", row.title)
        writer.field("path", row.secret.path)
        writer.field("line", row.secret.line)
        writer.field("shown", row.secret.shown)
        writer.key("layer")
        if let layer = row.layer { writer.value(layer) } else { writer.null() }
        writer.field("step", row.step)
        writer.field("takenAway", row.isRemoved)
      }
    }
    writer.field("problems", image.problems.map(\.text))
  }

  package func text(_ terminal: Terminal) -> String {
    let table = TextTable(
      columns: ["what", "shown", "where", "layer"],
      rows: rows.map { row in
        [
          row.title, row.secret.shown, row.secret.path + (row.secret.line > 0 ? ":\(row.secret.line)" : ""),
          row.layer.map { "layer \($0 + 1)\(row.isRemoved ? ", deleted by a later one" : "")" } ?? "",
        ]
      })
    let layers = image.layers > 0 ? " in \(Phrase.count(image.layers, "layer"))" : ""
    return (rows.isEmpty ? "" : table.text(terminal))
      + "\(Phrase.count(rows.count, "credential")) found by \(SecretRules.all.count + PlacedSecrets.rules.count) rules\(layers). Not looked into: files above \(Limits().secretBytes >> 20) MiB, and tests and documentation of packages.\n"
      + (rows.isEmpty
        ? ""
        : "Revoke and replace them: they are exposed. Then build the image without them, with `RUN --mount=type=secret`.\n")
  }
}
