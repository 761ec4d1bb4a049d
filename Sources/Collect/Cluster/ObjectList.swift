import Bytes
import Kube

/// Lists all objects of one kind, page by page.
///
/// Source: kubernetes.io, "Kubernetes API Concepts", section "Retrieving large results sets in chunks".
enum ObjectList {
  struct Outcome: Sendable {
    var builder: ClusterSnapshot.Builder
    var count = 0
    /// Why some objects were not seen; nil for a complete list.
    var trouble: String?
    var isForbidden = false
    /// Whether the server did not answer, or no longer.
    var isSilence = false

    init(keepsSchemas: Bool) { builder = ClusterSnapshot.Builder(keepsSchemas: keepsSchemas) }
  }

  static let pageSize = 500
  /// Maximum number of pages of one kind, against a server that never ends its list.
  static let pageLimit = 4_000

  /// All objects of a kind. Where listing them all is forbidden, lists the named namespaces one by one; the outcome
  /// then says that the list is not complete.
  ///
  /// - Parameter isDenied: whether the server said beforehand that listing them all is forbidden: it is not asked for then.
  static func read(
    _ resource: APIResource, _ client: KubernetesClient, file: String, namespaces: [String] = [],
    isDenied: Bool = false, keepsSchemas: Bool = false
  ) async -> Outcome {
    let whole: Outcome
    if isDenied {
      var refused = Outcome(keepsSchemas: keepsSchemas)
      refused.isForbidden = true
      refused.trouble = "you may not list \(resource.text)"
      whole = refused
    } else {
      whole = await read(resource, path: resource.path, client, file: file, keepsSchemas: keepsSchemas)
    }
    guard whole.isForbidden, resource.namespaced, !namespaces.isEmpty else { return whole }
    var outcome = Outcome(keepsSchemas: keepsSchemas)
    var seen: [String] = []
    for namespace in namespaces {
      if isDenied, case .success(false) = await ClusterPreflight.mayList(resource, in: namespace, client) { continue }
      let part = await read(
        resource, path: resource.path(in: namespace), client, file: file, keepsSchemas: keepsSchemas)
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
    _ resource: APIResource, path: String, _ client: KubernetesClient, file: String, keepsSchemas: Bool
  ) async -> Outcome {
    var outcome = Outcome(keepsSchemas: keepsSchemas)
    var token: String?
    var restarted = false
    for _ in 0..<pageLimit {
      let page: DocumentNode
      do throws(APIFailure) {
        page = try await client.get(
          path + "?limit=\(pageSize)" + (token.map { "&continue=" + PercentEncoding.encode($0) } ?? ""))
      } catch {
        if case .expired(let next) = error.kind, token != nil {
          // With the new token of the server the list continues, with newer data; without one it starts again, once.
          if let next, !next.isEmpty, next != token {
            token = next
            continue
          }
          if !restarted {
            restarted = true
            outcome = Outcome(keepsSchemas: keepsSchemas)
            token = nil
            continue
          }
        }
        outcome.isForbidden = error.kind == .forbidden
        outcome.isSilence = error.isSilence
        outcome.trouble =
          outcome.count > 0 ? "the list broke off after \(outcome.count): \(error.message)" : error.message
        return outcome
      }
      // An empty list may lack `items`; a response of another kind is not a list.
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
