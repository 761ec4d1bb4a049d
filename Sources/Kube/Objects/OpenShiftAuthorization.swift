import Bytes

/// Roles and bindings of `authorization.openshift.io`, which OpenShift's API server keeps as those of RBAC: the same objects by
/// another name.
///
/// Source: openshift/openshift-apiserver `pkg/authorization/apis/authorization/rbacconversion`; a reference to a role without a
/// namespace is to a ClusterRole.
package enum OpenShiftAuthorization {
  package static let group = "authorization.openshift.io"
  private static let rbac = "rbac.authorization.k8s.io"

  /// The object as RBAC has it; nil for what is none of these kinds.
  package static func asRBAC(_ object: KubeObject) -> KubeObject? {
    guard object.groupKind.group == group else { return nil }
    let root = object.root
    switch object.kind {
    case "Role", "ClusterRole":
      let rules = (root["rules"]?.elements ?? []).map { rule in
        // Groups that are left out are the core group.
        rule["apiGroups"]?.array == nil && !(rule["resources"]?.elements ?? []).isEmpty
          ? rule.setting("apiGroups", rule.with(.array([rule.with(.string(""))]))) : rule
      }
      return made(object, [("rules", root.with(.array(rules)))])
    case "RoleBinding", "ClusterRoleBinding":
      let reference = root["roleRef"] ?? root
      let isLocal = reference["namespace"]?.string?.isEmpty == false
      let role = reference.with(
        .object(
          Mapping([
            .init(key: "apiGroup", value: reference.with(.string(rbac))),
            .init(key: "kind", value: reference.with(.string(isLocal ? "Role" : "ClusterRole"))),
            .init(key: "name", value: reference["name"] ?? reference.with(.string(""))),
          ])))
      return made(object, [("roleRef", role), ("subjects", root.with(.array(subjects(root))))])
    default: return nil
    }
  }

  private static func subjects(_ root: DocumentNode) -> [DocumentNode] {
    let own = root["subjects"]?.elements ?? []
    guard own.isEmpty else {
      return own.map { subject in
        switch subject["kind"]?.string {
        case "SystemUser": subject.setting("kind", subject.with(.string("User")))
        case "SystemGroup": subject.setting("kind", subject.with(.string("Group")))
        default: subject
        }
      }
    }
    // Bindings from before `subjects` name their holders in lists of names.
    func named(_ key: String, _ kind: String) -> [DocumentNode] {
      (root[key]?.elements ?? []).map { name in
        name.with(
          .object(
            Mapping([.init(key: "kind", value: name.with(.string(kind))), .init(key: "name", value: name)])))
      }
    }
    return named("userNames", "User") + named("groupNames", "Group")
  }

  private static func made(_ object: KubeObject, _ fields: [(String, DocumentNode)]) -> KubeObject? {
    let root = object.root
    var result = root.setting("apiVersion", root.with(.string(rbac + "/v1")))
    for (key, value) in fields { result = result.setting(key, value) }
    return KubeObject(result, file: object.file)
  }
}
