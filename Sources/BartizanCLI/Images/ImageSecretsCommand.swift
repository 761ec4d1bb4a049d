import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Report

struct ImageSecretsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secrets",
    abstract: "Credentials in an image: in its layers, its configuration, the steps of its build.",
    discussion: """
      EXAMPLES
        bartizan image secrets registry.example/team/app:1.4
        bartizan image secrets --format json rootfs/

      A credential that a later layer takes away is still in the image, for whoever pulls it, and is told of as such. What
      is found is shown by its first bytes and its length, never whole. Tests and documentation of packages are passed over: their
      keys open nothing. Exit code 1: something was found.
      """)
  @OptionGroup var input: ImageArguments

  private struct Row {
    let secret: FoundSecret
    let layer: Int?
    let isGone: Bool
    let step: String
  }

  func run() async throws {
    let contents = try await input.reading.read(input.source, secrets: true)
    let steps = contents.configuration?.steps ?? []
    var rows = contents.secrets.map { item in
      Row(
        secret: item.secret, layer: contents.layers > 0 ? item.layer : nil, isGone: item.isGone,
        step: item.layer < steps.count ? steps[item.layer] : "")
    }
    rows += (contents.configuration.map { ConfigurationSecrets.find($0) } ?? []).map {
      Row(secret: $0, layer: nil, isGone: false, step: "")
    }
    let titles = Dictionary(
      SecretRules.all.map { ($0.id, $0.title) } + [("named-credential", "Credential, by its name")],
      uniquingKeysWith: { first, _ in first })
    switch input.format {
    case .json:
      StandardOutput.answer("ImageSecrets") { writer in
        writer.field("source", input.source)
        writer.field("imageId", contents.identifier)
        writer.key("secrets")
        writer.array(of: rows) { writer, row in
          writer.object { writer in
            writer.field("rule", row.secret.rule)
            writer.field("title", titles[row.secret.rule] ?? row.secret.rule)
            writer.field("path", row.secret.path)
            writer.field("line", row.secret.line)
            writer.field("shown", row.secret.shown)
            writer.key("layer")
            if let layer = row.layer { writer.value(layer) } else { writer.null() }
            writer.field("step", row.step)
            writer.field("takenAway", row.isGone)
          }
        }
        writer.field("problems", contents.problems.map(\.text))
      }
    case .table:
      let cells = rows.map { row in
        [
          titles[row.secret.rule] ?? row.secret.rule, row.secret.shown,
          Terminal.printable(row.secret.path) + (row.secret.line > 0 ? ":\(row.secret.line)" : ""),
          row.layer.map { "layer \($0 + 1)\(row.isGone ? ", taken away later" : "")" } ?? "",
        ]
      }
      let sheet = TextTable("", columns: ["what", "shown", "where", "layer"], rows: cells)
      StandardOutput.write(
        (cells.isEmpty ? "" : sheet.text(Terminal(width: StandardOutput.width, colour: false)))
          + "\(rows.count) credential\(rows.count == 1 ? "" : "s"), looked for by \(SecretRules.all.count) rules\(contents.layers > 0 ? " in \(contents.layers) layer\(contents.layers == 1 ? "" : "s")" : "").\n"
      )
      if !rows.isEmpty {
        StandardOutput.write(
          "Change them: they have been seen. Then build the image without them, with `RUN --mount=type=secret`.\n")
      }
    }
    if !rows.isEmpty { throw ExitCode(ExitStatus.findings) }
    if contents.problems.contains(where: \.hidesInput) {
      StandardError.line("bartizan: nothing was found in what could be read; that is not the same as clean")
    }
  }
}
