import Bytes
import Kube

/// The published cases, as requests of an audit log and the snapshot that their expected roles make.
enum Audit2RBACCases {
  struct Case {
    let requests: [DocumentNode]
    let expected: ClusterSnapshot
  }

  static func all(_ root: DocumentNode) -> [(name: String, vector: Case)] {
    let options = root["testProcessOptions"]
    let existing = options?["existing"]
    return (options?["testcases"]?.elements ?? []).compactMap { test in
      let requests = (test["requests"]?.elements ?? []).map(event)
      guard !requests.isEmpty else { return nil }
      var builder = ClusterSnapshot.Builder()
      for source in [existing, test["expected"]] {
        for (key, kind) in [
          ("roles", "Role"), ("roleBindings", "RoleBinding"), ("clusterRoles", "ClusterRole"),
          ("clusterRoleBindings", "ClusterRoleBinding"),
        ] {
          builder.add(
            object([
              ("apiVersion", .string("rbac.authorization.k8s.io/v1")), ("kind", .string(kind + "List")),
              ("items", source?[key]?.content ?? .array([])),
            ]), file: "expected")
        }
      }
      return (test["name"]?.string ?? "", Case(requests: requests, expected: builder.build()))
    }
  }

  private static func object(_ fields: [(String, DocumentNode.Content)]) -> DocumentNode {
    DocumentNode(.object(Mapping(fields.map { .init(key: $0.0, value: DocumentNode($0.1)) })))
  }

  /// Attributes of a request as an audit event.
  private static func event(_ request: DocumentNode) -> DocumentNode {
    func text(_ key: String) -> DocumentNode.Content { .string(request[key]?.string ?? "") }
    var fields: [(String, DocumentNode.Content)] = [
      ("verb", text("verb")), ("stage", .string("ResponseComplete")), ("requestURI", text("path")),
      (
        "user",
        object([
          ("username", .string(request[path: "user", "name"]?.string ?? "")),
          ("groups", request[path: "user", "groups"]?.content ?? .array([])),
        ]).content
      ),
    ]
    if request["resourceRequest"]?.bool == true {
      fields.append(
        (
          "objectRef",
          object(["apiGroup", "resource", "subresource", "namespace", "name"].map { ($0, text($0)) }).content
        ))
    }
    return object(fields)
  }
}
