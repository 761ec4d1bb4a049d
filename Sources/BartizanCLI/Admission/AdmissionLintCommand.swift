import Admission
import ArgumentParser
import Findings
import Kube
import Operations
import Report

struct AdmissionLintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Check whether the API server would take policies, and what it would warn of.",
    discussion: """
      EXAMPLES
        bartizan admission lint policies/
        bartizan admission lint policy.yaml crds.yaml

      Policies, bindings, webhook configurations and CustomResourceDefinitions are checked as the server checks them \
      when they are made, with its messages; expressions are checked against the schemas of the kinds that a policy \
      is about. What has no effect is noted.

      Policies of Kyverno and Gatekeeper are another engine's: of those in CEL, expressions are checked as far as they are \
      the server's language; the others are named, not judged.

      Exit code 1: something is refused or warned of; 3: nothing is, but a policy was not understood.
      """)

  @OptionGroup var input: SourceArguments
  @OptionGroup(title: "Live cluster") var live: ClusterOptions
  @OptionGroup var output: OutputOptions<PolicyRemarksAnswer>

  func run() async throws {
    let snapshot = try await Input.admissionSnapshot(input.all, live, renders: !input.noRender)
    // Bindings and webhooks are linted, too; anything else is not what the user meant to name.
    guard
      snapshot.objects.contains(where: { $0.groupKind.group == PolicySet.group })
        || PolicySet(snapshot.objects).holdsAny || snapshot.problems.contains(where: \.hidesInput)
        || snapshot.objects.contains(where: { $0.kind == "CustomResourceDefinition" })
        || snapshot.notListed.contains(where: { $0.kind.group == PolicySet.group })
    else { throw BartizanError(.input, "no admission policy in the input") }
    let remarks = PolicyRemarks(snapshot)
    let answer = PolicyRemarksAnswer(remarks)
    try output.give(answer)
    if !remarks.isClean { throw ExitCode(ExitStatus.findings) }
    try ExitStatus.finish(answer)
    throw ExitCode(
      remarks.isPartial || snapshot.problems.contains(where: \.hidesInput)
        ? ExitStatus.internalFailure : ExitStatus.clean)
  }
}
