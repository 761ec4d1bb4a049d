import Bytes
import Findings
package import Kube
import Synchronization

/// A live cluster, read through its API.
///
/// Lists the kinds that are asked for, as far as the server offers them, several at a time. The values of Secrets are dropped
/// as soon as a page is parsed. A kind that may not be listed, or whose list breaks off, is recorded in the snapshot as
/// refused, and the other kinds are still read; one that is not asked for is recorded as skipped.
package struct ClusterSource: SnapshotSource {
  package var name: String { endpoint.name }
  private let endpoint: ClusterEndpoint
  private let settings: KubernetesClient.Settings
  private let wanted: Set<GroupKind>
  private let reads: Set<GroupKind>?
  private let keepsSchemas: Bool
  private let namespaces: [String]
  private let environment: @Sendable (String) -> String?
  private let announce: @Sendable (ClusterPreflight) -> Void

  /// Number of lists that are read at a time.
  private static let width = 4

  /// - Parameters:
  ///   - wanted: kinds whose absence makes results incomplete; the server is first asked whether they may be listed.
  ///   - reads: kinds to list, `*` for all of a group; nil: all that the server has.
  ///   - keepsSchemas: whether CustomResourceDefinitions keep their schemas.
  ///   - namespaces: to list one by one where listing all namespaces is forbidden; empty for that of the context.
  ///   - announce: called with the result of the preflight, before anything is read.
  package init(
    _ endpoint: ClusterEndpoint, settings: KubernetesClient.Settings = .init(), wanted: Set<GroupKind> = [],
    reads: Set<GroupKind>? = nil, keepsSchemas: Bool = false, namespaces: [String] = [],
    environment: @escaping @Sendable (String) -> String? = { _ in nil },
    announce: @escaping @Sendable (ClusterPreflight) -> Void = { _ in }
  ) {
    self.endpoint = endpoint
    self.settings = settings
    self.wanted = wanted
    self.reads = reads
    self.keepsSchemas = keepsSchemas
    self.namespaces = namespaces.isEmpty ? endpoint.namespace.map { [$0] } ?? [] : namespaces
    self.environment = environment
    self.announce = announce
  }

  /// The server's minor version, which nobody is refused; nil where it says none.
  private static func minor(_ client: KubernetesClient) async -> Int? {
    guard let version = try? await client.get("/version", isSmall: true), version["major"]?.text == "1" else {
      return nil
    }
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
    let resources = discovery.resources.filter { resource in reads.map { $0.covers(resource.groupKind) } ?? true }
    var refused = Set<APIResource>()
    if !wanted.isEmpty {
      let preflight = await ClusterPreflight(client, resources, wanted: wanted)
      if preflight.isGone {
        await client.close()
        throw BartizanError(.remote, "context \"\(endpoint.name)\": \(preflight.unknown ?? "")")
      }
      announce(preflight)
      refused = preflight.refused
    }
    let minor = await Self.minor(client)
    let namespaces = namespaces
    let file = endpoint.name
    let (denied, keepsSchemas) = (refused, keepsSchemas)
    let silence = Silence()
    // Pods are most of a cluster, and their pages are read one after the other, so they start first.
    let order = resources.indices.sorted { a, b in resources[a].text == "pods" && resources[b].text != "pods" }
    let parts = await Parallel.map(order, width: Self.width, progress: progress) { index in
      let resource = resources[index]
      if let reason = silence.reason {
        var outcome = ObjectList.Outcome(keepsSchemas: keepsSchemas)
        outcome.trouble = "not asked for, since the server answered no more: \(reason)"
        outcome.isSilence = true
        return outcome
      }
      let outcome = await ObjectList.read(
        resource, client, file: file, namespaces: namespaces, isDenied: denied.contains(resource),
        keepsSchemas: keepsSchemas)
      silence.note(outcome.isSilence ? outcome.trouble : nil)
      return outcome
    }
    await client.close()
    if let first = parts.first(where: \.isSilence), parts.allSatisfy({ $0.isSilence && $0.count == 0 }) {
      throw BartizanError(.remote, "context \"\(endpoint.name)\": \(first.trouble ?? "")")
    }
    var builder = ClusterSnapshot.Builder(keepsSchemas: keepsSchemas)
    builder.serverMinor = minor
    for (resource, part) in zip(resources, parts) {
      builder.append(part.builder)
      if let trouble = part.trouble { builder.refuse(resource.groupKind, reason: trouble) }
    }
    if let reads {
      for resource in discovery.resources where !reads.covers(resource.groupKind) { builder.skip(resource.groupKind) }
    }
    for (group, reason) in discovery.failedGroups
    where group == "*" || reads.map({ $0.contains { $0.group == group } }) ?? true {
      builder.refuse(group: group, reason: reason)
    }
    return builder
  }
}

/// Whether a server has stopped answering: then the rest of its lists is not waited for, one after the other.
private final class Silence: Sendable {
  /// Consecutive requests without an answer, and what was said of the last.
  private let state = Mutex<(count: Int, reason: String)>((0, ""))
  /// One list may be too much for a server, or for a proxy before it; as many as are read at a time are its end.
  private static let limit = 4

  var reason: String? { state.withLock { $0.count >= Self.limit ? $0.reason : nil } }

  /// - Parameter failure: nil for an answer, whatever it was.
  func note(_ failure: String?) {
    state.withLock { state in
      guard state.count < Self.limit else { return }
      state = failure.map { (state.count + 1, $0) } ?? (0, "")
    }
  }
}
