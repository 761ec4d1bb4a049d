package import ArgumentParser

/// The root command. Each subcommand is a file of its own.
package struct BartizanCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "bartizan",
    abstract: "The security platform for Kubernetes: configuration, access, network, images and events.",
    discussion: """
      EXAMPLES
        bartizan scan manifests/                what is wrong with a folder
        bartizan scan --context prod            what is wrong with a cluster
        bartizan admission check manifests/ --policies policies/
                                                would admission policies let it in
        bartizan pss headroom manifests/        how strict a namespace could be
        bartizan checks explain pss-privileged  why a check exists
        bartizan events search event.outcome:failure --input audit.log
                                                what was refused
        helm template chart/ | bartizan scan - --fail-on high

      OPTIONS OF EVERY RUN
        --timeout TIME  stop after this time, such as 10m, with exit code 3
        --config FILE   a file of options, in place of the .bartizan.yaml that is found upwards from here
                        (`bartizan config show` says what is set, and by what)

      EXIT CODES
        0  clean
        1  findings at or above --fail-on
        2  usage or input error
        3  internal or remote failure, or an incomplete scan with --strict
      """,
    version: Version.text,
    subcommands: [
      ScanCommand.self, DiffCommand.self, SnapshotCommand.self, PSSCommand.self, RBACCommand.self, NetworkCommand.self,
      DepthCommand.self, ComponentCommand.self,
      CISCommand.self, NodeCommand.self,
      AdmissionCommand.self, ServeCommand.self, TokenCommand.self,
      DetectCommand.self, IncidentsCommand.self, AlertsCommand.self, RulesCommand.self, EventsCommand.self,
      AdvisoriesCommand.self, ImageCommand.self, RegistryCommand.self, SigstoreCommand.self, KeyCommand.self,
      ChecksCommand.self,
      ConfigCommand.self, RBACManifestCommand.self, DocumentationCommand.self,
    ])

  package init() {}
}
