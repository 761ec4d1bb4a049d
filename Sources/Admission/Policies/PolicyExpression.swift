import Bytes
import Expressions
import Validation

extension PolicyExpression {
  /// Whether some expression of a policy reads who sends the request, or asks what that user may do.
  ///
  /// - Parameter spec: of a policy of either kind.
  static func asksForUser(_ spec: DocumentNode) -> Bool {
    contains(spec) { source in
      ExpressionReferences.mentions(source, variable: "authorizer")
        || ExpressionReferences.mentions(source, variable: "request", field: "userInfo")
    }
  }

  /// Whether some expression of a policy reads what was there before.
  static func asksForOldObject(_ spec: DocumentNode) -> Bool {
    contains(spec) { ExpressionReferences.mentions($0, variable: "oldObject") }
  }

  /// Whether some expression of a policy reads how the request was sent.
  static func asksForOptions(_ spec: DocumentNode) -> Bool {
    contains(spec) { ExpressionReferences.mentions($0, variable: "request", field: "options") }
  }

  /// Whether some expression of a policy reads when the object was made.
  static func asksForCreationTime(_ spec: DocumentNode) -> Bool {
    contains(spec) {
      ExpressionReferences.holds($0, "creationTimestamp") && ExpressionReferences.mentions($0, variable: "object")
    }
  }

  /// Whether some expression of a policy reads more of the namespace than its name.
  static func asksForNamespace(_ spec: DocumentNode) -> Bool {
    contains(spec) { ExpressionReferences.mentions($0, variable: "namespaceObject", beyond: ["metadata", "name"]) }
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

/// What an expression of a policy gave.
enum PolicyExpressionResult {
  case none
  case value(CELValue)
  /// In the server's words.
  case failure(String)
}

/// Evaluates expressions that share a budget, one after the other.
///
/// Source: k8s.io/apiserver `pkg/admission/plugin/cel/{condition,activation}.go`.
struct PolicyEvaluation {
  /// The whole group is given up.
  struct Abandoned: Error {
    let message: String
  }

  static let outOfBudget =
    "validation failed due to running out of cost budget, no further validation rules will be run"

  static func run(
    _ expressions: [PolicyExpression], _ activation: CELActivation, budget: inout Int64
  ) throws(Abandoned) -> [PolicyExpressionResult] {
    var results: [PolicyExpressionResult] = []
    results.reserveCapacity(expressions.count)
    for expression in expressions { results.append(try run(expression, activation, budget: &budget)) }
    return results
  }

  static func run(
    _ expression: PolicyExpression, _ activation: CELActivation, budget: inout Int64
  ) throws(Abandoned) -> PolicyExpressionResult {
    switch expression {
    case .none: return .none
    case .fault(let fault, _): return .failure("compilation error: " + fault.message)
    case .program(let program):
      let result = program.evaluate(activation)
      // Variables that were read for the first time are paid for first.
      for cost in [activation.takeVariablesCost(), result.cost] {
        guard let cost = Int64(exactly: cost), cost <= budget else { throw Abandoned(message: outOfBudget) }
        budget -= cost
      }
      switch result.value {
      case .success(let value): return .value(value)
      case .failure(let failure):
        return .failure("expression '\(program.source)' resulted in error: \(failure.message)")
      }
    }
  }
}
