import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Report

struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "What an image holds, and which of it is vulnerable.",
    subcommands: [
      ImageScanCommand.self, ImagePackagesCommand.self, ImageExplainCommand.self,
      ImageSBOMCommand.self,
    ])
}

/// What to look into.
struct ImageArguments: ParsableArguments {
  @Argument(
    help:
      "An archive of docker save or an OCI layout (tar, tar.gz or a folder), the root of a system, a source folder, or an SBOM (CycloneDX, SPDX).",
    completion: .file())
  var source: String
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func contents() throws -> ImageSource.Contents { try Self.read(source) }

  /// What is there; what could not be read is told on standard error.
  static func read(_ source: String) throws -> ImageSource.Contents {
    let contents = try ImageSource.read(source)
    for problem in contents.problems { StandardError.line("bartizan: \(problem.text)") }
    return contents
  }

  static func system(_ contents: ImageSource.Contents) -> String { contents.system?.title ?? "no distribution" }
}

struct ImagePackagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packages", abstract: "The packages of an image: of the distribution, and of languages.",
    discussion: """
      EXAMPLES
        docker save app:1.4 | gzip > app.tar.gz && bartizan image packages app.tar.gz

      Read are dpkg, apk and rpm; installed Python, Node and Ruby packages; Go programs; Java archives; deps.json of .NET;
      and the lock files of npm, Yarn, pnpm, Bun, pip, Pipenv, Poetry, PDM, uv, Cargo, Composer, Bundler, NuGet, Swift, Pub,
      Mix, Conan, Stack, Cabal and go.mod.
      """)
  @OptionGroup var input: ImageArguments

  func run() throws {
    let contents = try input.contents()
    let packages = contents.packages.sorted(by: SoftwarePackage.precedes)
    switch input.format {
    case .json:
      StandardOutput.answer("Packages") { writer in
        writer.field("system", contents.system?.title)
        writer.key("packages")
        writer.array(of: packages) { writer, package in
          writer.object { writer in
            writer.field("ecosystem", package.ecosystem.text)
            writer.field("name", package.name)
            writer.field("version", package.version)
            writer.field("source", package.source)
            writer.field("path", package.path)
            writer.field("purl", package.purl?.text)
            if let layer = package.layer { writer.field("layer", layer) }
          }
        }
      }
    case .table:
      let rows = packages.map { [$0.name, $0.version, $0.ecosystem.text, $0.path] }
      let sheet = Sheet("", columns: ["package", "version", "ecosystem", "where"], rows: rows)
      StandardOutput.write(
        (rows.isEmpty ? "" : sheet.text(Terminal(width: StandardOutput.width, colour: false)))
          + "\(packages.count) packages; \(ImageArguments.system(contents)), \(contents.layers) layers.\n")
    }
  }
}

struct ImageSBOMCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sbom", abstract: "A bill of materials: CycloneDX 1.6 or SPDX 2.3.",
    discussion: """
      EXAMPLES
        bartizan image sbom app.tar.gz > app.cdx.json
        bartizan image sbom --type spdx rootfs/ > rootfs.spdx

      The same packages give the same bytes; the time in it is that of $SOURCE_DATE_EPOCH, or the epoch.
      """)
  @Argument(help: "What to look into, as for image scan.", completion: .file()) var source: String
  @Option(help: "cyclonedx, spdx-json or spdx (tags and values).") var type: SBOMName = SBOMName()

  struct SBOMName: ExpressibleByArgument {
    var format = SBOMFormat.all[0]
    init() {}
    init?(argument: String) {
      guard let found = SBOMFormat.all.first(where: { $0.name == argument }) else { return nil }
      format = found
    }
    var defaultValueDescription: String { format.name }
    static var allValueStrings: [String] { SBOMFormat.all.map(\.name) }
  }

  func run() throws {
    let contents = try ImageArguments.read(source)
    let bill = BillOfMaterials(
      subject: source.split(separator: "/").last.map(String.init) ?? source, system: contents.system,
      packages: contents.packages, created: SourceDate.text, toolVersion: Version.text)
    StandardOutput.write(type.format.write(bill))
  }
}

/// The time that a build asks its outputs to bear. Source: reproducible-builds.org, "SOURCE_DATE_EPOCH".
enum SourceDate {
  /// RFC 3339; nil when it is not set, or no number.
  static var text: String? {
    Environment.value("SOURCE_DATE_EPOCH").flatMap { Int($0) }.flatMap { seconds in
      (0...253_402_300_799).contains(seconds) ? Today.moment(seconds) : nil
    }
  }
}

struct ImageScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Known vulnerabilities of an image's packages, with the fix to take.",
    discussion: """
      EXAMPLES
        bartizan advisories update --source mirror/osv
        bartizan image scan app.tar.gz
        bartizan image scan --ignore-unfixed --format json rootfs/
        bartizan image scan --vex app.openvex.json --fail-on high app.tar.gz

      A package of a distribution is matched by its source package and release. One of an ecosystem that the store does not
      hold is reported as not covered, never as clean. What is exploited stands first, then what is likely to be, then by
      CVSS (`advisories update --risk`). Exit code 1: something is vulnerable, from the priority of --fail-on on.
      """)
  @OptionGroup var input: ImageArguments
  @OptionGroup var options: StoreOptions
  @Flag(help: "Leave out what no version mends yet.") var ignoreUnfixed = false
  @Option(
    help: "What is known not to affect this image: OpenVEX or CycloneDX with an analysis. Repeatable.",
    completion: .file())
  var vex: [String] = []
  @Option(help: "Fail from this priority on: unknown, low, medium, high, critical, likely or exploited.")
  var failOn: PriorityName = PriorityName()

  struct PriorityName: ExpressibleByArgument {
    var level = Priority.Level.unknown
    init() {}
    init?(argument: String) {
      guard let level = Priority.Level(name: argument) else { return nil }
      self.level = level
    }
    var defaultValueDescription: String { level.name }
    static var allValueStrings: [String] { Priority.Level.allCases.map(\.name) }
  }

  func run() throws {
    let store = try options.open()
    let contents = try input.contents()
    let covered = Set(store.header["ecosystems"]?.strings ?? [])
    let known = try options.risks()
    let report: ImageReport
    do throws(DocumentError) {
      report = try ImageReport(
        system: contents.system, packages: contents.packages, store: store, covered: covered, risks: known)
    } catch {
      throw BartizanError(.input, error.message)
    }
    let said = try statements()
    var cleared: [(finding: ImageFinding, statement: VEX.Statement)] = []
    let findings = report.findings.filter { finding in
      if ignoreUnfixed, finding.fix == nil { return false }
      if let statement = said.statement(finding.advisory, finding.package), statement.clears {
        cleared.append((finding, statement))
        return false
      }
      return true
    }
    switch input.format {
    case .json: json(report, findings, cleared, contents)
    case .table: table(report, findings, cleared, contents)
    }
    if findings.contains(where: { $0.priority.level.rawValue >= failOn.level.rawValue }) {
      throw ExitCode(ExitStatus.findings)
    }
    if !findings.isEmpty { return }
    if contents.packages.isEmpty || contents.problems.contains(where: \.hidesInput) {
      StandardError.line("bartizan: nothing was found in what could be read; that is not the same as clean")
      throw ExitCode(contents.packages.isEmpty ? ExitStatus.usage : ExitStatus.clean)
    }
  }

  private func statements() throws -> VEX {
    var said = VEX()
    for path in vex {
      do throws(DocumentError) {
        let count = try said.add(try Self.bytes(path), file: path)
        if count == 0 { StandardError.line("bartizan: \(path): no statement in it") }
      } catch {
        throw BartizanError(.input, "\(path): \(error.message)")
      }
    }
    return said
  }

  private static func bytes(_ path: String) throws(DocumentError) -> [UInt8] {
    do throws(BartizanError) {
      return try FileReader.read(path)
    } catch {
      throw DocumentError(.archive, error.message)
    }
  }

  private func table(
    _ report: ImageReport, _ findings: [ImageFinding], _ cleared: [(finding: ImageFinding, statement: VEX.Statement)],
    _ contents: ImageSource.Contents
  ) {
    let rows = findings.map {
      [
        $0.priority.level.name, $0.package.name, $0.package.version, $0.fix ?? "none", $0.advisory.id,
        $0.advisory.summary.isEmpty ? $0.advisory.aliases.joined(separator: " ") : $0.advisory.summary,
      ]
    }
    var text = ""
    if !rows.isEmpty {
      text = Sheet("", columns: ["priority", "package", "version", "fixed in", "advisory", "what"], rows: rows)
        .text(Terminal(width: StandardOutput.width, colour: false))
    }
    // What mends most: a package is upgraded once, whatever the number of its advisories.
    var upgrades: [String: (version: String, count: Int)] = [:]
    for finding in findings {
      guard let fix = finding.fix else { continue }
      let name = finding.package.source ?? finding.package.name
      let known = upgrades[name]
      let newer = known.map { finding.package.ecosystem.order?.compare($0.version, fix) == .less } ?? true
      upgrades[name] = (newer ? fix : known?.version ?? fix, (known?.count ?? 0) + 1)
    }
    if !upgrades.isEmpty {
      text += "\nWHAT TO DO\n"
      for (name, upgrade) in upgrades.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }).prefix(10) {
        text += "  upgrade \(name) to \(upgrade.version): mends \(upgrade.count)\n"
      }
      if upgrades.count > 10 { text += "  and \(upgrades.count - 10) more packages\n" }
      text += "\n"
    }
    for (name, count) in report.uncovered.sorted(by: { $0.key < $1.key }) {
      text += "NOT COVERED  \(count) packages of \(name): the store holds no advisories for it\n"
    }
    for item in cleared.prefix(5) {
      text +=
        "NOT AFFECTED  \(item.finding.advisory.id) in \(item.finding.package.name): \(item.statement.status) by \(item.statement.file)\(item.statement.justification.isEmpty ? "" : ", " + Terminal.printable(item.statement.justification))\n"
    }
    if cleared.count > 5 { text += "NOT AFFECTED  and \(cleared.count - 5) more\n" }
    for item in report.undecided.prefix(5) { text += "UNDECIDED  \(item): its versions cannot be compared\n" }
    let unfixed = findings.count { $0.fix == nil }
    text +=
      "\(findings.count) vulnerabilities in \(Set(findings.map(\.package)).count) of \(report.packages.count) packages, \(unfixed) without a fix; \(ImageArguments.system(contents)), \(contents.layers) layers.\n"
    StandardOutput.write(text)
  }

  private func json(
    _ report: ImageReport, _ findings: [ImageFinding], _ cleared: [(finding: ImageFinding, statement: VEX.Statement)],
    _ contents: ImageSource.Contents
  ) {
    StandardOutput.answer("ImageReport") { writer in
      writer.field("source", input.source)
      writer.field("system", contents.system?.title)
      writer.field("packages", report.packages.count)
      writer.key("findings")
      writer.array(of: findings) { writer, finding in
        writer.object { writer in
          writer.field("id", finding.advisory.id)
          writer.field("aliases", finding.advisory.aliases)
          writer.field("package", finding.package.name)
          writer.field("version", finding.package.version)
          writer.field("source", finding.package.source)
          writer.field("sourceVersion", finding.package.sourceVersion)
          writer.field("ecosystem", finding.package.ecosystem.text)
          writer.field("path", finding.package.path)
          writer.field("fixed", finding.fix)
          writer.field("because", finding.because)
          writer.field("severity", finding.advisory.severity)
          writer.field("priority", finding.priority.level.name)
          writer.field("priorityReason", finding.priority.reason)
          writer.key("score")
          if let score = finding.priority.score { writer.value(score) } else { writer.null() }
          writer.key("likelihood")
          if let likelihood = finding.priority.likelihood { writer.value(likelihood) } else { writer.null() }
          writer.field("purl", finding.package.purl?.text)
          if let layer = finding.package.layer { writer.field("layer", layer) }
          if let step = contents.step(of: finding.package) { writer.field("step", step) }
          writer.field("summary", finding.advisory.summary)
        }
      }
      writer.key("cleared")
      writer.array(of: cleared) { writer, item in
        writer.object { writer in
          writer.field("id", item.finding.advisory.id)
          writer.field("package", item.finding.package.name)
          writer.field("version", item.finding.package.version)
          writer.field("status", item.statement.status)
          writer.field("justification", item.statement.justification)
          writer.field("by", item.statement.file)
        }
      }
      writer.key("notCovered")
      writer.object { writer in
        for (name, count) in report.uncovered.sorted(by: { $0.key < $1.key }) { writer.field(name, count) }
      }
      writer.field("undecided", report.undecided)
      writer.field("problems", contents.problems.map(\.text))
    }
  }
}
