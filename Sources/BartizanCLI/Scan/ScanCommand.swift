import Admission
import ArgumentParser
import Bytes
import Collect
import Findings
import Kube
import Operations
import PodSecurity
import Posture
import Report
import Store
import Transport
import Trust

struct ScanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Scan manifests, a snapshot, or a live cluster.",
    discussion: """
      EXAMPLES
        bartizan scan manifests/
        bartizan scan --fail-on high -o table -o sarif=bartizan.sarif deploy/
        bartizan scan --context prod
        helm template chart/ | bartizan scan -
        bartizan scan --only framework:pss --namespace payments cluster.tar.gz
        bartizan scan --images --context prod
        bartizan scan --exclude writable-root-filesystem --exclude kind:Job manifests/

      Known and accepted findings: --baseline takes an earlier report in JSON, so that only new findings count. \
      Exceptions are in a file, or on the object as an annotation `bartizan.dev/ignore.CHECK: "reason \
      until=2027-01-31"`; each needs a reason, and one that has expired or matches nothing is a finding itself.

      A folder is read recursively (.yaml, .yml, .json); a .bartizanignore file in it works like .gitignore. Charts \
      (packaged ones, too) and kustomizations in it are rendered by your helm and kubectl; what they are made of is not \
      judged for itself.
      """)

  @OptionGroup var input: SourceArguments
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions

  @Flag(help: "Scan the clusters of all contexts of the kubeconfig, one after the other, into one report.")
  var allContexts = false

  @OptionGroup var output: OutputOptions<ScanReport>

  @Option(
    help: "Exit with 1 when a finding is at least this severe; with --framework when a control fails, but for never.")
  var failOn: Threshold = Threshold(.low)

  @Option(
    help: "Only what matches: a check's id, framework:NAME, namespace:NAME, kind:NAME, severity:NAME. Repeatable.")
  var only: [FilterTerm] = []

  @Option(help: "Leave out what matches; the same terms as --only. Repeatable.")
  var exclude: [FilterTerm] = []

  @Option(
    name: .shortAndLong, help: "Only this namespace; short for --only namespace:NAME. Repeatable.",
    transform: Input.namespace)
  var namespace: [String] = []

  @Option(help: "Version of the Pod Security Standards: latest or v1.N.")
  var pssVersion: VersionName = VersionName(.latest)

  @Option(help: "The version of Kubernetes to run on, such as 1.33: APIs that it does not serve are more severe.")
  var kubernetesVersion: TargetVersion?

  @Option(help: "A registry, or a path in one, that images may come from; others are a finding. Repeatable.")
  var registry: [String] = []

  @Option(
    help:
      "A file or folder of admission policies in CEL: each is a check of its own, with severity, title and remedy from its annotations. Repeatable.",
    completion: .file())
  var policies: [String] = []

  @Flag(help: "Scan the images of all workloads, from --image-layout or their registries, for known vulnerabilities.")
  var images = false

  @Option(
    help: "With --images: an OCI layout or an unpacked archive of docker save that holds images by their names.",
    completion: .directory)
  var imageLayout: String?

  @Flag(
    help:
      "With --images or --image-policy: ask for each image with the Secrets that the cluster pulls it with (imagePullSecrets); they are read one by one, used and not kept."
  )
  var pullSecrets = false

  @Flag(help: "With --images: watch the images, so that `image watch` reports advisories that come later.")
  var watchImages = false

  @Flag(help: "With --images or --image-policy: only those in --image-layout; no registry is asked.")
  var noRegistry = false

  @Option(
    help:
      "Verify the signatures of the images of all workloads by this file of image policies, as `image verify --policy` reads them. Repeatable.",
    completion: .file())
  var imagePolicy: [String] = []

  @Option(
    help:
      "With --image-policy: trusted root of Sigstore; by default the one that cosign keeps, or the built-in one of the public instance.",
    completion: .file())
  var trustedRoot: String?

  @Option(help: "With --image-policy: trust store of Notation.", completion: .directory)
  var trustStore: String?

  @OptionGroup(title: "With --image-policy") var revocation: RevocationOptions

  @Option(
    help:
      "With --image-policy: the folder imageTrust of the admission webhook: what it verified and is no longer trusted is a finding.",
    completion: .directory)
  var imageTrust: String?

  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var suppression: SuppressionOptions

  @Option(help: "Report by the controls of a framework instead: cis, nsa, mitre, pss or stig; as table or json.")
  var framework: FrameworkName?

  @Option(
    name: .long, parsing: .upToNextOption,
    help: "With --framework: records of nodes (bartizan node collect); all files up to the next option.",
    completion: .file()) var node: [String] = []

  @Flag(help: "Apply the safe fixes to the files, then report what is left.")
  var fix = false

  @Flag(help: "With --fix or --diff: also fixes that may break something.")
  var fixRisky = false

  @Flag(help: "Print the fixes as a unified diff instead of a report.")
  var diff = false

  @Flag(help: "Exit with 3 when something could not be read or evaluated.")
  var strict = false

  @Flag(name: .shortAndLong, help: "Show every finding with its evidence and remediation.")
  var verbose = false

  func validate() throws {
    if fix || diff {
      guard !allContexts, output.output.isEmpty || !diff else {
        throw ValidationError("--fix and --diff are for files; --diff prints to standard output")
      }
    } else if fixRisky {
      throw ValidationError("--fix-risky needs --fix or --diff")
    }
    guard images || !watchImages else { throw ValidationError("--watch-images needs --images") }
    guard images || !imagePolicy.isEmpty || !pullSecrets else {
      throw ValidationError("--pull-secrets needs --images or --image-policy")
    }
    guard images || !imagePolicy.isEmpty || imageLayout == nil && !noRegistry else {
      throw ValidationError("--image-layout and --no-registry need --images or --image-policy")
    }
    guard
      !imagePolicy.isEmpty || trustedRoot == nil && trustStore == nil && revocation.isEmpty && imageTrust == nil
    else {
      throw ValidationError(
        "--trusted-root, --trust-store, --crl, --ocsp, --fetch-revocation and --image-trust need --image-policy")
    }
    guard framework != nil || node.isEmpty else { throw ValidationError("--node needs --framework") }
    if allContexts, !node.isEmpty {
      throw ValidationError("--node is for the nodes of one cluster, not --all-contexts")
    }
    if cluster.allNamespaces, !namespace.isEmpty {
      throw ValidationError("either --namespace or --all-namespaces, not both")
    }
    if allContexts, cluster.context != nil || cluster.inCluster || !input.all.isEmpty {
      throw ValidationError("--all-contexts reads every cluster of the kubeconfig and nothing else")
    }
  }

  func run() async throws {
    for path in node where FilePaths.isFolder(path) {
      throw BartizanError(
        .usage, "--node \(path): a folder; --node takes all up to the next option, so name the input before it")
    }
    let scan = try await operation()
    if fix || diff {
      try await applyFixes(scan)
    }
    let (outcome, snapshot) =
      try await
      (allContexts
      ? (scanAllContexts(scan), nil)
      : isOfNodesAlone ? (run(scan, ClusterSnapshot.Builder().build(), nil), nil) : scanInput(scan))
    let result = outcome.result
    if let framework {
      let report = try await frameworkReport(framework.framework, result, snapshot)
      try output.give(FrameworkReportAnswer(report))
      throw ExitCode(status(result, report))
    } else {
      let sources = allContexts ? ["all contexts"] : input.names(cluster)
      let options = ReportOptions(
        sources: sources, toolVersion: Version.text, verbose: verbose,
        rules: CheckCatalogue.checks.map(\.metadata.rule) + outcome.policyRules, time: SourceDate.text ?? Today.moment)
      try output.give(ScanReport(result, options))
    }
    throw ExitCode(status(result))
  }

  private func operation() async throws -> ScanOperation {
    let own = policies.isEmpty ? nil : try await Input.admissionSnapshot(policies)
    let set = own.map { PolicySet($0.objects) }
    if let set, !set.holdsAny {
      throw BartizanError(.input, "\(policies.joined(separator: ", ")): no admission policy in it")
    }
    var filter = try FindingFilter(
      only: only + namespace.map { FilterTerm(.namespace, $0) }, exclude: exclude, policies: Set(set?.names ?? []))
    if let other = input.place.defaultNamespace { filter.defaultNamespace = other }
    if framework != nil, filter.namesSeverities {
      StandardError.line("a control has no severity: --framework counts findings of every severity")
    }
    var scan = ScanOperation(
      filter: framework == nil ? filter : filter.withoutSeverities,
      suppressions: try suppression.suppressions(), today: Today.text)
    scan.podSecurityVersion = pssVersion.version
    scan.targetMinor = kubernetesVersion?.minor
    scan.trustedRegistries = registry
    if images { scan.images = try imageScan() }
    if pullSecrets { scan.pullSecretEnvironment = Environment.value }
    if !imagePolicy.isEmpty { scan.imageTrust = try imageTrustScan() }
    scan.policies = own
    // Who asks for some checks, or for a part of the cluster, does not ask for all of it.
    scan.hasDepth = only.isEmpty && exclude.isEmpty && namespace.isEmpty && framework == nil && !diff
    return scan
  }

  private func imageScan() throws -> WorkloadImageScan {
    let (reading, access, noRegistry) = (reading, access, noRegistry)
    var scan = WorkloadImageScan(
      state: try store.state(), today: Today.text
    ) { names in
      var options = try reading.options(access, for: names)
      if noRegistry { options.registry = nil }
      return options
    }
    scan.layout = imageLayout
    if watchImages { scan.ledger = try ledger.open() }
    return scan
  }

  private func imageTrustScan() throws -> ImageTrustScan {
    var policies: [ImagePolicy] = []
    for path in imagePolicy {
      let result = try TrustFiles.policies(path)
      policies += result.policies
      for remark in result.remarks { StandardError.line(remark) }
    }
    let root = try SignerOptions.root(
      trustedRoot, isNeeded: policies.flatMap(\.authorities).contains(where: \.needsRoot))
    let judge = ImageJudge(
      policies: policies, root: root, store: try trustStore.map { try TrustFiles.trustStore($0) } ?? .init(),
      revocation: try revocation.evidence())
    let (reading, access, noRegistry) = (reading, access, noRegistry)
    var scan = ImageTrustScan(judge: judge, now: Today.now) { names in
      var options = try reading.options(access, for: names)
      if noRegistry { options.registry = nil }
      return options
    }
    scan.layout = imageLayout
    scan.admitted = try imageTrust.map { folder throws(BartizanError) in
      guard FilePaths.isFolder(folder) else { throw BartizanError(.input, "\(folder): no such folder") }
      return try ImageTrustCache(folder: folder)
    }
    return scan
  }

  private func scanInput(_ scan: ScanOperation) async throws -> (ScanOperation.Outcome, ClusterSnapshot) {
    let snapshot = try await input.snapshot(
      cluster, namespaces: namespace, readsAll: !policies.isEmpty, keepsSchemas: true,
      version: kubernetesVersion.map { "1.\($0.minor)" }, verbose: verbose)
    return (try await run(scan, snapshot, try cluster.endpoint(beside: input.all)), snapshot)
  }

  /// Whether records of nodes are all that there is to judge.
  private var isOfNodesAlone: Bool { !node.isEmpty && input.all.isEmpty && !cluster.isUsed }

  /// The benchmark, which answers what is about nodes and flags, is judged over what the scan found.
  private func frameworkReport(
    _ framework: Control.Framework, _ result: ScanResult, _ snapshot: ClusterSnapshot?
  ) async throws -> FrameworkReport {
    guard [.cis, .nsa, .stig].contains(framework) else { return FrameworkReport(framework, result) }
    var operation = BenchmarkOperation()
    operation.records = node
    if let snapshot {
      operation.snapshot = snapshot
      operation.scan = result
      operation.endpoint = try cluster.endpoint(beside: input.all)
      operation.settings = cluster.settings
      operation.environment = Environment.value
    }
    let judged = try await operation.run()
    for remark in judged.remarks { StandardError.line(remark) }
    return FrameworkReport(framework, result, judged.review, isOneCluster: snapshot != nil || isOfNodesAlone)
  }

  private func scanAllContexts(_ scan: ScanOperation) async throws -> ScanOperation.Outcome {
    var outcomes: [(name: String, outcome: ScanOperation.Outcome)] = []
    var unreachable: [Problem] = []
    for (name, endpoint) in try cluster.allEndpoints() {
      do {
        let endpoint = try endpoint.get()
        let source = cluster.source(endpoint, namespaces: namespace, readsAll: !policies.isEmpty)
        outcomes.append((name, try await run(scan, try await Input.snapshot([source]), endpoint)))
      } catch let error as BartizanError {
        StandardError.line(error.message)
        unreachable.append(Problem(code: .unreachable, location: Location(file: name), message: error.message))
      } catch let failed as FailedOperation {
        StandardError.lines(failed.problems)
        StandardError.line(failed.error.message)
        unreachable.append(
          Problem(code: .unreachable, location: Location(file: name), message: failed.error.message))
      }
    }
    guard !outcomes.isEmpty else { throw BartizanError(.remote, "none of the contexts could be read") }
    return ScanOperation.Outcome(clusters: outcomes, unreachable: unreachable)
  }

  private func run(
    _ scan: ScanOperation, _ snapshot: ClusterSnapshot, _ endpoint: ClusterEndpoint?
  ) async throws -> ScanOperation.Outcome {
    let progress = Progress()
    defer { progress.finish() }
    let outcome = try await scan.run(snapshot, cluster: endpoint, progress: progress.handler)
    progress.finish()
    StandardError.lines(outcome.secretProblems)
    for remark in outcome.filterRemarks { StandardError.line(remark) }
    if let watched = outcome.images?.watched {
      StandardError.line(
        "\(Phrase.count(watched.images, "image")) watched, \(watched.added.count) of them new; `bartizan image watch` reports new vulnerabilities in them"
      )
    }
    StandardError.lines(outcome.exceptionProblems)
    suppression.tell(outcome.suppressed)
    return outcome
  }

  /// - Returns: false when the scan should still be reported.
  /// - Throws: the exit code, where only a diff was asked for.
  private func applyFixes(_ scan: ScanOperation) async throws {
    let snapshot = try await input.snapshot(
      cluster, namespaces: namespace, keepsSchemas: true, version: kubernetesVersion.map { "1.\($0.minor)" },
      verbose: verbose)
    let found = try await run(scan, snapshot, try cluster.endpoint(beside: input.all)).result
    let fixes = FixRun(found.findings, snapshot, risky: fixRisky)
    if fix { try fixes.write() }
    for line in FixSummary.lines(fixes, written: fix) { StandardError.line(line) }
    guard diff else { return }
    for file in fixes.files {
      let text = UnifiedDiff.text(
        from: String(decoding: file.old, as: UTF8.self), to: String(decoding: file.new, as: UTF8.self),
        file: file.name)
      // A program applies it as it is.
      StandardOutput.write(StandardOutput.terminal().columns == nil ? text : Terminal.printableLines(text))
    }
    throw ExitCode(fixes.files.isEmpty ? ExitStatus.clean : ExitStatus.findings)
  }

  /// A control has no severity: one that fails counts.
  private func status(_ result: ScanResult, _ report: FrameworkReport) -> Int32 {
    if result.problems.contains(where: { $0.code == .unreachable }) { return ExitStatus.internalFailure }
    if failOn.severity != nil, report.hasFailures { return ExitStatus.findings }
    if result.status == .failed, !isOfNodesAlone { return ExitStatus.usage }
    if strict, report.hasGaps || result.status != .complete && !isOfNodesAlone { return ExitStatus.unknown }
    return ExitStatus.clean
  }

  private func status(_ result: ScanResult) -> Int32 {
    // A cluster that was not judged at all is no matter of strictness.
    if result.problems.contains(where: { $0.code == .unreachable }) { return ExitStatus.internalFailure }
    if failOn.isReached(by: result) { return ExitStatus.findings }
    if result.status == .failed { return ExitStatus.usage }
    if strict, result.status != .complete { return ExitStatus.internalFailure }
    return ExitStatus.clean
  }
}

extension Problem.Code {
  /// The cluster of a context could not be read.
  fileprivate static let unreachable: Self = "unreachable"
}
