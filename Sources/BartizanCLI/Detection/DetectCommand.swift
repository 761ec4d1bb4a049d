import ArgumentParser
import Bytes
import Detect
import Events
import Findings
import Forward
import Operations
import Report
import Store

struct DetectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect", abstract: "What an attacker did, from logs: alerts and incidents, by Sigma and Falco rules.",
    discussion: """
      EXAMPLES
        bartizan detect --input audit.log
        bartizan detect --input audit.log.gz --input auth.log --rules my-rules/
        kubectl logs -n falco ds/falco | bartizan detect --input - --format jsonl
        bartizan detect --data /var/lib/bartizan --since -30d \\
          --indicators addresses.txt
        bartizan detect --data /var/lib/bartizan --rules new.yml \\
          --no-built-in-rules --keep

      Reads logs of any kind that Bartizan knows: audit events of the API server, Falco, sshd, registries, CloudTrail, \
      Windows and more; see docs/detection.md. Rules that come with the program are always tried, rules of --rules \
      too; a rule with the id of an earlier one takes its place. Falco rules are evaluated on audit events; those about \
      system calls need Falco itself, whose alerts are read as events.

      With --snapshot alerts about things that are worth more than others (an account that may read all Secrets or stands \
      for a cloud role, a pod that can take its node or is open to the outside) are one step more severe, with the reason; \
      incidents name owners and findings; images from registries that the cluster does not know and tags that moved are told.

      With --data a store of events is looked through instead, all of it or what --since and --until bound: with new rules, or \
      with --indicators, a file with an address, name, digest or other text a line, each of which is looked for as a whole word \
      in the originals. --keep keeps what was found beside the store, where `alerts` and `incidents` find it.

      Exit code 1: an alert or incident at or above --fail-on; 3: none, but something was not read or not judged.
      """)

  @Option(
    help: "Logs: files (plain, gzip or zstd), folders of them, or - for standard input. Repeatable.",
    completion: .file()) var input: [String] = []
  @Option(help: ArgumentHelp("The folder of a store of events.", valueName: "folder"), completion: .directory)
  var data: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --data: only events from this time on, such as -15m or 2026-11-28.", valueName: "time"))
  var since: String?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("With --data: only events before this time.", valueName: "time"))
  var until: String?
  @Flag(help: "With --data: keep alerts and incidents beside the store.") var keep = false
  @Option(
    help: ArgumentHelp(
      "A file with an indicator a line, each of which raises an alert where it is found. Repeatable.", valueName: "file"
    ),
    completion: .file())
  var indicators: [String] = []
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
    if input.isEmpty == (data == nil) {
      throw ValidationError("name logs with --input, or a store with --data")
    }
    if data == nil, since != nil || until != nil || keep {
      throw ValidationError("--since, --until and --keep go with --data")
    }
    if data != nil, !trustedProxies.isEmpty {
      throw ValidationError("--trusted-proxies says how logs are read; a store has read them")
    }
    for text in trustedProxies where IPRange(cidr: text) == nil {
      throw ValidationError("--trusted-proxies \(text): neither an address nor a network such as 10.0.0.0/8")
    }
  }

  func run() async throws {
    let set = try rules.load(indicators: indicators)
    // Before any work: a destination that is not understood is no surprise at the end.
    let destinations = try forwarding.destinations()
    var facts: ClusterFacts?
    var directory: PodDirectory?
    if !snapshot.isEmpty {
      let cluster = try await Input.snapshot(snapshot)
      facts = await ClusterFacts(cluster)
      directory = PodDirectory(cluster)
    }
    let (found, reading) = try await detect(set, facts, directory)
    var answer = found
    answer.checkCommand = rules.checkCommand
    StandardError.lines(reading.problems)
    for error in set.errors.prefix(20) { StandardError.line(error.text) }
    if set.errors.count > 20 {
      StandardError.line(
        "\(Phrase.count(set.errors.count - 20, "more rule")) refused; `\(rules.checkCommand)` lists them")
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

  private func detect(
    _ set: RuleSet, _ facts: ClusterFacts?, _ directory: PodDirectory?
  ) async throws -> (DetectionAnswer, EventReading) {
    guard let data else {
      var options = DetectOperation.options(proxies: trustedProxies.compactMap { IPRange(cidr: $0) }, now: Today.now)
      options.directory = directory
      return try DetectOperation.run(EventFiles(input, options: options), set, facts: facts)
    }
    let question = try EventQuestion(query: "*", since: since, until: until, now: Today.now)
    let events = try SQLiteEventStore(data, mode: .reading, now: { Today.now })
    let found = try await DetectOperation.run(events, question, set, facts: facts)
    if keep {
      let alerts = try SQLiteAlertStore(data, mode: .making, now: { Today.now })
      let receipt = try await alerts.keep(found.step)
      try alerts.close()
      StandardError.line(
        "\(Phrase.count(receipt.new.count, "new alert")) kept, \(Phrase.count(receipt.openedIncidents.count, "new incident"))"
      )
    }
    return (found.answer, found.reading)
  }
}
