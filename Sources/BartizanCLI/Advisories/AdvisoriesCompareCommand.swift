import ArgumentParser
import Bytes
import Collect
import Findings
import Images

struct AdvisoriesCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Print <, = or > for two versions, as their ecosystem orders them.",
    discussion: """
      EXAMPLES
        bartizan advisories compare Debian 1.2~rc1-1 1.2-1
        bartizan advisories compare --batch triples.tsv

      A batch holds a triple a line, ECOSYSTEM, A and B between tabs; the answers come a line each. `?` stands for versions that
      the order does not know.
      """)

  @Argument(help: "OSV's name of the ecosystem, such as PyPI or Debian.") var ecosystem: String?
  @Argument(help: "The one version.") var a: String?
  @Argument(help: "The other.") var b: String?
  @Option(help: "A file of tab-separated triples, or -.", completion: .file()) var batch: String?

  func run() throws {
    if let batch {
      guard ecosystem == nil else { throw BartizanError(.usage, "--batch takes no further versions") }
      return try run(batch: batch)
    }
    guard let ecosystem, let a, let b else {
      throw BartizanError(.usage, "name an ecosystem and two versions, or --batch FILE")
    }
    guard let outcome = try Self.order(ecosystem).compare(a, b) else {
      throw BartizanError(.input, "\"\(a)\" and \"\(b)\" are not both versions of \(ecosystem)")
    }
    StandardOutput.write(outcome.symbol + "\n")
  }

  private func run(batch: String) throws {
    let bytes = try BatchFile.bytes(batch)
    var output: [UInt8] = []
    for (index, line) in bytes.split(separator: 0x0A).enumerated() {
      let words = line.split(separator: 0x09, omittingEmptySubsequences: false).map {
        String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self)
      }
      guard words.count == 3 else {
        throw BartizanError(.input, "\(batch):\(index + 1): expected ECOSYSTEM, A and B between tabs")
      }
      output += (try Self.order(words[0]).compare(words[1], words[2])?.symbol ?? "?").utf8
      output.append(0x0A)
    }
    StandardOutput.write(output)
  }

  private static func order(_ name: String) throws(BartizanError) -> VersionOrder {
    guard let order = Ecosystem(name).order else {
      throw BartizanError(
        .usage, "no order of versions is known for \"\(name)\"; known are \(Ecosystem.known.joined(separator: ", "))")
    }
    return order
  }
}
