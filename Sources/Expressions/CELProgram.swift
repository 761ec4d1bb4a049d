/// A compiled expression. Immutable; any number of evaluations may run side by side.
package final class CELProgram: Sendable {
  package let source: String
  /// The type of the result, as checked.
  package let outputType: CELType

  init(source: String, outputType: CELType) {
    self.source = source
    self.outputType = outputType
  }

  /// Whether the API server takes the result where it wants `type`: exactly this type, or anything for `any`.
  package func gives(_ type: CELType) -> Bool { fatalError() }

  /// Evaluates.
  ///
  /// - Parameter costLimit: evaluation ends with `operation cancelled: actual cost limit exceeded` beyond it. The API
  ///   server allows 1,000,000 for one call of one expression.
  package func evaluate(_ activation: CELActivation, costLimit: UInt64 = CELCost.perCall) -> CELResult { fatalError() }
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

/// Why an evaluation has no value.
package struct CELFailure: Error, Sendable, Equatable {
  package enum Code: Sendable, Equatable {
    case noSuchKey
    case indexOutOfBounds
    case noSuchOverload
    case noSuchAttribute
    case overflow
    case divisionByZero
    case conversion
    case costLimit
    /// A function refused its argument.
    case argument
  }

  package let code: Code
  /// In the server's words.
  package let message: String
}
