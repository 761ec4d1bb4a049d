import ArgumentParser
import Bytes
import Detect
import Findings
import Forward
import Operations
import Report

struct DetectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect", abstract: "What an attacker did, from logs: alerts and incidents, by Sigma and Falco rules.",
    discussion: """
      EXAMPLES
        bartizan detect --input audit.log
        bartizan detect --input audit.log.gz --input auth.log --rules my-rules/
        kubectl logs -n falco ds/falco | bartizan detect --input - --format jsonl

      Reads logs of any kind that Bartizan knows: audit events of the API server, Falco, sshd, registries, CloudTrail, \
      Windows and more; see docs/detection.md. Rules that come with the program are always tried, rules of --rules \
      too; a rule with the id of an earlier one takes its place. Falco rules are evaluated on audit events; those about \
      system calls need Falco itself, whose alerts are read as events.

      With --snapshot alerts about things that are worth more than others (an account that may read all Secrets or stands \
      for a cloud role, a pod that can take its node or is open to the outside) are one step more severe, with the reason; \
      incidents name owners and findings; images from registries that the cluster does not know and tags that moved are told.

      Exit code 1: an alert or incident at or above --fail-on; 3: none, but something was not read or not judged.
      """)

  @Option(
    help: "Logs: files (plain, gzip or zstd), folders of them, or - for standard input. Repeatable.",
    completion: .file()) var input: [String]
  @OptionGroup var rules: RuleOptions
  @Option(help: "The least severity that ends with exit code 1: info, low, medium, high, critical, never.")
  var failOn = Threshold(.high)
  @Option(
    help: ArgumentHelp(
      "Proxies before the API server, whose addresses are not those of clients. Repeatable. Loopback always is.",
      valueName: "cidr"))
  var trustedProxies: [String] = []
  @Option(
    help:
      "The cluster in which it happened, as every command reads one: a folder, a dump, an archive of `snapshot save`. Repeatable.",
    completion: .file())
  var snapshot: [String] = []
  @OptionGroup var forwarding: ForwardOptions
  @OptionGroup var output: OutputOptions<DetectionAnswer>

  func validate() throws {
    for text in trustedProxies where IPRange(cidr: text) == nil {
      throw ValidationError("--trusted-proxies \(text): neither an address nor a network such as 10.0.0.0/8")
    }
  }

  func run() async throws {
    let set = try rules.load()
    // Before any work: a destination that is not understood is no surprise at the end.
    let destinations = try forwarding.destinations()
    var facts: ClusterFacts?
    if !snapshot.isEmpty { facts = await ClusterFacts(try await Input.snapshot(snapshot)) }
    let options = DetectOperation.options(proxies: trustedProxies.compactMap { IPRange(cidr: $0) }, now: Today.now)
    let (answer, reading) = try DetectOperation.run(EventFiles(input, options: options), set, facts: facts)
    StandardError.lines(reading.problems)
    for error in set.errors.prefix(20) { StandardError.line(error.text) }
    if set.errors.count > 20 {
      StandardError.line(
        "\(Phrase.count(set.errors.count - 20, "more rule")) refused; `bartizan rules check` lists them")
    }
    try output.give(answer)
    var lost: [Problem] = []
    if !destinations.isEmpty {
      let delivery = Delivery(environment: Environment.value, now: { Int64(StandardStreams.current.time()) })
      lost = await delivery.send(answer.alerts, answer.incidents, to: destinations).compactMap(\.problem)
      StandardError.lines(lost)
    }
    if let least = failOn.severity, let worst = answer.worst, worst >= least { throw ExitCode(ExitStatus.findings) }
    if !lost.isEmpty || answer.isPartial || !reading.isWhole { throw ExitCode(ExitStatus.unknown) }
  }
}
