import Bytes
import Kube

/// Lists all objects of one kind, page by page.
///
/// Source: kubernetes.io, "Kubernetes API Concepts", section "Retrieving large results sets in chunks".
enum ObjectList {
  struct Outcome: Sendable {
    var builder = ClusterSnapshot.Builder()
    var count = 0
    /// Why not all objects were seen.
    var trouble: String?
    var isForbidden = false
  }

  static let pageSize = 500
  /// Pages of one kind that are read: a server that never ends a list is lying.
  static let pageLimit = 4_000

  /// All objects of a kind. Where that is forbidden, those of the namespaces that are named; then the rest stays unseen,
  /// and the outcome says so.
  static func read(
    _ resource: APIResource, _ client: KubernetesClient, file: String, namespaces: [String] = []
  ) async -> Outcome {
    let whole = await read(resource, path: resource.path, client, file: file)
    guard whole.isForbidden, resource.namespaced, !namespaces.isEmpty else { return whole }
    var outcome = Outcome()
    var seen: [String] = []
    for namespace in namespaces {
      let part = await read(resource, path: resource.path(in: namespace), client, file: file)
      outcome.builder.append(part.builder)
      outcome.count += part.count
      if part.trouble == nil { seen.append(namespace) }
    }
    outcome.trouble =
      seen.isEmpty
      ? whole.trouble : "only those of \(seen.joined(separator: ", ")) may be listed: \(whole.trouble ?? "")"
    return outcome
  }

  private static func read(
    _ resource: APIResource, path: String, _ client: KubernetesClient, file: String
  ) async -> Outcome {
    var outcome = Outcome()
    var token: String?
    var restarted = false
    for _ in 0..<pageLimit {
      let page: DocumentNode
      do throws(APIFailure) {
        page = try await client.get(
          path + "?limit=\(pageSize)" + (token.map { "&continue=" + PercentEncoding.encode($0) } ?? ""))
      } catch {
        if case .expired(let next) = error.kind, token != nil {
          // With the server's new token the list goes on, with newer data; without one it begins again, once.
          if let next, !next.isEmpty, next != token {
            token = next
            continue
          }
          if !restarted {
            restarted = true
            outcome = Outcome()
            token = nil
            continue
          }
        }
        outcome.isForbidden = error.kind == .forbidden
        outcome.trouble =
          outcome.count > 0 ? "the list broke off after \(outcome.count): \(error.message)" : error.message
        return outcome
      }
      // An empty list may come without items; an answer of another kind is none.
      let isList = page["kind"]?.string?.hasSuffix("List") ?? false
      guard let items = page["items"]?.array ?? (isList && page["items"] == nil ? [] : nil) else {
        outcome.trouble = "the server's answer is no list"
        return outcome
      }
      let apiVersion = (resource.group.isEmpty ? "" : resource.group + "/") + resource.version
      for item in items {
        guard let object = KubeObject(item, file: file, defaults: (apiVersion, resource.kind)) else { continue }
        outcome.builder.add(object.withoutSecretValues)
        outcome.count += 1
      }
      let next = page[path: "metadata", "continue"]?.string ?? ""
      if next.isEmpty { return outcome }
      if next == token {
        outcome.trouble = "the server hands out the same page over and over"
        return outcome
      }
      token = next
    }
    outcome.trouble = "the list has more than \(pageLimit * pageSize) objects; the rest was left out"
    return outcome
  }
}
