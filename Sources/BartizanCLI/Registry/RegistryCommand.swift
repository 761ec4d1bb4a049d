import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Posture
import Report
import Transport

struct RegistryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registry", abstract: "Registries of images, looked at as what attackers would look at.",
    subcommands: [RegistryReviewCommand.self])
}

struct RegistryReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "What is wrong with a registry, from outside or from its configuration.",
    discussion: """
      EXAMPLES
        bartizan registry review registry.example:5000
        bartizan registry review --active --remember tags.json registry.example
        bartizan registry review --config /etc/docker/registry/config.yml

      Looked at from outside: TLS and its certificate, what somebody without a login is told and may do, whether images are signed,
      how old they are, and, with --remember, which tags mean another image than at the last look. With --active an upload is
      begun without a login and ended at once, and a manifest that does not exist is deleted; without it nothing is
      asked that could change anything. Exit code 1: something is at least as severe as --fail-on.
      """)
  @Argument(help: "A registry, with its port.") var registry: String?
  @Option(help: "The configuration of a distribution registry (YAML).", completion: .file()) var config: String?
  @Option(help: "Only this repository. Repeatable.") var repository: [String] = []
  @Flag(help: "Try an upload without a login, and a deletion of nothing.") var active = false
  @Option(help: "A file that keeps what tags mean from one look to the next.", completion: .file()) var remember:
    String?
  @Option(help: "Exit with 1 when a finding is at least this severe: info, low, medium, high, critical, or never.")
  var failOn: Threshold = Threshold(.low)
  @Option(name: .shortAndLong, help: "table, json, sarif, html, junit, markdown or csv.")
  var format: FormatName = FormatName(.table)
  @Flag(name: .shortAndLong, help: "Show every finding with its evidence and remedy.") var verbose = false
  @OptionGroup var access: RegistryOptions

  func run() async throws {
    guard registry != nil || config != nil else {
      throw BartizanError(.usage, "name a registry, or its configuration with --config")
    }
    var findings: [Finding] = []
    var problems: [Problem] = []
    if let config { findings += try judge(config) }
    if let registry {
      let seen = try await RegistrySurvey(
        registry, try access.settings(for: [registry]), repositories: repository, isActive: active
      )
      .look()
      findings += RegistryReview.judge(seen, before: try remembered(), today: Today.text)
      problems += seen.gaps.map { Problem(code: "registry", location: Location(file: registry), message: $0) }
      try remember(seen)
      for problem in problems { StandardError.line("bartizan: \(problem.text)") }
    }
    let result = ScanResult(
      findings: findings, problems: problems, notEvaluated: [], tally: ScanResult.Tally(), objects: 1, workloads: 0,
      namespaces: 0, checks: RegistryReview.points.count)
    let rules = RegistryReview.points.map { RuleDescription($0) }
    let options = ReportOptions(
      sources: [registry, config].compactMap { $0 }, toolVersion: Version.text, width: StandardOutput.width,
      verbose: verbose, rules: rules)
    format.format.render(result, options) { StandardOutput.write($0) }
    if let threshold = failOn.severity, let worst = result.worst, worst >= threshold {
      throw ExitCode(ExitStatus.findings)
    }
  }

  private func judge(_ path: String) throws(BartizanError) -> [Finding] {
    let bytes: [UInt8]
    do throws(BartizanError) { bytes = try FileReader.read(path) } catch {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
    let stream = DocumentReader.read(bytes)
    if let error = stream.errors.first { throw BartizanError(.input, "\(path):\(error.line): \(error.message)") }
    guard let document = stream.documents.first, document["version"] != nil, document["storage"] != nil else {
      throw BartizanError(.input, "\(path): no configuration of a distribution registry (version, storage)")
    }
    let list = document[path: "auth", "htpasswd", "path"]?.string
    return RegistryReview.judge(
      configuration: document, file: path, passwords: list.flatMap { try? FileReader.read($0) })
  }

  private func remembered() throws(BartizanError) -> [String: String] {
    guard let remember, let bytes = try? FileReader.read(remember) else { return [:] }
    guard let document = try? JSONReader.read(bytes), document["kind"]?.string == "RegistryTags" else {
      throw BartizanError(.input, "\(remember): not what an earlier look has kept")
    }
    return Dictionary(
      (document["tags"]?.entries ?? []).map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { first, _ in first }
    )
  }

  private func remember(_ seen: RegistryObservation) throws(BartizanError) {
    guard let remember else { return }
    var writer = JSONWriter(pretty: true)
    writer.answer("RegistryTags") { writer in
      writer.field("registry", seen.registry)
      writer.key("tags")
      writer.object { writer in
        for image in seen.images.sorted(by: { ($0.repository, $0.tag) < ($1.repository, $1.tag) }) {
          writer.field("\(image.repository):\(image.tag)", image.digest)
        }
      }
    }
    writer.endLine()
    let bytes = writer.bytes
    try FileWriter.write(bytes, to: remember)
  }
}
