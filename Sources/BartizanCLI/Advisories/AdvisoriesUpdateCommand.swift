import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Transport

struct AdvisoriesUpdateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Build the store from what is published.",
    discussion: """
      EXAMPLES
        bartizan advisories update --source mirror/osv --risk mirror/known_exploited_vulnerabilities.json
        bartizan advisories update --source https://osv-vulnerabilities.storage.googleapis.com --ecosystem PyPI --ecosystem Go

      A source is a folder of ECOSYSTEM/all.zip as OSV has it, on disk or behind a URL; a single archive; or a document, or a
      folder of them: OSV records, the secdb of Alpine, Wolfi and Chainguard, and the data of Debian's security tracker. The
      store is swapped at the end: until then, and when something fails, the old one stays.
      What is behind a URL is kept beside the store: what has not changed is not fetched again, and what broke off goes on. The
      digest that is printed names the store wherever it is copied to; `advisories info` prints it again.
      """)

  @Option(help: "A folder, a file, or the URL of a folder. Repeatable.", completion: .directory) var source: [String] =
    []
  @Option(help: "Only this ecosystem, by OSV's name. Repeatable.") var ecosystem: [String] = []
  @Option(
    help:
      "What is known of exploitation: CISA's KEV in JSON, EPSS or SSVC in CSV, as file or URL, gzipped or not. Repeatable.",
    completion: .file())
  var risk: [String] = []
  @OptionGroup var options: StoreOptions

  func run() async throws {
    if !risk.isEmpty { try await updateRisks() }
    guard !source.isEmpty || risk.isEmpty else { return }
    guard !source.isEmpty else { throw BartizanError(.usage, "name where advisories come from with --source") }
    var all = AdvisoryStoreBuilder()
    var sources: [(name: String, records: Int)] = []
    var problems: [Problem] = []
    let progress = Progress("reading archive")
    let download = Download(HTTPSettings(environment: Environment.value), keepingIn: options.folder + "/downloads")
    for name in source {
      let outcome = try await AdvisoryCollection.read(name, ecosystems: ecosystem, download: download) {
        progress.update($0, $1)
      }
      all.add(outcome.builder)
      sources += outcome.sources
      problems += outcome.problems
    }
    progress.finish()
    for problem in problems.prefix(20) { StandardError.line("bartizan: \(problem.text)") }
    if problems.count > 20 { StandardError.line("bartizan: and \(problems.count - 20) more") }
    guard all.count > 0 else { throw BartizanError(.remote, "no advisory could be read; the store stays as it was") }
    let bytes: [UInt8]
    do throws(DocumentError) {
      bytes = try all.bytes(sources: sources, built: Today.moment)
    } catch {
      throw BartizanError(.remote, error.message)
    }
    try Folder.make(options.folder)
    try FileWriter.replace(options.file, with: bytes)
    let megabytes = Double(bytes.count * 10 / 1_000_000) / 10
    StandardOutput.write(
      "\(all.count) advisories of \(sources.count) source\(sources.count == 1 ? "" : "s") in \(options.file), \(megabytes) MB, \(Digest.sha256(bytes)).\n"
    )
    // What was read is of use; that something was not is said by the status.
    if !problems.isEmpty { throw ExitCode(ExitStatus.internalFailure) }
  }

  private func updateRisks() async throws {
    var builder = RiskIndex.Builder()
    var told: [String] = []
    for name in risk {
      var bytes = try await AdvisoryCollection.bytes(
        name, Download(HTTPSettings(environment: Environment.value)))
      do throws(DocumentError) {
        if Gzip.isGzip(bytes) { bytes = try Gzip.decompress(bytes) }
        told.append("\(try builder.add(bytes)) of \(name)")
      } catch {
        throw BartizanError(.input, "\(name): \(error.message)")
      }
    }
    try Folder.make(options.folder)
    let bytes = builder.bytes
    try FileWriter.replace(options.riskFile, with: bytes)
    StandardOutput.write("Risks of CVEs in \(options.riskFile): \(told.joined(separator: ", ")).\n")
  }
}

struct AdvisoriesInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "What the store holds, and how old it is.")
  @OptionGroup var options: StoreOptions
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() throws {
    let store = try options.open()
    let header = store.header
    switch format {
    case .json:
      StandardOutput.answer("AdvisoryStore") { writer in
        for entry in header.entries {
          writer.key(entry.key)
          writer.value(entry.value)
        }
      }
    case .table:
      var text =
        "\(options.file)\n\(store.digest)\nbuilt \(header["built"]?.text ?? ""), \(header["advisories"]?.text ?? "0") advisories for \(header["packages"]?.text ?? "0") packages\n"
      for source in header["sources"]?.elements ?? [] {
        text += "  \(source["records"]?.text ?? "0")  \(source["name"]?.text ?? "")\n"
      }
      StandardOutput.write(text)
    }
  }
}
