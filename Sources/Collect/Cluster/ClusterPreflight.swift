import Bytes
import Kube

/// What the user may list, checked before anything is read: what may not be listed is then not asked for, and no refusal stands
/// in the cluster's audit log.
package struct ClusterPreflight: Sendable {
  /// Kinds that are needed and may not be listed in all namespaces.
  package private(set) var denied: [APIResource] = []
  /// All kinds of those asked for that may not be.
  private(set) var refused = Set<APIResource>()
  /// Why the server could not be asked; nil where it answered.
  package private(set) var unknown: String?
  /// Whether there was no answer at all.
  private(set) var isGone = false

  /// - Parameters:
  ///   - asked: what is about to be listed.
  ///   - wanted: the kinds whose absence makes results incomplete.
  init(_ client: KubernetesClient, _ asked: [APIResource], wanted: Set<GroupKind>) async {
    var denied: [APIResource] = []
    var unknown: String?
    var isGone = false
    await withTaskGroup(of: (APIResource, Result<Bool, APIFailure>).self) { group in
      var rest = asked[...]
      func add() {
        guard let resource = rest.popFirst() else { return }
        group.addTask { (resource, await Self.mayList(resource, client)) }
      }
      for _ in 0..<8 { add() }
      for await (resource, answer) in group {
        switch answer {
        case .success(true): break
        case .success(false): denied.append(resource)
        case .failure(let failure):
          unknown = failure.message
          isGone = failure.isSilence
          // A server that does not support this request once never will.
          rest = []
        }
        add()
      }
    }
    refused = Set(denied)
    self.denied = denied.filter { wanted.covers($0.groupKind) }.sorted { ($0.group, $0.name) < ($1.group, $1.name) }
    self.unknown = unknown
    self.isGone = isGone
  }

  /// - Parameter namespace: nil: all of them.
  static func mayList(
    _ resource: APIResource, in namespace: String? = nil, _ client: KubernetesClient
  ) async -> Result<Bool, APIFailure> {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("apiVersion", "authorization.k8s.io/v1")
      writer.field("kind", "SelfSubjectAccessReview")
      writer.key("spec")
      writer.object { writer in
        writer.key("resourceAttributes")
        writer.object { writer in
          writer.field("verb", "list")
          writer.field("group", resource.group)
          writer.field("resource", resource.name)
          if let namespace { writer.field("namespace", namespace) }
        }
      }
    }
    do throws(APIFailure) {
      let answer = try await client.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", writer.bytes)
      return .success(answer[path: "status", "allowed"]?.bool ?? false)
    } catch {
      return .failure(error)
    }
  }
}

extension Set<GroupKind> {
  /// Whether a kind is one of them; `*` stands for all kinds of a group.
  func covers(_ kind: GroupKind) -> Bool { contains(kind) || contains(GroupKind(kind.group, "*")) }
}
