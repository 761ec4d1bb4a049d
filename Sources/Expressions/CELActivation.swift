import Bytes

/// The values of the variables of one evaluation, or of the evaluations that belong together: composited variables that
/// were read once are kept.
///
/// For one task at a time. The API server makes a new one for each group of expressions (match conditions, validations,
/// message expressions, audit annotations) of a policy and request.
package final class CELActivation {
  private var values: [(name: String, value: CELValue)]
  private var composition: [Composited] = []
  private var spent: UInt64 = 0

  private struct Composited {
    let name: String
    let program: Result<CELProgram, CELCompileError>
    var result: Result<CELValue, CELFailure>?
  }

  /// - Parameter values: variables by name. A variable that is declared and absent here fails when it is read:
  ///   `no such attribute(s): NAME`.
  package init(_ values: [(name: String, value: CELValue)] = []) { self.values = values }

  package func set(_ name: String, _ value: CELValue) {
    if let place = values.firstIndex(where: { $0.name == name }) {
      values[place].value = value
    } else {
      values.append((name, value))
    }
  }

  /// The composited variables (`variables.NAME`) in the order of the policy, with what became of their compilation. One
  /// that is never read is never evaluated; one that fails to compile fails when it is read.
  package func setVariables(_ variables: [(name: String, program: Result<CELProgram, CELCompileError>)]) {
    composition = variables.map { Composited(name: $0.name, program: $0.program) }
    set("variables", .variables)
  }

  /// What evaluating composited variables has cost since this was last asked. The API server takes it off the budget after
  /// each expression.
  package func takeVariablesCost() -> UInt64 {
    defer { spent = 0 }
    return spent
  }

  func slot(_ name: String) -> Slot {
    for entry in values where entry.name == name { return .value(entry.value) }
    return .absent
  }

  var compositedNames: [String] { composition.map(\.name) }

  func hasComposited(_ name: String) -> Bool { composition.contains { $0.name == name } }

  /// The value of a composited variable, evaluated when it is first asked for.
  func composited(_ name: String) throws(CELFailure) -> CELValue {
    // Of two with one name, the last counts.
    guard let place = composition.lastIndex(where: { $0.name == name }) else { throw CELFailure(.noSuchKey, name) }
    if let result = composition[place].result { return try result.get() }
    let result = evaluate(composition[place])
    composition[place].result = result
    return try result.get()
  }

  private func evaluate(_ variable: Composited) -> Result<CELValue, CELFailure> {
    switch variable.program {
    case .failure(let error):
      return .failure(
        .argument("composited variable \(GoText.quoted(variable.name)) fails to compile: \(error.serverText)"))
    case .success(let program):
      let result = program.evaluate(self)
      let sum = spent.addingReportingOverflow(result.cost)
      spent = sum.overflow ? .max : sum.partialValue
      switch result.value {
      case .success(let value): return .success(value)
      case .failure(let failure):
        return .failure(
          .argument("composited variable \(GoText.quoted(variable.name)) fails to evaluate: \(failure.message)"))
      }
    }
  }
}
