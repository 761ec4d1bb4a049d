import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Report

struct AdvisoriesQueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Which advisories a package of a version falls under.",
    discussion: """
      EXAMPLES
        bartizan advisories query PyPI django 2.2
        bartizan advisories query Debian:12 openssl 3.0.9-1
        bartizan advisories query --batch packages.jsonl

      A batch holds {"ecosystem":"PyPI","name":"django","version":"2.2"} a line, and is answered with the same and "ids"; "undecided"
      names advisories whose versions could not be compared.
      """)

  @Argument(help: "OSV's name of the ecosystem, with the release of a distribution behind a colon.") var ecosystem:
    String?
  @Argument(help: "The package.") var name: String?
  @Argument(help: "Its version; none: any.") var version: String?
  @Option(help: "A file of questions in JSON, one a line, or -.", completion: .file()) var batch: String?
  @Option(help: "table or json.") var format: AnswerFormat = .table
  @OptionGroup var options: StoreOptions

  func run() throws {
    let store = try options.open()
    if let batch {
      guard ecosystem == nil else { throw BartizanError(.usage, "--batch takes no further package") }
      return try run(batch: batch, store)
    }
    guard let ecosystem, let name else {
      throw BartizanError(.usage, "name an ecosystem and a package, or --batch FILE")
    }
    let answer = try Self.answer(
      AdvisoryQuery(ecosystem: Ecosystem(ecosystem), name: name, version: version), store)
    switch format {
    case .json: StandardOutput.answer("AdvisoryMatches") { Self.write(answer, &$0) }
    case .table: table(answer)
    }
    if !answer.matches.isEmpty { throw ExitCode(ExitStatus.findings) }
  }

  private static func answer(
    _ query: AdvisoryQuery, _ store: AdvisoryStore
  ) throws(BartizanError) -> AdvisoryQuery.Answer {
    do throws(DocumentError) {
      return try query.run(store)
    } catch {
      throw BartizanError(.input, error.message)
    }
  }

  private func table(_ answer: AdvisoryQuery.Answer) {
    let rows = answer.matches.map { match in
      [
        match.advisory.id, match.advisory.aliases.filter { $0.hasPrefix("CVE-") }.joined(separator: " "),
        match.fix ?? "none", match.advisory.summary,
      ]
    }
    var text = ""
    if !rows.isEmpty {
      text = TextTable("", columns: ["advisory", "CVE", "fixed in", "what"], rows: rows)
        .text(Terminal(width: StandardOutput.width, colour: false))
    }
    text += "\(rows.count) advisor\(rows.count == 1 ? "y" : "ies")"
    if !answer.undecided.isEmpty {
      text += "; undecided, since versions cannot be compared: \(answer.undecided.map(\.id).joined(separator: ", "))"
    }
    StandardOutput.write(text + ".\n")
  }

  private static func write(_ answer: AdvisoryQuery.Answer, _ writer: inout JSONWriter) {
    writer.key("matches")
    writer.array(of: answer.matches) { writer, match in
      writer.object { writer in
        writer.field("id", match.advisory.id)
        writer.field("aliases", match.advisory.aliases)
        writer.field("summary", match.advisory.summary)
        writer.field("severity", match.advisory.severity)
        writer.field("fixed", match.fix)
        writer.field("because", match.because)
      }
    }
    writer.field("undecided", answer.undecided.map(\.id))
  }

  private func run(batch: String, _ store: AdvisoryStore) throws {
    let bytes = try BatchFile.bytes(batch)
    var failed = false
    var output: [UInt8] = []
    var memory = AdvisoryQuery.Memory()
    for (index, line) in bytes.split(separator: 0x0A).enumerated() where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D })
    {
      var writer = JSONWriter(pretty: false)
      if let question = try? JSONReader.read(Array(line)), let ecosystem = question["ecosystem"]?.string,
        let name = question["name"]?.string
      {
        let query = AdvisoryQuery(ecosystem: Ecosystem(ecosystem), name: name, version: question["version"]?.text)
        let answer: (matches: [String], undecided: [String])
        do throws(DocumentError) { answer = try query.ids(store, &memory) } catch {
          throw BartizanError(.input, error.message)
        }
        writer.object { writer in
          for entry in question.entries where entry.key != "ids" && entry.key != "undecided" {
            writer.key(entry.key)
            writer.value(entry.value)
          }
          writer.field("ids", answer.matches)
          if !answer.undecided.isEmpty { writer.field("undecided", answer.undecided) }
        }
      } else {
        failed = true
        StandardError.line("bartizan: \(batch):\(index + 1): expected {\"ecosystem\", \"name\", \"version\"}")
        writer.object { $0.field("error", "not a question") }
      }
      writer.endLine()
      output += writer.bytes
      if output.count > 1 << 16 {
        StandardOutput.write(output)
        output = []
      }
    }
    StandardOutput.write(output)
    if failed { throw ExitCode(ExitStatus.usage) }
  }
}

struct AdvisoriesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One advisory: what it is, which versions, which fix.",
    discussion: """
      EXAMPLES
        bartizan advisories show GHSA-jfh8-c2jp-5v3q
        bartizan advisories show CVE-2021-44228 --format json

      An alias shows every record that bears it.
      """)

  @Argument(help: "An id or an alias.") var id: String
  @Option(help: "table or json.") var format: AnswerFormat = .table
  @OptionGroup var options: StoreOptions

  func run() throws {
    let store = try options.open()
    let found: [Advisory]
    do throws(DocumentError) {
      found = try store.advisories(id: id)
    } catch {
      throw BartizanError(.input, error.message)
    }
    guard !found.isEmpty else { throw BartizanError(.input, "the store holds no advisory \"\(id)\"") }
    switch format {
    case .json:
      StandardOutput.answer("Advisories") { writer in
        writer.key("advisories")
        writer.array(of: found) { writer, advisory in Self.write(advisory, &writer) }
      }
    case .table:
      let terminal = Terminal(width: StandardOutput.width, colour: false)
      StandardOutput.write(found.map { Self.text($0, terminal) }.joined(separator: "\n"))
    }
  }

  private static func write(_ advisory: Advisory, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", advisory.id)
      writer.field("aliases", advisory.aliases)
      writer.field("summary", advisory.summary)
      writer.field("published", advisory.published)
      writer.field("severity", advisory.severity)
      writer.key("affected")
      writer.array(of: advisory.affected) { writer, affected in
        writer.object { writer in
          writer.field("ecosystem", affected.ecosystem.text)
          writer.field("name", affected.name)
          writer.key("ranges")
          writer.array(of: affected.ranges) { writer, range in
            writer.array(of: range) { writer, event in
              writer.object { $0.field(event.kind.rawValue, event.version) }
            }
          }
          writer.field("versions", affected.versions)
        }
      }
    }
  }

  private static func text(_ advisory: Advisory, _ terminal: Terminal) -> String {
    var text = advisory.id
    if !advisory.aliases.isEmpty { text += "  (\(advisory.aliases.joined(separator: ", ")))" }
    text += "\n" + terminal.wrapped(advisory.summary, indent: 2) + "\n"
    if !advisory.published.isEmpty { text += "  published \(advisory.published)\n" }
    for vector in advisory.severity { text += "  \(vector)\n" }
    for affected in advisory.affected {
      text += "  \(affected.ecosystem.text)  \(affected.name)\n"
      for range in affected.ranges {
        text += "    " + range.map { "\($0.kind.rawValue) \($0.version)" }.joined(separator: ", ") + "\n"
      }
      if !affected.versions.isEmpty {
        text += terminal.wrapped("versions " + affected.versions.joined(separator: ", "), indent: 4) + "\n"
      }
    }
    return text
  }
}
