import Admission
import ArgumentParser
import Findings
import Operations
import PodSecurity
import Report

struct AdmissionGenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract:
      "Write a level of Pod Security, checks of workloads, or allowed registries, as policies with their bindings.",
    discussion: """
      EXAMPLES
        bartizan admission generate --level restricted > policies/restricted.yaml
        bartizan admission generate --level baseline --action warn \\
          --exempt kube-system --exempt ci
        bartizan admission generate --allowed-registry registry.example/team \\
          --allowed-registry ghcr.io/acme
        bartizan admission generate --check unpinned-image \\
          --check missing-memory-limit --action warn

      Unlike the labels of namespaces, the policy judges what makes pods, too (Deployments, CronJobs, …), so that it \
      is the author of the workload who is refused. It gives the same verdicts as `bartizan pss check` at the latest \
      version.
      """)

  @Option(help: "baseline or restricted.") var level: LevelName = LevelName(.restricted)
  @Option(
    help: ArgumentHelp(
      "A registry, or a part of one, from which images may come: the policy is about that instead of a level. Repeatable.",
      valueName: "registry"))
  var allowedRegistry: [String] = []
  @Option(
    help: ArgumentHelp(
      "A check of workloads, by its id: the policies are about these instead of a level. Repeatable.", valueName: "id"),
    completion: .list(WorkloadPolicies.all.map(\.check)))
  var check: [String] = []
  @Option(help: "What the binding does: deny, warn or audit.") var action: ActionName = ActionName(.deny)
  @Option(help: "A namespace that is left alone. Repeatable; kube-system by default.") var exempt: [String] = []
  @OptionGroup var output: OutputOptions<ManifestsAnswer>

  func validate() throws {
    try Input.validate(namespaces: exempt, of: "--exempt")
    for name in allowedRegistry where !RegistryPolicies.isRegistry(name) {
      throw ValidationError(
        "--allowed-registry \(name): wanted is a registry or a part of one, such as registry.example/team")
    }
    if !check.isEmpty, !allowedRegistry.isEmpty {
      throw ValidationError("--check and --allowed-registry are for one run each")
    }
  }

  func run() throws {
    let exempt = exempt.isEmpty ? ["kube-system"] : exempt
    if !allowedRegistry.isEmpty {
      return try output.give(
        ManifestsAnswer(
          RegistryPolicies.documents(allowed: allowedRegistry, action: action.action, exempt: exempt)))
    }
    if !check.isEmpty {
      return try output.give(
        ManifestsAnswer(try PolicyGeneration.documents(checks: check, action: action.action, exempt: exempt)))
    }
    guard level.level != .privileged else {
      throw BartizanError(.usage, "the privileged level allows everything: there is no policy for it")
    }
    try output.give(
      ManifestsAnswer(
        PodSecurityPolicies.documents(
          level: level.level, action: action.action, exempt: exempt)))
  }
}

struct ActionName: ListedArgument, Sendable {
  let action: PolicyBinding.Action
  init(_ action: PolicyBinding.Action) { self.action = action }
  init?(argument: String) {
    guard
      let action = PolicyBinding.Action(rawValue: argument.prefix(1).uppercased() + argument.dropFirst().lowercased())
    else { return nil }
    self.action = action
  }
  var defaultValueDescription: String { action.rawValue.lowercased() }
  static var allValueStrings: [String] { ["deny", "warn", "audit"] }
}
