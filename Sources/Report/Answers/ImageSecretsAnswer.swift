package import Bytes
import Findings
package import Images

/// Credentials in an image: in its layers, its configuration and its build steps (`image secrets`).
package struct ImageSecretsAnswer: KindOfAnswer {
  package static let kind = "ImageSecrets"

  /// The formats of the kind itself, and those of scan reports that say the same.
  package static let formats: [OutputFormat] = [.table, .json, .sarif, .html, .junit, .markdown, .csv]

  private let secrets: [ImageSecret]
  /// Those of an earlier report.
  private let known: [ImageSecret]
  /// Those that a file of rules accepts.
  private let accepted: [ImageSecret]
  private let image: ReportedImage
  private let scanner: SecretScanner
  private let options: ReportOptions

  /// - Parameters:
  ///   - known: those of an earlier report, which do not count.
  ///   - accepted: those that a file of rules accepts, which do not count either.
  ///   - scanner: that found them.
  package init(
    _ image: ReportedImage, _ secrets: [ImageSecret], known: [ImageSecret] = [], accepted: [ImageSecret] = [],
    _ scanner: SecretScanner, _ options: ReportOptions
  ) {
    self.image = image
    self.secrets = secrets
    self.known = known
    self.accepted = accepted
    self.scanner = scanner
    self.options = options
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .table: sink(Array(wholeText(terminal).utf8))
    default: Self.report([self]).render(format, terminal, to: sink)
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("source", image.source)
    image.writeNames(&writer)
    writer.key("secrets")
    writer.array(of: secrets) { writer, item in
      writer.object { writer in
        writer.field("rule", item.secret.rule)
        writer.field("severity", item.severity.name)
        writer.field("title", item.title)
        writer.field("path", item.secret.path)
        writer.field("line", item.secret.line)
        writer.field("shown", item.secret.shown)
        writer.key("layer")
        if let layer = item.layer { writer.value(layer) } else { writer.null() }
        writer.field("step", item.step)
        writer.field("takenAway", item.isRemoved)
      }
    }
    writer.key("notSearched")
    writer.object { writer in
      for kind in SecretSearch.Kind.allCases { writer.field(kind.rawValue, image.skipped[kind.rawValue] ?? 0) }
    }
    writer.key("notCounted")
    NotCounted.write(Self.result([self], image.problems), &writer)
    writer.field("problems", image.problems.map(\.text))
  }

  package func text(_ terminal: Terminal) -> String {
    let table = TextTable(
      columns: ["severity", "what", "shown", "where", "layer"],
      rows: secrets.map { item in
        [
          item.severity.name, item.title, item.secret.shown,
          item.secret.path + (item.secret.line > 0 ? ":\(item.secret.line)" : ""), Self.layer(item),
        ]
      })
    let layers = image.layers > 0 ? " in \(Phrase.count(image.layers, "layer"))" : ""
    return (secrets.isEmpty ? "" : table.text(terminal))
      + "\(Phrase.count(secrets.count, "credential")) found by \(scanner.ruleCount) rules\(layers).\(skipped)\n"
      + (NotCounted.text(Self.result([self], image.problems)).map { $0 + "\n" } ?? "")
      + rest
      + (secrets.isEmpty ? "" : Self.remedy + "\n")
  }

  /// Says what was passed over for what it is.
  private var skipped: String {
    let parts = SecretSearch.Kind.allCases.compactMap { kind -> String? in
      let count = image.skipped[kind.rawValue] ?? 0
      guard count > 0 else { return nil }
      let (one, many) =
        switch kind {
        case .program: ("program", "programs")
        case .data: ("file of data", "files of data")
        case .archive: ("archive of a package", "archives of packages")
        case .packaged: ("test or document of packages", "tests and documents of packages")
        }
      return "\(count) \(Phrase.noun(count, one, many))"
    }
    return parts.isEmpty ? "" : " Not looked into: \(Phrase.list(parts))."
  }

  /// Says of which files there may be more than is told.
  private var rest: String {
    var counts: [String: Int] = [:]
    for item in secrets where item.secret.line > 0 { counts[item.secret.path, default: 0] += 1 }
    let full = counts.filter { $0.value >= SecretScanner.maximumInFile }.keys.sorted()
    return full.isEmpty
      ? ""
      : "There may be more in \(Phrase.list(full)): of one file the first \(SecretScanner.maximumInFile) of a kind of search are told.\n"
  }

  private static let remedy =
    "Revoke and replace them: they are exposed. Then build the image without them, with `RUN --mount=type=secret`."

  private static func layer(_ item: ImageSecret) -> String {
    item.layer.map { "layer \($0 + 1)\(item.isRemoved ? ", deleted by a later one" : "")" } ?? ""
  }

  // MARK: As findings

  /// Answers about images, one each, as one report of findings.
  ///
  /// - Parameters:
  ///   - answers: at least one.
  ///   - unread: what is said of the images that could not be read.
  package static func report(_ answers: [ImageSecretsAnswer], unread: [ImageReportsAnswer.Unread] = []) -> ScanReport {
    var options = answers[0].options
    options.sources = answers.map(\.image.source) + unread.map(\.source)
    var rules: [String: RuleMetadata] = [:]
    for answer in answers {
      for rule in Set(answer.secrets.map(\.secret.rule)) where rules[rule] == nil {
        rules[rule] = RuleMetadata(
          id: CheckID(rule), title: answer.scanner.title(of: rule), severity: answer.scanner.severity(of: rule),
          rationale: "Whoever may pull the image has the credential, also when a later layer takes its file away.",
          remediation: Self.remedy)
      }
    }
    options.rules = rules.sorted { $0.key < $1.key }.map(\.value)
    let problems =
      answers.flatMap(\.image.problems)
      + unread.map { Problem(code: "image", location: Location(file: $0.source), message: $0.reason) }
    return ScanReport(result(answers, problems), options)
  }

  private static func result(_ answers: [ImageSecretsAnswer], _ problems: [Problem]) -> ScanResult {
    var result = ScanResult(
      findings: answers.flatMap { answer in answer.secrets.map(answer.finding) }, problems: problems,
      notEvaluated: problems.filter(\.hidesInput).map(NotEvaluated.init(unread:)), tally: ScanResult.Tally(),
      objects: answers.count, workloads: 0, namespaces: 0, checks: answers[0].scanner.ruleCount)
    result.setAside = answers.flatMap(\.setAside)
    return result
  }

  private var setAside: [SetAside] {
    known.map { SetAside(finding($0), .baseline) } + accepted.map { SetAside(finding($0), .exception) }
  }

  private func finding(_ item: ImageSecret) -> Finding {
    let place = item.secret.path
    let isFile = item.secret.line > 0
    let layer = item.layer == nil ? "" : " (\(Self.layer(item)))"
    return Finding(
      check: CheckID(item.secret.rule), severity: item.severity, title: item.title,
      message: "\(place)\(isFile ? ":\(item.secret.line)" : "") holds a credential: \(item.secret.shown)\(layer)",
      subject: .image(image.source),
      location: isFile ? Location(file: place, line: item.secret.line) : Location(file: image.source),
      evidence: [Evidence(path: place, value: item.secret.shown, line: item.secret.line, column: 0)],
      remediation: Self.remedy, references: [], controls: [],
      // The same credential in the next build is the same finding.
      identity: "image \(item.secret.shown)")
  }
}
