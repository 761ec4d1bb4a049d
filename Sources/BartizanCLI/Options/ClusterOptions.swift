import ArgumentParser
import Collect
import Findings
import Kube
import Operations
import Report

/// Which live cluster to read, and with which identity; named as in kubectl.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: "The kubeconfig file; KUBECONFIG or ~/.kube/config by default. Without --context: its current context.",
    completion: .file())
  var kubeconfig: String?
  @Option(
    help: "Read the live cluster of this context of the kubeconfig.",
    completion: .custom { words, _, _ in ClusterOptions.contexts(words) })
  var context: String?
  @Flag(help: "Read the cluster in which this runs, as the pod's service account.")
  var inCluster = false
  @Option(name: .customLong("as"), help: "Read as this user; needs the right to impersonate.")
  var user: String?
  @Option(
    help: ArgumentHelp(
      "Give up on a request after this time, such as 30s or 2m; 0 for the usual.", valueName: "duration"))
  var requestTimeout: RequestTimeout?
  @Flag(
    name: [.customShort("A"), .customLong("all-namespaces")],
    help: "Read all namespaces, as always; for those who write kubectl's option.")
  var allNamespaces = false
  @Option(name: .customLong("as-group"), help: "Read as a member of this group, with --as. Repeatable.")
  var groups: [String] = []

  /// The contexts of the kubeconfig that a command line names, for shells; none of one that cannot be read. Nothing is asked.
  static func contexts(_ words: [String]) -> [String] {
    var file: String?
    for (index, word) in words.enumerated() {
      if word == "--kubeconfig" { file = index + 1 < words.count ? words[index + 1] : nil }
      if word.hasPrefix("--kubeconfig=") { file = String(word.dropFirst("--kubeconfig=".count)) }
    }
    let kubeconfig = try? Kubeconfig.load(file, environment: Environment.value)
    return (kubeconfig?.contextNames ?? []).map(Terminal.printable)
  }

  /// Whether the command line names a cluster; as a plugin of kubectl, the current one is meant.
  var isUsed: Bool { context != nil || kubeconfig != nil || inCluster || Invocation.isPlugin }

  private var isNamed: Bool { context != nil || kubeconfig != nil || inCluster }

  func validate() throws {
    if context != nil, inCluster { throw ValidationError("--context and --in-cluster name two clusters; choose one") }
    if !groups.isEmpty, user == nil { throw ValidationError("--as-group needs --as") }
    if kubeconfig != nil, inCluster { throw ValidationError("--in-cluster reads no kubeconfig") }
  }

  /// The requested endpoint; nil where no cluster is requested.
  ///
  /// - Parameter files: other input: with it, a plugin of kubectl reads no cluster that is not named.
  func endpoint(beside files: [String]) throws(BartizanError) -> ClusterEndpoint? {
    if inCluster { return asAsked(try InClusterEndpoint.find(environment: Environment.value)) }
    guard isNamed || Invocation.isPlugin && files.isEmpty else {
      guard user == nil else { throw BartizanError(.usage, "--as needs --context") }
      return nil
    }
    return asAsked(try Kubeconfig.load(kubeconfig, environment: Environment.value).endpoint(context))
  }

  /// The endpoints of all contexts; a failure for each context that is invalid.
  func allEndpoints() throws(BartizanError) -> [(name: String, endpoint: Result<ClusterEndpoint, BartizanError>)] {
    let kubeconfig = try Kubeconfig.load(kubeconfig, environment: Environment.value)
    guard !kubeconfig.contextNames.isEmpty else { throw BartizanError(.input, "the kubeconfig has no context") }
    return kubeconfig.contextNames.map { name in
      do throws(BartizanError) {
        return (name, .success(asAsked(try kubeconfig.endpoint(name))))
      } catch {
        return (name, .failure(error))
      }
    }
  }

  private func asAsked(_ endpoint: ClusterEndpoint) -> ClusterEndpoint {
    guard let user else { return endpoint }
    var endpoint = endpoint
    endpoint.impersonation = .init(user: user, groups: groups)
    return endpoint
  }

  /// The bounds of requests, as asked for.
  var settings: KubernetesClient.Settings {
    var settings = KubernetesClient.Settings()
    if let duration = requestTimeout?.duration { settings.limit(to: duration) }
    return settings
  }

  /// A source that says beforehand what the cluster refuses to list.
  ///
  /// - Parameters:
  ///   - namespaces: to list one by one where listing all of them is forbidden.
  ///   - readsAll: whether all kinds are listed, and CustomResourceDefinitions keep their schemas: policies of the cluster
  ///     may ask for any. Otherwise those that some analysis reads.
  func source(_ endpoint: ClusterEndpoint, namespaces: [String] = [], readsAll: Bool = false) -> ClusterSource {
    ClusterSource(
      endpoint, settings: settings, wanted: readsAll ? SnapshotReading.wantedKinds : SnapshotReading.readKinds,
      reads: readsAll ? nil : SnapshotReading.readKinds, keepsSchemas: readsAll, namespaces: namespaces,
      environment: Environment.value
    ) { preflight in
      if let reason = preflight.unknown {
        StandardError.line("\(endpoint.name): your permissions could not be checked beforehand: \(reason)")
      }
      guard !preflight.denied.isEmpty else { return }
      let kinds = preflight.denied.map(\.text).joined(separator: ", ")
      StandardError.line(
        "\(endpoint.name): you may not list \(kinds); checks that need them are reported as not evaluated (`bartizan rbac-manifest` prints the permissions)"
      )
    }
  }
}

/// How long to wait for an answer, as kubectl reads it: `30s`, `2m`, `1h`, `1m30s`, or a number of seconds; 0 for no limit of
/// one's own.
struct RequestTimeout: ExpressibleByArgument, Sendable {
  /// Nil for `0`.
  let duration: Duration?

  init?(argument: String) {
    var seconds = 0.0
    var rest = argument[...]
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard let number = Double(digits), number >= 0 else { return nil }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count)
      switch unit {
      case "ms": seconds += number / 1_000
      case "s": seconds += number
      case "m": seconds += number * 60
      case "h": seconds += number * 3_600
      case "" where digits.count == argument.count: seconds = number
      default: return nil
      }
    }
    guard !argument.isEmpty, seconds <= 86_400 else { return nil }
    duration = seconds == 0 ? nil : .seconds(seconds)
  }
}
