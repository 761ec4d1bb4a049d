import Bytes
import Expressions

/// A condition on a statement in CEL, over `predicate`, `statement`, `image` and `signer`.
package struct AttestationCondition: Sendable {
  package let source: String
  private let program: CELProgram

  private static let environment: CELEnvironment = {
    var environment = CELEnvironment.storedExpressions
    for name in ["predicate", "statement", "image", "signer"] { environment.declare(name, .dyn) }
    return environment
  }()

  /// - Throws: for an expression that does not compile, or does not give a boolean.
  package init(_ source: String) throws(TrustFailure) {
    self.source = source
    do throws(CELCompileError) { program = try Self.environment.compile(source) } catch {
      throw .conditionError(source, error.serverText)
    }
    guard program.gives(.bool) || program.outputType == .dyn else {
      throw .conditionError(source, "it gives \(program.outputType), not a boolean")
    }
  }

  /// - Returns: nil where it holds.
  func failure(_ statement: InTotoStatement, _ image: SignedImage, _ signer: Signer?) -> TrustFailure? {
    let activation = CELActivation([
      ("predicate", CELValue(statement.predicate)), ("statement", CELValue(Self.node(statement))),
      ("image", CELValue(Self.node(image))), ("signer", CELValue(Self.node(signer))),
    ])
    switch program.evaluate(activation).value {
    case .success(.bool(true)): return nil
    case .success(.bool(false)): return .conditionFalse(source)
    case .success: return .conditionError(source, "it does not give a boolean")
    case .failure(let failure): return .conditionError(source, failure.message)
    }
  }

  private static func text(_ text: String) -> DocumentNode { DocumentNode(.string(text)) }

  private static func node(_ statement: InTotoStatement) -> DocumentNode {
    let subjects = statement.subjects.map { subject in
      DocumentNode.object([
        ("name", text(subject.name)),
        ("digest", DocumentNode.object(subject.digests.sorted { $0.key < $1.key }.map { ($0.key, text($0.value)) })),
      ])
    }
    return DocumentNode.object([
      ("predicateType", text(statement.predicateType)), ("subject", DocumentNode(.array(subjects))),
      ("predicate", statement.predicate),
    ])
  }

  private static func node(_ image: SignedImage) -> DocumentNode {
    DocumentNode.object([
      ("reference", text(image.reference)), ("repository", text(image.repository)), ("digest", text(image.digest.text)),
      ("tag", text(image.tag ?? "")),
    ])
  }

  private static func node(_ signer: Signer?) -> DocumentNode {
    switch signer {
    case nil: return DocumentNode.object([])
    case .key(let fingerprint): return DocumentNode.object([("key", text(fingerprint))])
    case .certificate(let identity):
      return DocumentNode.object([
        ("identity", text(identity.names.first ?? identity.subject)), ("issuer", text(identity.issuer)),
        (
          "claims",
          DocumentNode.object(identity.claims.map { ($0.key.key, text($0.value)) }.sorted { $0.0 < $1.0 })
        ),
      ])
    }
  }
}
