import Admission
import ArgumentParser
import Findings
import Kube
import Operations
import Report

struct AdmissionCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check whether policies would admit objects.",
    discussion: """
      EXAMPLES
        bartizan admission check manifests/ --policies policies/
        helm template chart/ | bartizan admission check - --policies policies/ \\
          -f cluster.tar.gz
        bartizan admission check deploy.yaml --policies policies/ --format sarif

      Each object is first made what the server would store of it (defaults, built-in plugins, mutating policies), and \
      is then judged as if it were created. A policy that no binding names is judged as if it were bound to \
      everything with the action Deny. Labels of namespaces, params and roles come from the policies, the objects, and \
      the cluster (-f, --context) where one is named; what cannot be known from them is not evaluated.

      Exit code 1: a policy denies; 3: nothing is denied, but something could not be evaluated.
      """)

  @Argument(
    help: "Files, folders, charts, kustomizations or archives of objects to judge, or - for standard input.",
    completion: .file())
  var objects: [String] = []
  @OptionGroup var policies: PolicyArguments
  @OptionGroup var cluster: FileOptions
  @OptionGroup(title: "Live cluster") var live: ClusterOptions
  @Flag(help: "Do not render charts with helm and kustomizations with kubectl; read the files as they are.")
  var noRender = false
  @Option(name: .shortAndLong, help: "The namespace of objects that name none.") var namespace = "default"
  @OptionGroup var requester: RequesterOptions
  @Option(help: "Exit with 1 when a policy does at least this: deny, warn, audit, or never.")
  var failOn = FailingAction.deny
  @OptionGroup var output: OutputOptions<PolicyVerdictsAnswer>

  func validate() throws {
    if policies.policies.isEmpty { throw ValidationError("--policies names no file") }
    try Input.validate(namespaces: [namespace], of: "--namespace")
    if objects.isEmpty { throw ValidationError("name the objects to check: files, folders, or - for standard input") }
  }

  func run() async throws {
    let own = try await policies.snapshot()
    let input = try await Input.admissionSnapshot(objects, renders: !noRender)
    try Input.validate(holdsObjects: input, objects)
    let before = try await Input.admissionCluster(cluster.file, live)
    let admission = AdmissionInput(policies: own, cluster: before, objects: input, unbound: .deniesEverywhere)
    try policies.validate(admission.policies)
    Input.tell(admission.policies, unbound: .deniesEverywhere)
    let answer = try await AdmissionCheckOperation.run(
      input.objects.filter { PolicySet.judges($0.groupKind) }, admission,
      .init(user: requester.requester, namespace: namespace), sources: objects, toolVersion: Version.text)
    try output.give(answer)
    AdmissionExit.tellOfNothing(answer)
    throw ExitCode(AdmissionExit.status(answer, failOn, hidesInput: input.problems + own.problems))
  }
}

/// How verdicts of policies end a command.
enum AdmissionExit {
  static func status(_ answer: PolicyVerdictsAnswer, _ failOn: FailingAction, hidesInput problems: [Problem]) -> Int32 {
    if failOn.isReached(by: answer.verdicts) { return ExitStatus.findings }
    if answer.isPartial || problems.contains(where: \.hidesInput) { return ExitStatus.internalFailure }
    return ExitStatus.clean
  }

  /// Says that policies let pass what none of them is about.
  static func tellOfNothing(_ answer: PolicyVerdictsAnswer) {
    guard answer.verdicts.evaluations == 0, !answer.isPartial else { return }
    StandardError.line("no policy is about any of the objects: nothing was judged")
  }
}
