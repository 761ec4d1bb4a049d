import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Kube
import PodSecurity
import Posture
import Report
import Store
import Transport

struct ScanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Judge manifests, a snapshot, or a live cluster.",
    discussion: """
      EXAMPLES
        bartizan scan manifests/
        bartizan scan --fail-on high --format sarif --output bartizan.sarif deploy/
        bartizan scan --context prod
        helm template chart/ | bartizan scan -
        bartizan scan --only framework:pss --namespace payments cluster.tar.gz
        bartizan scan --images --context prod
        bartizan scan --exclude writable-root-filesystem --exclude kind:Job manifests/

      Living with findings: --baseline takes an earlier `--format json` report, so that only new findings count. Exceptions
      stand in a file, or on the object as an annotation `bartizan.dev/ignore.CHECK: "reason until=2027-01-31"`; each wants
      a reason, and one that is expired or covers nothing is itself a finding.

      A folder is read recursively (.yaml, .yml, .json); a .bartizanignore file there works like .gitignore.
      """)

  @OptionGroup var input: SourceArguments

  @Flag(help: "Read the clusters of all contexts of the kubeconfig, one after the other, into one report.")
  var allContexts = false

  @Option(name: .shortAndLong, help: "table, json, sarif, html, junit, markdown or csv.")
  var format: FormatName = FormatName(.table)

  @Option(name: .shortAndLong, help: "Write the report to a file instead of standard output.", completion: .file())
  var output: String?

  @Option(help: "Exit with 1 when a finding is at least this severe: info, low, medium, high, critical, or never.")
  var failOn: Threshold = Threshold(.low)

  @Option(
    help: "Only what matches: a check's id, framework:NAME, namespace:NAME, kind:NAME, severity:NAME. Repeatable.")
  var only: [Filter] = []

  @Option(help: "Leave out what matches; the same words as --only. Repeatable.")
  var exclude: [Filter] = []

  @Option(help: "Only this namespace; short for --only namespace:NAME. Repeatable.")
  var namespace: [String] = []

  @Option(help: "Version of the Pod Security Standards: latest or v1.N.")
  var pssVersion: VersionName = VersionName(.latest)

  @Option(help: "The version of Kubernetes that it is meant for, such as 1.33: what that does not serve weighs more.")
  var kubernetesVersion: TargetVersion?

  @Option(help: "A registry, or a path in one, that images may come from; others are a finding. Repeatable.")
  var registry: [String] = []

  @Flag(
    help:
      "Read the images of all workloads, from --image-layout or their registries, and look for known vulnerabilities.")
  var images = false

  @Option(
    help: "With --images: an OCI layout or an unpacked archive of docker save that holds images by their names.",
    completion: .directory)
  var imageLayout: String?

  @Flag(
    help:
      "With --images: pull each image with the Secrets that the cluster pulls it with (imagePullSecrets); they are read one by one, used and not kept."
  )
  var pullSecrets = false

  @Flag(help: "With --images: keep what they hold, so that `image watch` tells of advisories that come later.")
  var watchImages = false

  @OptionGroup var ledger: LedgerOptions

  @Flag(help: "With --images: only those of --image-layout; no registry is asked.")
  var noRegistry = false

  @OptionGroup var reading: ImageReading
  @OptionGroup var store: StoreOptions

  @Option(help: "A JSON report of an earlier scan: its findings are known, and left out.", completion: .file())
  var baseline: String?

  @Option(help: "YAML with exceptions: check, kind, namespace, name, reason, expires. Repeatable.", completion: .file())
  var exceptions: [String] = []

  @Option(help: "Report by the controls of a framework instead: cis, nsa, mitre or pss; table or json.")
  var framework: FrameworkName?

  @Flag(help: "Write the fixes that break nothing into the files; then report what is left.")
  var fix = false

  @Flag(help: "With --fix or --diff: the fixes that may break something, too.")
  var fixRisky = false

  @Flag(help: "Print the fixes as a unified diff instead of a report.")
  var diff = false

  @Flag(help: "Exit with 3 when something could not be seen or judged.")
  var strict = false

  @Flag(name: .shortAndLong, help: "Show every finding with its evidence and remedy.")
  var verbose = false

  @Flag(help: "No colour, even at a terminal. NO_COLOR does the same.")
  var noColor = false

  func run() async throws {
    let filters = FindingFilter(only: only + namespace.map { Filter(.namespace, $0) }, exclude: exclude)
    try filters.validate()
    if fix || diff {
      guard !allContexts, output == nil || !diff else {
        throw BartizanError(.usage, "--fix and --diff are for files; --diff prints to standard output")
      }
      if try await mend(filters) { return }
    } else if fixRisky {
      throw BartizanError(.usage, "--fix-risky goes with --fix or --diff")
    }
    guard images || !watchImages && !pullSecrets && imageLayout == nil && !noRegistry else {
      throw BartizanError(.usage, "--image-layout, --no-registry, --pull-secrets and --watch-images go with --images")
    }
    let result = try await scanned(filters)
    if let framework {
      try FrameworkText.write(FrameworkReport(framework.framework, result), format.format)
      throw ExitCode(status(result))
    }

    let toFile = output != nil
    let options = ReportOptions(
      sources: allContexts ? ["all contexts"] : input.names, toolVersion: Version.text,
      width: toFile ? 100 : StandardOutput.width,
      colour: !toFile && !noColor && StandardOutput.isTerminal && (Environment.value("NO_COLOR") ?? "").isEmpty,
      verbose: verbose, rules: CheckCatalogue.checks.map { RuleDescription($0.metadata) })
    if let output {
      try FileWriter.write(output) { format.format.render(result, options, to: $0) }
    } else {
      format.format.render(result, options) { StandardOutput.write($0) }
    }
    throw ExitCode(status(result))
  }

  /// - Returns: whether that was all that was asked for.
  private func mend(_ filters: FindingFilter) async throws -> Bool {
    let snapshot = try await input.snapshot(namespaces: namespace)
    let found = try await scanned(filters, try input.cluster.endpoint()) { snapshot }
    let run = FixRun(found.findings, snapshot, risky: fixRisky)
    if fix { try run.write() }
    for line in run.summary(written: fix) { StandardError.line(line) }
    guard diff else { return false }
    StandardOutput.write(run.diff)
    throw ExitCode(run.files.isEmpty ? ExitStatus.clean : ExitStatus.findings)
  }

  private func scanned(_ filters: FindingFilter) async throws -> ScanResult {
    guard allContexts else {
      return try await scanned(filters, try input.cluster.endpoint()) {
        try await input.snapshot(namespaces: namespace)
      }
    }
    guard !input.cluster.isUsed, input.sources.isEmpty else {
      throw BartizanError(.usage, "--all-contexts reads every cluster of the kubeconfig and nothing else")
    }
    var results: [(name: String, result: ScanResult)] = []
    var failures: [Problem] = []
    for (name, endpoint) in try input.cluster.allEndpoints() {
      do {
        let cluster = try endpoint.get()
        let source = ClusterOptions.source(cluster, wanted: SourceArguments.wanted, namespaces: namespace)
        results.append((name, try await scanned(filters, cluster) { try await SourceArguments.read([source]) }))
      } catch let error as BartizanError {
        StandardError.line("bartizan: \(error.message)")
        failures.append(Problem(code: "unreachable", location: Location(file: name), message: error.message))
      }
    }
    guard !results.isEmpty else { throw BartizanError(.remote, "none of the contexts could be read") }
    var result = ScanResult(clusters: results)
    result.problems += failures
    return result
  }

  /// The snapshot ends here, so that it and the report are never in memory together.
  private func scanned(
    _ filters: FindingFilter, _ cluster: ClusterEndpoint?, _ read: () async throws -> ClusterSnapshot
  ) async throws -> ScanResult {
    let snapshot = try await read()
    let checks = CheckCatalogue.checks.filter { filters.runs($0.metadata) }
    let known = images ? try await verdicts(snapshot, cluster) : nil
    let scan = PostureScan(
      checks: checks, podSecurityVersion: pssVersion.version,
      targetMinor: kubernetesVersion?.minor, trustedRegistries: registry, images: known)
    var result = await scan.run(snapshot, width: Processors.count)
    let ran = Set(checks.map(\.metadata.id.rawValue))
    var (waivers, troubles) = Waivers.annotated(snapshot)
    let written = try ExceptionFiles.read(exceptions)
    waivers += written.waivers
    troubles += written.problems
    for problem in troubles { StandardError.line("bartizan: \(problem.text)") }
    result.problems += troubles
    let waived = result.apply(waivers, today: Today.text) { ran.contains($0) || $0 == "*" }
    ExceptionFiles.tell(waived)
    if let baseline { try BaselineFile.leaveOut(baseline, of: &result) }
    result.findings.removeAll { !filters.keeps($0) }
    return result
  }

  /// What is known of the images of the workloads, each read once.
  private func verdicts(_ snapshot: ClusterSnapshot, _ cluster: ClusterEndpoint?) async throws -> ImageVerdicts {
    var names: [String] = []
    var seen = Set<String>()
    for workload in snapshot.workloads {
      for image in workload.containers.compactMap(\.image) where seen.insert(image).inserted { names.append(image) }
    }
    let progress = Progress("image")
    var options = try reading.options(nil, for: names)
    if noRegistry { options.registry = nil }
    var run = ImageRun(
      store: try store.open(), risks: try store.risks(), layout: imageLayout, options: options, today: Today.text)
    if pullSecrets { run.pullSecrets = try await credentials(snapshot, cluster) }
    let (verdicts, read) = await run.verdicts(names.sorted()) { progress.update($0, $1) }
    progress.finish()
    if watchImages {
      let report = try await ledger.open().run(try store.state(), adding: read)
      StandardError.line(
        "bartizan: \(report.images) image\(report.images == 1 ? "" : "s") watched, \(report.added.count) of them new; `bartizan image watch` tells what becomes known of them"
      )
    }
    return verdicts
  }

  /// What the cluster itself pulls each image with.
  private func credentials(
    _ snapshot: ClusterSnapshot, _ cluster: ClusterEndpoint?
  ) async throws -> [String: [[UInt8]]] {
    let wanted = snapshot.pullSecrets
    let all = Set(wanted.values.flatMap { $0 }).sorted()
    guard !all.isEmpty else { return [:] }
    let (documents, problems) = try await PullSecretReader.read(
      all, in: snapshot, cluster: cluster, environment: Environment.value)
    for problem in problems { StandardError.line("bartizan: \(problem.text)") }
    return wanted.mapValues { references in references.sorted().compactMap { documents[$0] } }
  }

  private func status(_ result: ScanResult) -> Int32 {
    if let threshold = failOn.severity, let worst = result.worst, worst >= threshold { return ExitStatus.findings }
    if result.status == .failed { return ExitStatus.usage }
    if strict, result.status != .complete { return ExitStatus.internalFailure }
    return ExitStatus.clean
  }
}

extension RuleDescription {
  init(_ metadata: CheckMetadata) {
    self.init(
      id: metadata.id.rawValue, title: metadata.title, severity: metadata.severity, rationale: metadata.rationale,
      remediation: metadata.remediation, controls: metadata.controls,
      url: metadata.references.first?.url ?? "https://bartizan.dev")
  }

  init(_ point: ReviewPoint) {
    self.init(
      id: point.id, title: point.title, severity: point.severity, rationale: point.rationale,
      remediation: point.remediation, controls: [], url: point.references.first?.url ?? "https://bartizan.dev")
  }
}
