package import Bytes

/// One file of kube-bench's definitions (`cfg/ID/master.yaml` and its like): a target with its groups of checks.
package struct BenchmarkDefinition: Sendable {
  /// Part of a cluster that a file of definitions is for.
  package enum Target: String, Sendable, CaseIterable {
    case master, etcd, controlplane, node, policies, managedservices
  }

  package var id: String
  package var version: String
  package var text: String
  /// `master`, `node` and so on, as written.
  package var nodeType: String
  package var groups: [Group]

  /// A section of a benchmark.
  package struct Group: Sendable {
    package var id: String
    package var text: String
    /// `skip` leaves out all its checks; empty otherwise.
    package var type: String
    package var checks: [DefinitionCheck]

    package init(id: String, text: String, type: String, checks: [DefinitionCheck]) {
      self.id = id
      self.text = text
      self.type = type
      self.checks = checks
    }
  }

  /// - Parameter text: the YAML after substitution of variables.
  /// - Throws: `DocumentError` where it is no YAML or no file of definitions.
  package init(_ text: String) throws(DocumentError) {
    let stream = YAMLReader.readStream(text)
    if let error = stream.errors.first { throw error }
    // Some files have no groups: nothing of that target is the user's on a managed cluster.
    guard let root = stream.documents.first, root["type"]?.string != nil,
      root["groups"].map({ $0.array != nil }) ?? true
    else { throw DocumentError(.syntax, "no file of benchmark definitions: it has no `type` or no list `groups`") }
    let scalars = ScalarText(text)
    id = scalars.text(root["id"])
    version = scalars.text(root["version"])
    self.text = scalars.text(root["text"])
    nodeType = scalars.text(root["type"])
    groups = (root["groups"]?.elements ?? []).map { group in
      Group(
        id: scalars.text(group["id"]), text: scalars.text(group["text"]), type: scalars.text(group["type"]),
        checks: (group["checks"]?.elements ?? []).map { DefinitionCheck($0, scalars) })
    }
  }

  package var checks: [DefinitionCheck] { groups.flatMap(\.checks) }
}

/// A check of kube-bench: commands and what their output must hold.
package struct DefinitionCheck: Sendable {
  package var id: String
  package var text: String
  /// A shell script whose output is judged; empty for none.
  package var audit: String
  package var auditEnv: String
  package var auditConfig: String
  /// `manual`, `skip` or empty.
  package var type: String
  /// Nil where the definition has none.
  package var tests: DefinitionTests?
  package var remediation: String
  package var isScored: Bool
  /// Whether each line of output is judged by itself.
  package var usesMultipleValues: Bool

  package init(
    id: String = "", text: String = "", audit: String = "", auditEnv: String = "", auditConfig: String = "",
    type: String = "", tests: DefinitionTests? = nil, remediation: String = "", isScored: Bool = false,
    usesMultipleValues: Bool = false
  ) {
    self.id = id
    self.text = text
    self.audit = audit
    self.auditEnv = auditEnv
    self.auditConfig = auditConfig
    self.type = type
    self.tests = tests
    self.remediation = remediation
    self.isScored = isScored
    self.usesMultipleValues = usesMultipleValues
  }

  init(_ node: DocumentNode, _ scalars: ScalarText) {
    self.init(
      id: scalars.text(node["id"]), text: scalars.text(node["text"]), audit: scalars.text(node["audit"]),
      auditEnv: scalars.text(node["audit_env"]), auditConfig: scalars.text(node["audit_config"]),
      type: scalars.text(node["type"]), tests: node["tests"].map { DefinitionTests($0, scalars) },
      remediation: scalars.text(node["remediation"]), isScored: node["scored"]?.bool ?? false,
      usesMultipleValues: node["use_multiple_values"]?.bool ?? false)
  }
}

/// The conditions of a check and how they are joined.
package struct DefinitionTests: Sendable {
  package var items: [DefinitionTest]
  /// `and`, `or`; empty means `and`; anything else is an error of the definition.
  package var join: String

  package init(items: [DefinitionTest], join: String = "") {
    self.items = items
    self.join = join
  }

  init(_ node: DocumentNode, _ scalars: ScalarText) {
    self.init(
      items: (node["test_items"]?.elements ?? []).map { DefinitionTest($0, scalars) },
      join: scalars.text(node["bin_op"]))
  }
}

/// One condition: a flag of the audit's output, a path of a configuration, or a variable of the environment.
package struct DefinitionTest: Sendable {
  package var flag: String
  package var path: String
  package var env: String
  /// False: it must not be there.
  package var isSet: Bool
  /// As written; empty for a test of presence.
  package var comparison: String
  package var value: String

  package init(
    flag: String = "", path: String = "", env: String = "", isSet: Bool = true, comparison: String = "",
    value: String = ""
  ) {
    self.flag = flag
    self.path = path
    self.env = env
    self.isSet = isSet
    self.comparison = comparison
    self.value = value
  }

  init(_ node: DocumentNode, _ scalars: ScalarText) {
    self.init(
      flag: scalars.text(node["flag"]), path: scalars.text(node["path"]), env: scalars.text(node["env"]),
      isSet: node["set"]?.bool ?? true, comparison: scalars.text(node["compare"]?["op"]),
      value: scalars.text(node["compare"]?["value"]))
  }
}

/// The text of scalars as it stands in the source: `1.10` and `no` are text for a reader that wants text.
struct ScalarText {
  private let lines: [Substring]

  init(_ source: String) { lines = source.split(separator: "\n", omittingEmptySubsequences: false) }

  /// Empty for nil and for what is no scalar.
  func text(_ node: DocumentNode?) -> String {
    guard let node else { return "" }
    switch node.content {
    case .string(let text): return text
    case .bool, .int, .double:
      let index = Int(node.line) - 1
      guard lines.indices.contains(index), node.column > 0 else { return node.text ?? "" }
      let rest = lines[index].dropFirst(Int(node.column) - 1)
      let token = rest.prefix { $0 != " " && $0 != "," && $0 != "]" && $0 != "}" && $0 != "\r" && $0 != "\t" }
      return token.isEmpty ? node.text ?? "" : String(token)
    default: return ""
    }
  }
}
