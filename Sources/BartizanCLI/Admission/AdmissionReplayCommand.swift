import Admission
import ArgumentParser
import Findings
import Kube
import Operations
import Report

struct AdmissionReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Judge the requests of an audit log by policies that were not there.",
    discussion: """
      EXAMPLES
        bartizan admission replay --audit-log audit.log --policies policies/
        bartizan admission replay --audit-log audit.log.gz --policies policies/ \\
          -f cluster.tar.gz

      What a policy would have refused, by user and workload, so that it breaks nobody when it is enforced. Events \
      without a body (level Metadata), patches without their result, and deletions cannot be judged: they are counted \
      by reason, and never as passed. A policy without a binding is judged as if it were bound to everything.

      Exit code 1: a request would have been denied; 3: none would, but something could not be evaluated.
      """)

  @Option(help: "Audit logs: JSON lines or webhook batches, plain or gzip, or -. Repeatable.", completion: .file())
  var auditLog: [String]
  @OptionGroup var policies: PolicyArguments
  @OptionGroup var cluster: FileOptions
  @OptionGroup(title: "Live cluster") var live: ClusterOptions
  @OptionGroup var output: OutputOptions<AdmissionReplayAnswer>

  func run() async throws {
    let own = try await policies.snapshot()
    let before = try await Input.admissionCluster(cluster.file, live)
    let input = AdmissionInput(policies: own, cluster: before, unbound: .deniesEverywhere)
    try policies.validate(input.policies)
    Input.tell(input.policies, unbound: .deniesEverywhere)
    let (answer, problems) = try AdmissionReplayOperation.run(auditLog, input)
    StandardError.lines(problems)
    try output.give(answer)
    if answer.counts.denied > 0 { throw ExitCode(ExitStatus.findings) }
    let hidden = (own.problems + (before?.problems ?? [])).contains(where: \.hidesInput)
    throw ExitCode(hidden || answer.isPartial || !problems.isEmpty ? ExitStatus.internalFailure : ExitStatus.clean)
  }
}
