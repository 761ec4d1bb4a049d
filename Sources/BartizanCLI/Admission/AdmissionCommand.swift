import ArgumentParser

struct AdmissionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admission",
    abstract: "Evaluate admission policies written in CEL as the API server does, without one.",
    discussion: """
      EXAMPLES
        bartizan admission check manifests/ --policies policies/    would these pass?
        bartizan admission audit -f cluster.tar.gz          what would be refused?
        bartizan admission replay --audit-log audit.log --policies policies/
        bartizan admission lint policies/                   are they valid?
        bartizan admission test policies/tests.yaml         unit tests

      Policies are ValidatingAdmissionPolicies and MutatingAdmissionPolicies with their bindings and params, and those \
      of Kyverno and Gatekeeper that are written in CEL.
      """,
    subcommands: [
      AdmissionCheckCommand.self, AdmissionReviewCommand.self, AdmissionLintCommand.self, AdmissionExplainCommand.self,
      AdmissionAuditCommand.self, AdmissionReplayCommand.self, AdmissionTestCommand.self, AdmissionGenerateCommand.self,
      AdmissionInstallCommand.self,
    ])
}
