package import Bytes
package import Findings
package import Kube
import Validation

/// What there is to say of policies before they are applied: what the server refuses, what its type checker warns of, and what
/// has no effect.
package struct PolicyRemarks: Sendable {
  /// How grave a remark is: whether the policy can be made at all, and whether it does anything.
  package enum Kind: String, Sendable {
    /// The server does not take the object.
    case refused
    /// A field that the server does not know, or that the text holds twice. kubectl asks the server to be strict, and has the
    /// object refused; for others the server drops it with a warning.
    case strict = "strict-decoding"
    /// It takes it, and its type checker warns.
    case warning
    /// It has no effect as things stand.
    case ineffective
    /// It may have no effect: whether what it names exists is not known from the input.
    case notKnown = "not-known"
    /// A policy of another tool of which nothing can be said.
    case notUnderstood = "not-understood"
    /// A policy of another tool, whose expressions were checked as the server's; the rest is for that tool to say.
    case otherEngine = "other-engine"
    /// A server serves the version only where it is told to.
    case notServed = "not-served"
    /// It takes effect, though hardly the one that is meant.
    case caution
  }

  /// One thing to say about one policy or binding.
  package struct Remark: Sendable {
    package let kind: Kind
    package let object: KubeObject
    package let location: Location
    /// Empty where it is about the object as a whole.
    package let field: String
    /// In the server's words where it is the server's.
    package let message: String
  }

  package let remarks: [Remark]
  /// What the server refuses, with its whole answer.
  package let refused: [PolicySet.Refused]
  /// Policies, bindings, webhook configurations and definitions that were looked at.
  package let objects: Int
  /// Kinds of these that a cluster did not hand out: there may be more to say of them, and nothing is said of what would rest on
  /// their absence.
  package let notSeen: [NotSeen]

  package init(_ snapshot: ClusterSnapshot) {
    let objects = snapshot.objects
    var remarks: [Remark] = []
    var refused: [PolicySet.Refused] = []
    var count = 0
    var checker = PolicyTypeChecker(objects.map(\.root))
    let coverage = RuleCoverage(ResourceTable(customResources: objects.map(\.root)))
    for object in objects {
      guard let outcome = PolicyLint.check(object.root) ?? CustomResourceDefinitionLint.check(object.root) else {
        continue
      }
      count += 1
      for fault in ObjectValidator.decodingFaults(object)
      where fault.kind == .unknownField || fault.kind == .duplicateField {
        remarks.append(
          Remark(
            kind: .strict, object: object,
            location: Location(file: object.location.file, line: Int(fault.line), column: Int(fault.column)),
            field: fault.path,
            message: fault.message))
      }
      if let refusal = outcome.refusal {
        refused.append(.init(object: object, refusal: refusal))
        for error in outcome.errors {
          let field = error.path ?? ""
          remarks.append(
            Remark(
              kind: .refused, object: object, location: object.location(of: object.root.place(of: field)),
              field: field,
              message: error.kind == .typeInvalid ? error.detail : error.body))
        }
      } else if object.kind == "ValidatingAdmissionPolicy" {
        for warning in checker.check(outcome.object) {
          remarks.append(
            Remark(
              kind: .warning, object: object, location: object.location(of: object.root.place(of: warning.field)),
              field: warning.field, message: warning.text))
        }
      }
      for gap in outcome.refusal == nil ? coverage.gaps(outcome.object) : [] {
        remarks.append(
          Remark(
            kind: gap.isCertain ? .ineffective : .notKnown, object: object,
            location: object.location(of: object.root.place(of: gap.path)), field: gap.path, message: gap.message))
      }
    }
    let set = PolicySet(objects)
    let untranslated = set.untranslated.filter { !PolicySet.isPolicyObject($0.object.groupKind) }
    let foreign = Set((untranslated.map(\.object) + set.translated).map(\.location))
    count += foreign.count
    func add(_ kind: Kind, _ object: KubeObject, _ message: String) {
      remarks.append(
        Remark(kind: kind, object: object, location: object.location, field: "", message: message))
    }
    func isSeen(_ kind: String) -> Bool { snapshot.blindness(for: GroupKind(PolicySet.group, kind)) == nil }
    for object in set.unbound where isSeen(object.kind + "Binding") {
      add(.ineffective, object, "no binding names it: it is not in force")
    }
    for object in set.dangling where isSeen(String(object.kind.dropLast("Binding".count))) {
      let policy = object.spec?["policyName"]?.string ?? ""
      add(.ineffective, object, "its policy \"\(policy)\" is not in the input")
    }
    for object in set.overridden { add(.ineffective, object, "another \(object.kind) of this name follows and counts") }
    for item in untranslated { add(.notUnderstood, item.object, item.reason) }
    for object in set.translated where !untranslated.contains(where: { $0.object.location == object.location }) {
      let engine = ForeignPolicies.engine(object.groupKind) ?? "another engine"
      add(
        .otherEngine, object,
        "a policy of \(engine), which the API server does not judge by: of it only the expressions were checked")
    }
    for object in objects {
      if let text = PolicyVersions.remark(object, minor: snapshot.serverMinor) { add(.notServed, object, text) }
    }
    Self.addParams(objects, &remarks)
    self.remarks = remarks.sorted {
      ($0.location, $0.object.kind, $0.object.name) < ($1.location, $1.object.kind, $1.object.name)
    }
    self.refused = refused
    self.objects = count
    notSeen = snapshot.notListed.filter {
      $0.kind.group == PolicySet.group || $0.kind == GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")
    }
  }

  /// Bindings that give params which their policy does not take, or none where it takes some.
  private static func addParams(_ objects: [KubeObject], _ remarks: inout [Remark]) {
    var policies: [String: KubeObject] = [:]
    for object in objects where PolicySet.isPolicyObject(object.groupKind) {
      policies[object.kind + " " + object.name] = object
    }
    for binding in objects where PolicySet.isPolicyObject(binding.groupKind) && binding.kind.hasSuffix("Binding") {
      let kind = String(binding.kind.dropLast("Binding".count))
      guard let policy = policies[kind + " " + (binding.spec?["policyName"]?.string ?? "")] else { continue }
      let takes = policy.spec?["paramKind"].map { !$0.isNull } ?? false
      let gives = binding.spec?["paramRef"].map { !$0.isNull } ?? false
      if takes, !gives {
        remarks.append(
          Remark(
            kind: .caution, object: binding, location: binding.location(of: binding.spec), field: "spec.paramRef",
            message: "policy \"\(policy.name)\" has a paramKind, and this binding no paramRef: params is null"))
      } else if gives, !takes {
        remarks.append(
          Remark(
            kind: .ineffective, object: binding, location: binding.location(of: binding.spec?["paramRef"]),
            field: "spec.paramRef", message: "policy \"\(policy.name)\" has no paramKind: it gets no params"))
      }
    }
  }

  /// Whether something was not understood, so that nothing found in it means nothing.
  package var isPartial: Bool { remarks.contains { $0.kind == .notUnderstood } }

  package var isClean: Bool { !remarks.contains { [.refused, .strict, .warning].contains($0.kind) } }
}

extension DocumentNode {
  /// The value at a path such as `spec.validations[0].expression`, or the nearest thing above it that is there.
  package func place(of path: String) -> DocumentNode {
    var node = self
    var name = ""
    func next(_ key: String) -> Bool {
      if key.isEmpty { return true }
      guard let value = node[key] else { return false }
      node = value
      return true
    }
    var characters = path.makeIterator()
    while let character = characters.next() {
      switch character {
      case ".":
        guard next(name) else { return node }
        name = ""
      case "[":
        guard next(name) else { return node }
        name = ""
        var index = ""
        while let digit = characters.next(), digit != "]" { index.append(digit) }
        if let items = node.array, let number = Int(index), items.indices.contains(number) {
          node = items[number]
        } else if let value = node[index] {
          node = value
        } else {
          return node
        }
      default: name.append(character)
      }
    }
    _ = next(name)
    return node
  }
}
