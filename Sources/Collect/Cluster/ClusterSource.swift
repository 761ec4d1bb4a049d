import Bytes
import Findings
package import Kube

/// A live cluster, read through its API.
///
/// Lists every kind that the server offers, several at a time. The values of Secrets are dropped as soon as a page is
/// parsed. A kind that may not be listed, or whose list breaks off, is recorded in the snapshot as refused, and the
/// other kinds are still read.
package struct ClusterSource: SnapshotSource {
  package var name: String { endpoint.name }
  private let endpoint: ClusterEndpoint
  private let settings: KubernetesClient.Settings
  private let wanted: Set<GroupKind>
  private let namespaces: [String]
  private let environment: @Sendable (String) -> String?
  private let announce: @Sendable (ClusterPreflight) -> Void

  /// Number of lists that are read at a time.
  private static let width = 4

  /// - Parameters:
  ///   - wanted: kinds whose absence makes results incomplete; the server is first asked whether they may be listed.
  ///   - namespaces: to list one by one where listing all namespaces is forbidden; empty for that of the context.
  ///   - announce: called with the result of the preflight, before anything is read.
  package init(
    _ endpoint: ClusterEndpoint, settings: KubernetesClient.Settings = .init(), wanted: Set<GroupKind> = [],
    namespaces: [String] = [],
    environment: @escaping @Sendable (String) -> String? = { _ in nil },
    announce: @escaping @Sendable (ClusterPreflight) -> Void = { _ in }
  ) {
    self.endpoint = endpoint
    self.settings = settings
    self.wanted = wanted
    self.namespaces = namespaces.isEmpty ? endpoint.namespace.map { [$0] } ?? [] : namespaces
    self.environment = environment
    self.announce = announce
  }

  /// The server's minor version, which nobody is refused; nil where it says none.
  private static func minor(_ client: KubernetesClient) async -> Int? {
    guard let version = try? await client.get("/version"), version["major"]?.text == "1" else { return nil }
    // Clouds add a sign: `32+`.
    return version["minor"]?.text.flatMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }
  }

  package func collect(progress: @escaping @Sendable (Int, Int) -> Void) async throws -> ClusterSnapshot.Builder {
    let client = try await KubernetesClient.connect(endpoint, settings: settings, environment: environment)
    let discovery: APIDiscovery
    do throws(APIFailure) {
      discovery = try await APIDiscovery(client)
    } catch {
      await client.close()
      throw BartizanError(.remote, "context \"\(endpoint.name)\": \(error.message)")
    }
    if !wanted.isEmpty { announce(await ClusterPreflight(client, discovery.resources, wanted: wanted)) }
    let minor = await Self.minor(client)
    let resources = discovery.resources
    let namespaces = namespaces
    let file = endpoint.name
    // Pods are most of a cluster, and their pages are read one after the other, so they start first.
    let order = resources.indices.sorted { a, b in resources[a].text == "pods" && resources[b].text != "pods" }
    let parts = await Parallel.map(order, width: Self.width, progress: progress) { index in
      await ObjectList.read(resources[index], client, file: file, namespaces: namespaces)
    }
    await client.close()
    var builder = ClusterSnapshot.Builder()
    builder.serverMinor = minor
    for (resource, part) in zip(resources, parts) {
      builder.append(part.builder)
      if let trouble = part.trouble { builder.refuse(resource.groupKind, reason: trouble) }
    }
    for (group, reason) in discovery.failedGroups { builder.refuse(group: group, reason: reason) }
    return builder
  }
}
