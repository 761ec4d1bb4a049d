extension DocumentNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self.init(.string(value)) }
  package init(integerLiteral value: Int64) { self.init(.int(value)) }
  package init(booleanLiteral value: Bool) { self.init(.bool(value)) }
  package init(arrayLiteral elements: DocumentNode...) { self.init(.array(elements)) }
  package init(dictionaryLiteral elements: (String, DocumentNode)...) { self = .object(elements) }

  /// A mapping of these keys, in this order.
  package static func object(_ entries: [(String, DocumentNode)]) -> DocumentNode {
    DocumentNode(.object(Mapping(entries.map { Mapping.Entry(key: $0.0, value: $0.1) })))
  }
}
