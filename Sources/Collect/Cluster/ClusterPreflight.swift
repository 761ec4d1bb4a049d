import Bytes
import Kube

/// What the user may list, checked before anything is read.
package struct ClusterPreflight: Sendable {
  /// Kinds that are needed and may not be listed in all namespaces.
  package private(set) var denied: [APIResource] = []
  /// Why the server could not be asked; nil where it answered.
  package private(set) var unknown: String?

  /// - Parameter wanted: the kinds whose absence makes results incomplete.
  init(_ client: KubernetesClient, _ resources: [APIResource], wanted: Set<GroupKind>) async {
    let asked = resources.filter { wanted.contains($0.groupKind) }
    var denied: [APIResource] = []
    var unknown: String?
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
          // A server that does not support this request once never will.
          rest = []
        }
        add()
      }
    }
    self.denied = denied.sorted { ($0.group, $0.name) < ($1.group, $1.name) }
    self.unknown = unknown
  }

  private static func mayList(_ resource: APIResource, _ client: KubernetesClient) async -> Result<Bool, APIFailure> {
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
