import Admission
import ArgumentParser
import Findings
import PodSecurity
import Report

struct AdmissionGenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Write a level of Pod Security as a policy with its binding.",
    discussion: """
      EXAMPLES
        bartizan admission generate --level restricted > policies/restricted.yaml
        bartizan admission generate --level baseline --action warn --exempt kube-system --exempt ci

      Unlike the labels of namespaces, the policy judges what makes pods, too (Deployments, CronJobs, …), so that it \
      is the author of the workload who is refused. It gives the same verdicts as `bartizan pss check` at the latest \
      version.
      """)

  @Option(help: "baseline or restricted.") var level: LevelName = LevelName(.restricted)
  @Option(help: "What the binding does: deny, warn or audit.") var action: ActionName = ActionName(.deny)
  @Option(help: "A namespace that is left alone. Repeatable; kube-system by default.") var exempt: [String] = []
  @OptionGroup var output: OutputOptions<ManifestsAnswer>

  func run() throws {
    guard level.level != .privileged else {
      throw BartizanError(.usage, "the privileged level allows everything: there is no policy for it")
    }
    try output.give(
      ManifestsAnswer(
        PodSecurityPolicies.documents(
          level: level.level, action: action.action, exempt: exempt.isEmpty ? ["kube-system"] : exempt)))
  }
}

struct ActionName: ExpressibleByArgument, Sendable {
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
