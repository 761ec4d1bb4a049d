import ArgumentParser
import Operations
import Report

struct AdvisoriesInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "What the store holds, and how old it is.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions<AdvisoryStoreAnswer>

  func run() throws { try output.give(AdvisoryStoreAnswer(try store.files.open(), file: store.files.store)) }
}
