package import Bytes

/// What expressions may refer to: variables with their types, message types, and the function libraries of a release of
/// Kubernetes.
///
/// A value: copying it and declaring more leaves the original as it was. Making one is cheap once the libraries of its
/// release have been built.
package struct CELEnvironment: Sendable {
  /// The language and libraries that the API server of Kubernetes 1.`minor` offers to expressions.
  ///
  /// Expressions that are already stored are compiled with the libraries of every release: `.storedExpressions`.
  package static func kubernetes(minor: Int) -> CELEnvironment { fatalError() }

  /// What stored policies and custom resource definitions are evaluated with: everything any release has.
  package static let storedExpressions = CELEnvironment.kubernetes(minor: .max)

  /// The variables of an admission policy: `object`, `oldObject` (dyn), `request` and `namespaceObject` with the types
  /// that the API server declares.
  ///
  /// - Parameters:
  ///   - params: whether the policy has a `paramKind`: declares `params`.
  ///   - authorizer: declares `authorizer` and `authorizer.requestResource`.
  ///   - patchTypes: whether expressions make patches: `Object{...}`, `JSONPatch{...}`, `jsonpatch.escapeKey`.
  package func admission(params: Bool, authorizer: Bool, patchTypes: Bool = false) -> CELEnvironment { fatalError() }

  /// Declares a variable, or declares it anew with another type.
  package mutating func declare(_ name: String, _ type: CELType) { fatalError() }

  /// Declares a variable whose fields are known from a schema, and the types of these fields.
  package mutating func declare(_ name: String, _ schema: SchemaType) { fatalError() }

  /// Declares `variables`, as policies do, without any field yet.
  package mutating func declareComposition() { fatalError() }

  /// Adds a field to `variables`, after the expression of the variable was compiled.
  ///
  /// - Parameter type: what the expression gives; nil if it does not compile, which makes the field dynamic.
  package mutating func declareVariable(_ name: String, _ type: CELType?) { fatalError() }

  /// Parses, checks and compiles.
  ///
  /// - Throws: what the API server says against the expression, all of it.
  package func compile(_ source: String) throws(CELCompileError) -> CELProgram { fatalError() }
}

/// Why an expression is refused.
package enum CELCompileError: Error, Sendable, Equatable {
  /// It does not parse or does not check. `text` is the server's, with a line of source and a caret for each issue; the
  /// server puts "compilation failed: " before it.
  case issues([CELIssue], text: String)
  /// It checks, but a part of it that is constant fails (`int('x')`); the server says "program instantiation failed: ".
  case instantiation(CELFailure)
}

/// One fault of an expression.
package struct CELIssue: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case syntax
    case check
  }

  package let kind: Kind
  /// From 1; 0 where the fault has no place.
  package let line: Int
  /// From 1, in code points; 0 where the fault has no place.
  package let column: Int
  /// In the server's words.
  package let message: String
}
