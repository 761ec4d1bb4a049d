import ArgumentParser
import Kube
import Operations
import PodSecurity
import Report

struct PSSCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check whether each workload would be admitted at a level.",
    discussion: """
      EXAMPLES
        bartizan pss check --level restricted manifests/
        bartizan pss check --level baseline --version v1.33 -o jsonl pods.yaml

      The messages are those of the API server's own Pod Security admission. Exit code 1: a workload is refused; 3: none of those that were seen, \
      and not all were.
      """)

  @OptionGroup var input: SourceArguments
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Option(name: .shortAndLong, help: "Only this namespace. Repeatable.", transform: Input.namespace) var namespace:
    [String] = []
  @Option(help: "privileged, baseline or restricted.") var level: LevelName = LevelName(.restricted)
  @Option(help: "latest or v1.N.") var version: VersionName = VersionName(.latest)
  @OptionGroup var output: OutputOptions<PodSecurityCheckAnswer>

  func run() async throws {
    let snapshot = try await input.snapshot(cluster, namespaces: namespace).only(inNamed: namespace)
    let gaps = SchemaGaps.gaps(in: snapshot) { PodTemplateCatalogue.makesPods($0) }
    let hidden = Set(gaps.map(\.object.location))
    let answer = PodSecurityCheckAnswer(
      snapshot, level: level.level, version: version.version.served(by: snapshot.serverMinor),
      notSeen: gaps.map(\.gap)
    ) { hidden.contains($0.location) }
    try output.give(answer)
    guard answer.isAdmitted else { throw ExitCode(ExitStatus.findings) }
    try ExitStatus.finish(answer)
  }
}
