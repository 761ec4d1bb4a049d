import ArgumentParser
import Findings
import Images
import Operations
import Report
import Transport

struct AdvisoriesCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Print <, = or > for two versions, as their ecosystem orders them.",
    discussion: """
      EXAMPLES
        bartizan advisories compare Debian 1.2~rc1-1 1.2-1
        bartizan advisories compare --batch triples.tsv

      A line of a batch is ECOSYSTEM, A and B between tabs, and is answered by a line. `?` stands for versions that \
      the order does not know.
      """)

  @Argument(help: "OSV's name of the ecosystem, such as PyPI or Debian.") var ecosystem: String?
  @Argument(help: "One version.") var a: String?
  @Argument(help: "The other.") var b: String?
  @Option(help: "A file of tab-separated triples, or -.", completion: .file()) var batch: String?
  @OptionGroup var output: OutputOptions<VersionComparisonAnswer>

  func run() throws {
    if let batch {
      guard ecosystem == nil else { throw BartizanError(.usage, "either two versions or --batch, not both") }
      return StandardOutput.write(try VersionComparison.answer(try FileReader.named(batch), file: batch))
    }
    guard let ecosystem, let a, let b else {
      throw BartizanError(.usage, "name an ecosystem and two versions, or --batch FILE")
    }
    guard let outcome = try VersionComparison.order(of: ecosystem).compare(a, b) else {
      throw BartizanError(.input, "\"\(a)\" and \"\(b)\" are not both versions of \(ecosystem)")
    }
    try output.give(VersionComparisonAnswer(ecosystem: ecosystem, a, outcome, b))
  }
}
