import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Report

struct ImageExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Why an advisory applies to an image's package, or does not.",
    discussion: """
      EXAMPLES
        bartizan image explain CVE-2023-4863 app.tar.gz

      Told are the package and its database, the layer and the step of the build that brought it, the record's ranges with each
      comparison, the priority with its reason, and what the other advisories for the package came to.
      """)
  @Argument(help: "Id or alias of an advisory.") var id: String
  @OptionGroup var input: ImageArguments
  @OptionGroup var options: StoreOptions

  func run() async throws {
    let store = try options.open()
    let risks = try options.risks()
    let contents = try await input.contents()
    var told: [(package: SoftwarePackage, this: [AdvisoryExplanation], others: [AdvisoryExplanation])] = []
    for package in contents.packages {
      let all: [AdvisoryExplanation]
      do throws(DocumentError) {
        all = try AdvisoryExplanation.all(of: package, in: store)
      } catch {
        throw BartizanError(.input, error.message)
      }
      func isMeant(_ item: AdvisoryExplanation) -> Bool { item.advisory.id == id || item.advisory.aliases.contains(id) }
      let mine = all.filter(isMeant)
      if !mine.isEmpty { told.append((package, mine, all.filter { !isMeant($0) })) }
    }
    guard !told.isEmpty else {
      throw BartizanError(
        .input,
        "\(id): the store has no such advisory for any of the \(contents.packages.count) packages of \(input.source)")
    }
    switch input.format {
    case .json:
      StandardOutput.answer("ImageExplanation") { writer in
        writer.field("id", id)
        writer.key("packages")
        writer.array(of: told) { writer, item in
          writer.object { writer in
            writer.field("package", item.package.name)
            writer.field("version", item.package.version)
            writer.field("ecosystem", item.package.ecosystem.text)
            writer.field("path", item.package.path)
            if let layer = item.package.layer { writer.field("layer", layer) }
            if let step = contents.step(of: item.package) { writer.field("step", step) }
            for (key, list) in [("advisories", item.this), ("others", item.others)] {
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
    case .table:
      let terminal = Terminal(width: StandardOutput.width, colour: false)
      var text = ""
      for item in told {
        text +=
          "\(item.package.name) \(item.package.version) (\(item.package.ecosystem.text)), \(Terminal.printable(item.package.path))\n"
        if let source = item.package.source {
          text += "  matched by its source package \(source) \(item.package.sourceVersion ?? item.package.version)\n"
        }
        if let layer = item.package.layer {
          let step = contents.step(of: item.package).map { ": " + Terminal.printable($0) } ?? ""
          text += terminal.wrapped("brought by layer \(layer + 1)\(step)", indent: 2) + "\n"
        }
        for explanation in item.this {
          let names = explanation.advisory.aliases.joined(separator: " ")
          text +=
            terminal.wrapped(
              "\(explanation.advisory.id)\(names.isEmpty ? "" : " (\(names))") \(explanation.outcome.rawValue)\(explanation.fix.map { "; fixed in \($0)" } ?? "")",
              indent: 2) + "\n"
          if !explanation.advisory.summary.isEmpty {
            text += terminal.wrapped(Terminal.printable(explanation.advisory.summary), indent: 4) + "\n"
          }
          let priority = Priority(explanation.advisory, risks)
          // What is exploited says so in its reason.
          let level = priority.level == .exploited ? "" : priority.level.name + ", "
          text += "    priority: \(level)\(priority.reason)\n"
          for comparison in explanation.comparisons.prefix(8) { text += terminal.wrapped(comparison, indent: 4) + "\n" }
        }
        var counts: [String: Int] = [:]
        for other in item.others { counts[other.outcome.rawValue, default: 0] += 1 }
        if !counts.isEmpty {
          let list = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
          text += "  other advisories for it: \(list)\n"
          for other in item.others.filter({ $0.outcome != .otherRelease }).prefix(6) {
            text +=
              terminal.wrapped(
                "\(other.advisory.id) \(other.outcome.rawValue): \(other.comparisons.first ?? "")", indent: 4) + "\n"
          }
        }
      }
      StandardOutput.write(text)
    }
    if told.contains(where: { $0.this.contains { $0.outcome == .applies } }) { throw ExitCode(ExitStatus.findings) }
  }
}
