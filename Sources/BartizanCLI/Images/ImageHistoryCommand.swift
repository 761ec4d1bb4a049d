import ArgumentParser
import Operations
import Report
import Store

struct ImageHistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "What became known of a watched image, and when.",
    discussion: """
      EXAMPLES
        bartizan image history
        bartizan image history registry.example/team/app:1.4
        bartizan image history sha256:6b4d9f

      Without an image: those that are watched, with the vulnerabilities that they have now. With one: what it had \
      when it was added, and each change since, with the time of the run that saw it. Exit code 0: it looks back, \
      and is no scan.
      """)

  @Argument(help: "A name, or the digest of a manifest or a configuration, or the beginning of one.") var image: String?
  @OptionGroup var output: OutputOptions<ImageHistoryAnswer>
  @Flag(help: "In the table: changes that are no news as well, and all vulnerabilities at the beginning.") var all =
    false
  @OptionGroup var ledger: LedgerOptions

  func run() async throws {
    let ledger = try ledger.open(mustExist: true)
    if let image {
      let history = try await ledger.history(of: try await LedgerNames.entry(of: image, in: ledger))
      try output.give(ImageHistoryAnswer(history, showsAll: all))
    } else {
      try output.give(WatchedImagesAnswer(try await ledger.images().map { WatchedImage($0) }))
    }
  }
}
