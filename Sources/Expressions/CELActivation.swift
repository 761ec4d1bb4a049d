/// The values of the variables of one evaluation, or of the evaluations that belong together: composited variables that
/// were read once are kept.
///
/// For one task at a time. The API server makes a new one for each group of expressions (match conditions, validations,
/// message expressions, audit annotations) of a policy and request.
package final class CELActivation {
  /// - Parameter values: variables by name. A variable that is declared and absent here fails when it is read:
  ///   `no such attribute(s): NAME`.
  package init(_ values: [(name: String, value: CELValue)] = []) { fatalError() }

  package func set(_ name: String, _ value: CELValue) { fatalError() }

  /// The composited variables (`variables.NAME`) in the order of the policy, with what became of their compilation. One
  /// that is never read is never evaluated; one that fails to compile fails when it is read.
  package func setVariables(_ variables: [(name: String, program: Result<CELProgram, CELCompileError>)]) {
    fatalError()
  }

  /// What evaluating composited variables has cost since this was last asked. The API server takes it off the budget after
  /// each expression.
  package func takeVariablesCost() -> UInt64 { fatalError() }
}
