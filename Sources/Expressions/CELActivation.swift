import Bytes

/// The values of the variables of one evaluation, or of several that belong together: composited variables are
/// evaluated once.
///
/// For use by one task at a time. The API server makes a new one for each group of expressions (match conditions,
/// validations, message expressions, audit annotations) of a policy and request.
package final class CELActivation {
  /// What many activations share.
  private let shared: [(name: String, value: CELValue)]
  /// What is set in this one, and counts before the shared.
  private var own: [(name: String, value: CELValue)] = []
  private var composition: [(name: String, program: Result<CELProgram, CELCompileError>)] = []
  private var results: [Result<CELValue, CELFailure>?] = []
  private var spent: UInt64 = 0

  /// - Parameter values: variables by name. A variable that is declared and absent here fails when it is read:
  ///   `no such attribute(s): NAME`.
  package init(_ values: [(name: String, value: CELValue)] = []) { shared = values }

  package func set(_ name: String, _ value: CELValue) {
    if let place = own.firstIndex(where: { $0.name == name }) {
      own[place].value = value
    } else {
      own.append((name, value))
    }
  }

  /// The composited variables (`variables.NAME`) in the order of the policy, with the outcome of their compilation. A
  /// variable that is never read is never evaluated; one that failed to compile fails when it is read.
  package func setVariables(_ variables: [(name: String, program: Result<CELProgram, CELCompileError>)]) {
    composition = variables
    results = Array(repeating: nil, count: variables.count)
    set("variables", .variables)
  }

  /// The cost of composited variables since the last call. The API server subtracts it from the budget after each
  /// expression.
  package func takeVariablesCost() -> UInt64 {
    defer { spent = 0 }
    return spent
  }

  func slot(_ name: String) -> Slot {
    for entry in own where entry.name == name { return .value(entry.value) }
    for entry in shared where entry.name == name { return .value(entry.value) }
    return .absent
  }

  var compositedNames: [String] { composition.map { $0.name } }

  func hasComposited(_ name: String) -> Bool { composition.contains { $0.name == name } }

  /// The value of a composited variable, evaluated on first use.
  func composited(_ name: String) throws(CELFailure) -> CELValue {
    // The last of several with one name wins.
    guard let place = composition.lastIndex(where: { $0.name == name }) else { throw CELFailure(.noSuchKey, name) }
    if let result = results[place] { return try result.get() }
    let result = evaluate(composition[place])
    results[place] = result
    return try result.get()
  }

  private func evaluate(
    _ variable: (name: String, program: Result<CELProgram, CELCompileError>)
  ) -> Result<CELValue, CELFailure> {
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
