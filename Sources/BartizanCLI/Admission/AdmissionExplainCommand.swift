import Admission
import ArgumentParser
import Findings
import Kube
import Operations
import Report

struct AdmissionExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Walk through everything that stands between an object and the cluster.",
    discussion: """
      EXAMPLES
        bartizan admission explain pod.yaml -f cluster.tar.gz
        bartizan admission explain pod.yaml --context prod --user kim@example.com
        bartizan admission explain pod.yaml -f cluster.tar.gz --policies new-policies/

      In the server's order: built-in plugins, mutating policies and webhooks, Pod Security, validating policies and \
      webhooks, quota. Webhooks are not asked; those that the server would ask are named. With --policies, these stand \
      beside the cluster's own.

      Exit code 1: refused; 3: it cannot be known.
      """)

  @Argument(help: "Files of objects, or - for standard input.", completion: .file()) var objects: [String] = []
  @OptionGroup var policies: PolicyArguments
  @OptionGroup var cluster: FileOptions
  @OptionGroup(title: "Live cluster") var live: ClusterOptions
  @Option(name: .shortAndLong, help: "The namespace of objects that name none.") var namespace = "default"
  @Option(help: "Who sends the request.") var user = "kubernetes-admin"
  @Option(help: "A group of the user, besides those that the server adds. Repeatable.") var group: [String] = []
  @OptionGroup var output: OutputOptions<AdmissionExplanationAnswer>

  func validate() throws {
    try Input.validate(namespaces: [namespace], of: "--namespace")
    if objects.isEmpty { throw ValidationError("name an object: a file, or - for standard input") }
  }

  func run() async throws {
    let given = try await Input.admissionSnapshot(objects)
    try Input.validate(holdsObjects: given, objects)
    let before = try await Input.admissionCluster(cluster.file, live)
    let own = policies.policies.isEmpty ? nil : try await policies.snapshot()
    // A whole cluster has this one; in manifests, what is not there may be elsewhere.
    let isWhole = before.map { $0.serverMinor != nil || $0.objects(.namespace).contains { $0.name == "kube-system" } }
    let input = AdmissionInput(policies: own, cluster: before, assumesNamespaces: !(isWhole ?? false))
    try policies.validate(input.policies)
    Input.tell(input.policies, unbound: .isNotInForce)
    let requester = AdmissionRequest.User(name: user, groups: group + ["system:authenticated"])
    let answer = try AdmissionExplainOperation.run(given.objects, input, user: requester, namespace: namespace)
    try output.give(answer)
    // What was not listed may stand at the door as well.
    let door: Set<GroupKind> = [.namespace, GroupKind("", "LimitRange"), GroupKind("", "ResourceQuota")]
    let notSeen = (before?.notListed ?? []).filter { $0.kind.group == PolicySet.group || door.contains($0.kind) }
    ExitStatus.tell(notSeen)
    if !notSeen.isEmpty, !answer.isRefused { throw ExitCode(ExitStatus.unknown) }
    let isHidden = (given.problems + (own?.problems ?? [])).contains(where: \.hidesInput)
    throw ExitCode(
      answer.isRefused
        ? ExitStatus.findings : answer.isUncertain || isHidden ? ExitStatus.internalFailure : ExitStatus.clean)
  }
}
