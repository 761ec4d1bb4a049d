/// A compiled expression. Immutable; any number of evaluations may run side by side.
package final class CELProgram: Sendable {
  package let source: String
  /// The type of the result, as checked.
  package let outputType: CELType
  private let root: any Step
  private let variables: [(name: String, slot: Int)]
  private let slotCount: Int

  init(source: String, outputType: CELType, root: any Step, variables: [(name: String, slot: Int)], slotCount: Int) {
    self.source = source
    self.outputType = outputType
    self.root = root
    self.variables = variables
    self.slotCount = slotCount
  }

  /// Whether the API server takes the result where it wants `type`: exactly this type, or anything for `any`.
  package func gives(_ type: CELType) -> Bool {
    type == .any || outputType.unwrappedPrimitive == type.unwrappedPrimitive
  }

  /// Names of the variables that the expression reads.
  package var variableNames: [String] { variables.map(\.name) }

  /// Evaluates.
  ///
  /// - Parameter costLimit: evaluation ends with `operation cancelled: actual cost limit exceeded` beyond it. The API
  ///   server allows 1,000,000 for one call of one expression.
  package func evaluate(_ activation: CELActivation, costLimit: UInt64 = CELCost.perCall) -> CELResult {
    var slots = [Slot](repeating: .absent, count: slotCount)
    for variable in variables { slots[variable.slot] = activation.slot(variable.name) }
    var evaluation = Evaluation(activation, slots: slots, limit: costLimit)
    do throws(CELFailure) {
      let value = try root.evaluate(&evaluation)
      try evaluation.checkLimit()
      return CELResult(value: .success(value), cost: evaluation.cost)
    } catch {
      return CELResult(value: .failure(evaluation.cost > costLimit ? .costLimit : error), cost: evaluation.cost)
    }
  }
}

/// What an evaluation gave.
package struct CELResult: Sendable {
  package let value: Result<CELValue, CELFailure>
  /// In the API server's units. Beyond the limit when the evaluation was stopped for it. The cost of composited
  /// variables is not in it, see `CELActivation.takeVariablesCost()`.
  package let cost: UInt64
}

/// Limits on the cost of expressions, in the API server's units.
package enum CELCost {
  /// One call of one expression.
  package static let perCall: UInt64 = 1_000_000
  /// All the expressions of a policy and binding on one request, or of a custom resource.
  package static let perRequest: Int64 = 10_000_000
  /// The match conditions of a policy or webhook on one request.
  package static let matchConditions: Int64 = 2_500_000
}

extension CELType {
  /// Nullable primitives count as the primitives.
  var unwrappedPrimitive: CELType { if case .wrapper(let inner) = self { inner } else { self } }
}
