package import Bytes
import Findings
package import Images

/// Why an advisory applies to an image's packages, or does not (`image explain`).
package struct ImageExplanationAnswer: KindOfAnswer {
  package static let kind = "ImageExplanation"

  /// What advisories say of one package, if the requested one is about it.
  package struct Item: Sendable {
    package let package: SoftwarePackage
    /// The requested advisory, found by id or alias.
    package let asked: [AdvisoryExplanation]
    package let others: [AdvisoryExplanation]

    package init(package: SoftwarePackage, asked: [AdvisoryExplanation], others: [AdvisoryExplanation]) {
      self.package = package
      self.asked = asked
      self.others = others
    }
  }

  private let id: String
  private let items: [Item]
  private let image: ReportedImage
  private let risks: RiskIndex

  package init(id: String, _ items: [Item], _ image: ReportedImage, _ risks: RiskIndex) {
    self.id = id
    self.items = items
    self.image = image
    self.risks = risks
  }

  /// Whether the requested advisory is about any package, applying to it or not.
  package var isAboutSomething: Bool { !items.isEmpty }

  /// Whether the requested advisory applies to any package.
  package var applies: Bool { items.contains { $0.asked.contains { $0.outcome == .applies } } }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("id", id)
    writer.key("packages")
    writer.array(of: items) { writer, item in
      writer.object { writer in
        writer.field("package", item.package.name)
        writer.field("version", item.package.version)
        writer.field("ecosystem", item.package.ecosystem.text)
        writer.field("path", item.package.path)
        if let layer = item.package.layer { writer.field("layer", layer) }
        if let step = image.step(of: item.package) { writer.field("step", step) }
        for (key, list) in [("advisories", item.asked), ("others", item.others)] {
          writer.key(key)
          writer.array(of: list) { writer, explanation in
            writer.object { writer in
              writer.field("id", explanation.advisory.id)
              writer.field("aliases", explanation.advisory.aliases)
              writer.field("outcome", explanation.outcome.rawValue)
              writer.field("comparisons", explanation.comparisons)
              writer.field("fixed", explanation.fix)
              writer.field("priorityReason", Priority(explanation.advisory, risks).reason)
            }
          }
        }
      }
    }
  }

  private enum Shown {
    static let comparisons = 8
    static let others = 6
  }

  package func text(_ terminal: Terminal) -> String {
    items.isEmpty ? "\(id) is about none of its packages.\n" : items.map { text($0, terminal) }.joined()
  }

  private func text(_ item: Item, _ terminal: Terminal) -> String {
    let package = item.package
    var text = "\(package.name) \(package.version) (\(package.ecosystem.text)), \(Terminal.printable(package.path))\n"
    if let source = package.source {
      text += "  matched by its source package \(source) \(package.sourceVersion ?? package.version)\n"
    }
    if let layer = package.layer {
      let step = image.step(of: package).map { ": " + Terminal.printable($0) } ?? ""
      text += terminal.wrapped("added by layer \(layer + 1)\(step)", indent: 2) + "\n"
    }
    for explanation in item.asked { text += self.text(explanation, terminal) }
    let outcomes = Dictionary(grouping: item.others, by: \.outcome.rawValue).mapValues(\.count)
    if !outcomes.isEmpty {
      let list = outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      text += "  other advisories for it: \(list)\n"
      for other in item.others.filter({ $0.outcome != .otherRelease }).prefix(Shown.others) {
        text +=
          terminal.wrapped(
            "\(other.advisory.id) \(other.outcome.rawValue): \(other.comparisons.first ?? "")", indent: 4) + "\n"
      }
    }
    return text
  }

  private func text(_ explanation: AdvisoryExplanation, _ terminal: Terminal) -> String {
    let names = explanation.advisory.aliases.joined(separator: " ")
    let fix = explanation.fix.map { "; fixed in \($0)" } ?? ""
    var text =
      terminal.wrapped(
        "\(explanation.advisory.id)\(names.isEmpty ? "" : " (\(names))") \(explanation.outcome.rawValue)\(fix)",
        indent: 2) + "\n"
    if !explanation.advisory.summary.isEmpty {
      text += terminal.wrapped(explanation.advisory.summary, indent: 4) + "\n"
    }
    let priority = Priority(explanation.advisory, risks)
    text += "    priority \(priority.level.name): \(priority.reason)\n"
    for comparison in explanation.comparisons.prefix(Shown.comparisons) {
      text += terminal.wrapped(comparison, indent: 4) + "\n"
    }
    return text
  }
}
