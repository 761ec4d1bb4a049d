import ArgumentParser

struct AdvisoriesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advisories", abstract: "Known vulnerabilities: update, query and compare.",
    discussion: """
      EXAMPLES
        bartizan advisories update --source mirror/osv
        bartizan advisories query PyPI django 2.2
        bartizan advisories show CVE-2021-44228
        bartizan advisories compare Debian 1.2-1 1.2-1+b1

      The store is one compact file, made from OSV records, and used without a network.
      """,
    subcommands: [
      AdvisoriesUpdateCommand.self, AdvisoriesInfoCommand.self, AdvisoriesQueryCommand.self,
      AdvisoriesShowCommand.self, AdvisoriesCompareCommand.self,
    ])
}
