import Bytes
import Kube

/// Policies of Kyverno and Gatekeeper that are written in CEL, as policies of the API server.
enum ForeignPolicies {
  /// A policy or binding of the server's own kinds, and what it was made from.
  struct Made {
    let object: KubeObject
    let source: KubeObject
  }

  struct Translation {
    var objects: [Made] = []
    var untranslated: [PolicySet.Untranslated] = []
  }

  /// - Parameter objects: of any kind; those that are nobody's policies are passed over.
  static func translated(_ objects: [KubeObject]) -> Translation {
    var translation = Translation()
    for object in objects {
      switch (object.groupKind.group, object.kind) {
      case ("policies.kyverno.io", "ValidatingPolicy"), ("policies.kyverno.io", "NamespacedValidatingPolicy"):
        KyvernoPolicies.translate(validatingPolicy: object, into: &translation)
      case ("kyverno.io", "ClusterPolicy"), ("kyverno.io", "Policy"):
        KyvernoPolicies.translate(clusterPolicy: object, into: &translation)
      case ("templates.gatekeeper.sh", "ConstraintTemplate"):
        GatekeeperTemplates.translate(object, constraints: objects, into: &translation)
      default:
        guard let reason = reason(notJudgedBy: object, among: objects) else { continue }
        translation.untranslated.append(.init(object: object, reason: reason))
      }
    }
    return translation
  }

  /// Why an object of another policy engine, which would answer at the door as well, is not judged by; nil for all others.
  private static func reason(notJudgedBy object: KubeObject, among objects: [KubeObject]) -> String? {
    switch (object.groupKind.group, object.kind) {
    case (_, "PolicyException") where kyverno.contains(object.groupKind.group):
      return "exceptions of Kyverno are not applied: what it excepts is judged all the same"
    case ("policies.kyverno.io", let kind) where kind.hasSuffix("Policy"), ("mutations.gatekeeper.sh", let kind),
      ("policies.kubewarden.io", let kind) where kind.contains("AdmissionPolicy"):
      // What it deletes later, it does not refuse.
      guard !kind.hasSuffix("DeletingPolicy") else { return nil }
      return "a policy of \(engine(object.groupKind) ?? kind), whose policies of kind \(kind) are not judged by"
    case ("constraints.gatekeeper.sh", let kind):
      let isThere = objects.contains {
        $0.groupKind.group == "templates.gatekeeper.sh" && $0.kind == "ConstraintTemplate"
          && $0.spec?[path: "crd", "spec", "names", "kind"]?.string == kind
      }
      return isThere ? nil : "its template \(kind) is not in the input"
    default: return nil
    }
  }

  /// Whose policies a kind is of; nil for all that is no policy of another engine.
  static func engine(_ kind: GroupKind) -> String? {
    switch kind.group {
    case "kyverno.io", "policies.kyverno.io": "Kyverno"
    case "templates.gatekeeper.sh", "constraints.gatekeeper.sh", "mutations.gatekeeper.sh": "Gatekeeper"
    case "policies.kubewarden.io": "Kubewarden"
    default: nil
    }
  }

  private static let kyverno: Set<String> = ["kyverno.io", "policies.kyverno.io"]

  static func text(_ value: String) -> DocumentNode { DocumentNode(.string(value)) }

  static func list(_ values: [String]) -> DocumentNode { DocumentNode(.array(values.map(text))) }

  /// A list of texts as CEL writes it.
  static func celList(_ values: [String]) -> String { "[" + values.map(celText).joined(separator: ", ") + "]" }

  static func celText(_ value: String) -> String {
    var result = "'"
    for scalar in value.unicodeScalars {
      switch scalar {
      case "'": result += "\\'"
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "'"
  }

  /// An anchored regular expression for names with `*` and `?`.
  static func regex(glob: String) -> String {
    var result = "^"
    for scalar in glob.unicodeScalars {
      switch scalar {
      case "*": result += ".*"
      case "?": result += "."
      case ".", "+", "(", ")", "[", "]", "{", "}", "^", "$", "|", "\\": result += "\\" + String(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "$"
  }

  /// Whether a value fits one of several globs, as an expression.
  static func matches(_ value: String, globs: [String]) -> String {
    let plain = globs.filter { !$0.contains("*") && !$0.contains("?") }
    var terms = plain.isEmpty ? [] : ["\(value) in \(celList(plain))"]
    for glob in globs where glob.contains("*") || glob.contains("?") {
      terms.append("\(value).matches(\(celText(regex(glob: glob))))")
    }
    return terms.isEmpty ? "false" : "(" + terms.joined(separator: " || ") + ")"
  }

  /// A request's namespace as text; that of a Namespace is itself.
  static let namespace = "request.?namespace.orValue('')"
  static let name = "request.?name.orValue(object == null ? '' : string(object.?metadata.?name.orValue('')))"

  static func condition(_ name: String, _ expression: String) -> DocumentNode {
    ["name": text(name), "expression": text(expression)]
  }

  static func everything(_ operations: [String]) -> DocumentNode {
    [
      "resourceRules": [
        ["apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"], "operations": list(operations)]
      ]
    ]
  }

  static func policy(_ name: String, _ spec: DocumentNode, like object: KubeObject) -> Made? {
    let annotations = object.metadata?["annotations"] ?? [:]
    return made(
      "ValidatingAdmissionPolicy", ["name": text(name), "annotations": annotations], spec, like: object)
  }

  static func binding(
    _ name: String, policy: String, actions: [String], _ more: [(String, DocumentNode)] = [], like object: KubeObject
  ) -> Made? {
    var spec: DocumentNode = ["policyName": text(policy), "validationActions": list(actions)]
    for (key, value) in more { spec = spec.setting(key, value) }
    return made("ValidatingAdmissionPolicyBinding", ["name": text(name)], spec, like: object)
  }

  /// An object of the server's own group, at the place of the one that it is made from.
  private static func made(
    _ kind: String, _ metadata: DocumentNode, _ spec: DocumentNode, like object: KubeObject
  ) -> Made? {
    let fields = Mapping([
      .init(key: "apiVersion", value: text(PolicySet.group + "/v1")), .init(key: "kind", value: text(kind)),
      .init(key: "metadata", value: metadata), .init(key: "spec", value: spec),
    ])
    return KubeObject(
      DocumentNode(.object(fields), line: object.root.line, column: object.root.column), file: object.file
    ).map { Made(object: $0, source: object) }
  }
}
