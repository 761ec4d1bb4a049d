import ArgumentParser
import Bytes
import Findings
import Images
import Operations
import Report

struct AdvisoriesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one advisory: what it is, which versions it affects, which version fixes it.",
    discussion: """
      EXAMPLES
        bartizan advisories show GHSA-jfh8-c2jp-5v3q
        bartizan advisories show CVE-2021-44228 -o json

      An alias shows every advisory that has it.
      """)

  @Argument(help: "An id or an alias, in letters of any case.") var id: String
  @OptionGroup var output: OutputOptions<AdvisoriesAnswer>
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.files.open()
    var found: [Advisory]
    do throws(DocumentError) {
      found = try store.advisories(id: id)
      if found.isEmpty { found = try store.advisories(id: AdvisoryName.usual(id)) }
    } catch {
      throw BartizanError(error)
    }
    guard !found.isEmpty else { throw BartizanError(.input, "the store has no advisory \"\(id)\"") }
    try output.give(AdvisoriesAnswer(found))
  }
}
