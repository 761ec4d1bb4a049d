import ArgumentParser
import Collect
import Findings
import Kube
import Operations

/// Which live cluster to read, and as whom; the words are kubectl's.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: "The kubeconfig file; KUBECONFIG or ~/.kube/config by default. Without --context: its current context.",
    completion: .file())
  var kubeconfig: String?
  @Option(help: "Read the live cluster of this context of the kubeconfig.")
  var context: String?
  @Flag(help: "Read the cluster in which this runs, as the pod's service account.")
  var inCluster = false
  @Option(name: .customLong("as"), help: "Read as this user; needs the right to impersonate.")
  var user: String?
  @Option(name: .customLong("as-group"), help: "Read as a member of this group, with --as. Repeatable.")
  var groups: [String] = []

  var isUsed: Bool { context != nil || kubeconfig != nil || inCluster }

  func validate() throws {
    if context != nil, inCluster { throw ValidationError("--context and --in-cluster name two clusters; choose one") }
    if !groups.isEmpty, user == nil { throw ValidationError("--as-group needs --as") }
    if kubeconfig != nil, inCluster { throw ValidationError("--in-cluster reads no kubeconfig") }
  }

  /// The endpoint named; nil when none is.
  func endpoint() throws(BartizanError) -> ClusterEndpoint? {
    if inCluster { return asAsked(try InClusterEndpoint.find(environment: Environment.value)) }
    guard isUsed else {
      guard user == nil else { throw BartizanError(.usage, "--as needs --context") }
      return nil
    }
    return asAsked(try Kubeconfig.load(kubeconfig, environment: Environment.value).endpoint(context))
  }

  /// The endpoints of all contexts, or why one has none.
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

  /// What a cluster refuses to list is told before it is read.
  ///
  /// - Parameter namespaces: where to look when a list of all of them is forbidden.
  static func source(_ endpoint: ClusterEndpoint, namespaces: [String] = []) -> ClusterSource {
    ClusterSource(
      endpoint, wanted: SnapshotReading.wantedKinds, namespaces: namespaces, environment: Environment.value
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
