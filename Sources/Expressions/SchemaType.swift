package import Bytes

/// What a schema (OpenAPI v2 or v3, a CustomResourceDefinition's) says of a value: its type to the checker, and how a
/// document is read by it (`format: date-time` gives timestamps, `byte` gives bytes, names are escaped).
package final class SchemaType: Sendable {
  /// Reads a schema.
  ///
  /// - Parameters:
  ///   - schema: the schema object: `type`, `properties`, `items`, `additionalProperties`, `format`,
  ///     `x-kubernetes-int-or-string`, `x-kubernetes-preserve-unknown-fields`, `x-kubernetes-list-type`, limits.
  ///   - name: of the type, as it stands in messages; fields of objects are `NAME.FIELD`.
  ///   - isResourceRoot: whether apiVersion, kind and metadata are there though the schema does not say so.
  ///   - definitions: what a `$ref` names, by the text of the reference.
  /// - Returns: nil where the schema cannot be used in expressions.
  package static func read(
    _ schema: DocumentNode, name: String, isResourceRoot: Bool, definitions: (String) -> DocumentNode? = { _ in nil }
  ) -> SchemaType? { fatalError() }

  private init() {}
}

extension CELValue {
  /// A document as an expression sees it that knows no schema: integers are `int`, other numbers `double`.
  package init(_ node: DocumentNode) { fatalError() }

  /// A document as an expression sees it by its schema, as in the rules of a CustomResourceDefinition.
  package init(_ node: DocumentNode, _ schema: SchemaType) { fatalError() }

  /// The value as a document.
  ///
  /// - Throws: what has no place in a document: types, values of libraries, durations.
  package func document() throws(CELFailure) -> DocumentNode { fatalError() }
}
