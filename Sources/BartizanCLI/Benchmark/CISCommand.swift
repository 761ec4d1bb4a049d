import ArgumentParser

struct CISCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cis", abstract: "The CIS Kubernetes Benchmark, judged with evidence.",
    subcommands: [CISReviewCommand.self, CISRunCommand.self, CISImportCommand.self],
    defaultSubcommand: CISReviewCommand.self)
}
