import Admission
import ArgumentParser
import Findings
import Kube
import Operations
import Report

struct AdmissionAuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check everything that is in a cluster against its policies.",
    discussion: """
      EXAMPLES
        bartizan admission audit --context prod
        bartizan admission audit -f cluster.tar.gz
        bartizan admission audit -f cluster.tar.gz --policies new-policies/

      What runs today, and would be refused if it were created again. The policies are those of the cluster, and \
      only those in force: a policy without a binding does nothing. With --policies, others are tried instead; of \
      these, one without a binding is judged as if it were bound to everything.

      Exit code 1: something would be denied; 3: nothing is, but something could not be evaluated.
      """)

  @OptionGroup var policies: PolicyArguments
  @OptionGroup var input: SourceArguments
  @OptionGroup(title: "Live cluster") var live: ClusterOptions
  @Option(name: .shortAndLong, help: "Only objects in this namespace. Repeatable.", transform: Input.namespace)
  var namespace: [String] = []
  @OptionGroup var requester: RequesterOptions
  @Option(help: "Exit with 1 when a policy does at least this: deny, warn, audit, or never.")
  var failOn = FailingAction.deny
  @OptionGroup var output: OutputOptions<PolicyVerdictsAnswer>

  func run() async throws {
    let cluster = try await Input.admissionSnapshot(input.all, live, renders: !input.noRender)
    let own = policies.policies.isEmpty ? nil : try await policies.snapshot()
    let unbound: PolicySet.Unbound = own == nil ? .isNotInForce : .deniesEverywhere
    let admission = AdmissionInput(policies: own, cluster: cluster, unbound: unbound)
    try policies.validate(admission.policies)
    Input.tell(admission.policies, unbound: unbound)
    guard admission.policies.holdsAny else {
      // The policies may be among what the server did not hand out.
      try ExitStatus.finish(cluster.notListed.filter { $0.kind.group == PolicySet.group })
      throw BartizanError(.input, "no policy in the input; name policies with --policies")
    }
    let wanted = Set(namespace)
    let known = Set(cluster.namespaces)
    if let other = namespace.first(where: { !known.contains($0) }) {
      throw BartizanError(.input, "no namespace \(other) is in the input, and no object in it")
    }
    let answer = try await AdmissionCheckOperation.run(
      cluster.objects.filter { object in
        PolicySet.judges(object.groupKind) && (wanted.isEmpty || wanted.contains(object.namespace ?? ""))
      }, admission, .init(user: requester.requester), sources: input.names(live), toolVersion: Version.text)
    try output.give(answer)
    AdmissionExit.tellOfNothing(answer)
    let status = AdmissionExit.status(answer, failOn, hidesInput: cluster.problems + (own?.problems ?? []))
    // Objects of kinds that were not listed were not judged.
    ExitStatus.tell(cluster.notListed)
    throw ExitCode(status == ExitStatus.clean && !cluster.refused.isEmpty ? ExitStatus.unknown : status)
  }
}
