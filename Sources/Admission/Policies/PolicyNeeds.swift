import Bytes
import Expressions

/// What the expressions of a policy read beside the object, which is not always known.
struct PolicyNeeds: Sendable {
  /// Who sends the request, or what that user may do.
  let user: Bool
  /// What was there before.
  let oldObject: Bool
  /// How the request was sent.
  let options: Bool
  /// When the object was made.
  let creationTime: Bool
  /// More of the namespace than its name.
  let namespace: Bool

  /// - Parameter spec: of a policy of either kind.
  init(_ spec: DocumentNode) {
    user = Self.contains(spec) { source in
      ExpressionReferences.mentions(source, variable: "authorizer")
        || ExpressionReferences.mentions(source, variable: "request", field: "userInfo")
    }
    oldObject = Self.contains(spec) { ExpressionReferences.mentions($0, variable: "oldObject") }
    options = Self.contains(spec) { ExpressionReferences.mentions($0, variable: "request", field: "options") }
    creationTime = Self.contains(spec) {
      ExpressionReferences.holds($0, "creationTimestamp") && ExpressionReferences.mentions($0, variable: "object")
    }
    namespace = Self.contains(spec) {
      ExpressionReferences.mentions($0, variable: "namespaceObject", beyond: ["metadata", "name"])
    }
  }

  /// Why the policy cannot be asked about a request of which something is not known; nil where all that it reads is.
  ///
  /// The namespace is not judged here: whether it is known is for the cluster to say.
  func ignorance(of request: AdmissionRequest) -> String? {
    if user, !request.isUserKnown { return PolicyReport.NotEvaluated.unknownUser }
    if oldObject, !request.isOldObjectKnown { return PolicyReport.NotEvaluated.unknownOldObject }
    if options, !request.areOptionsKnown { return PolicyReport.NotEvaluated.unknownOptions }
    if creationTime, !request.isCreationTimeKnown { return PolicyReport.NotEvaluated.unknownTime }
    return nil
  }

  private static func contains(_ spec: DocumentNode, _ isWanted: (String) -> Bool) -> Bool {
    // Messages are prose: "request" in one of them is a word.
    let keys: Set<String> = ["expression", "messageExpression", "valueExpression"]
    func asks(_ node: DocumentNode) -> Bool {
      if let items = node.array { return items.contains(where: asks) }
      return node.entries.contains { entry in
        if let source = entry.value.string { return keys.contains(entry.key) && isWanted(source) }
        return asks(entry.value)
      }
    }
    return ["variables", "matchConditions", "validations", "auditAnnotations", "mutations"].contains { key in
      spec[key].map(asks) ?? false
    }
  }
}
