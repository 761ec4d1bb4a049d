extension Libraries {
  static let quantityType = CELType.object("kubernetes.Quantity")

  /// Quantities of resources (kube-apiserver, `pkg/cel/library/quantity.go`).
  static let quantities: CELLanguage.Library = {
    @Sendable func parsed(_ text: String) throws(CELFailure) -> Quantity {
      do throws(Quantity.Invalid) { return try Quantity(text) } catch { throw .argument(error.message) }
    }
    @Sendable func of(_ value: CELValue) throws(CELFailure) -> Quantity {
      guard case .opaque(let value as QuantityValue) = value else { throw .noSuchOverload }
      return value.quantity
    }
    @Sendable func unary(_ body: @escaping @Sendable (Quantity) throws(CELFailure) -> CELValue) -> Overload.Body {
      .unary { value throws(CELFailure) in try body(try of(value)) }
    }
    @Sendable func compared(_ body: @escaping @Sendable (Int) -> CELValue) -> Overload.Body {
      .binary { a, b throws(CELFailure) in body(try of(a).compare(try of(b))) }
    }
    @Sendable func computed(_ quantity: Quantity?) throws(CELFailure) -> CELValue {
      guard let quantity else { throw .costLimit }
      return .opaque(QuantityValue(quantity, isComputed: true))
    }
    @Sendable func sum(_ name: String, isAdding: Bool) -> FunctionDeclaration {
      FunctionDeclaration(
        name,
        [
          .member(
            "quantity_" + name, [quantityType, quantityType], quantityType,
            .binary { a, b throws(CELFailure) in
              let other = try of(b)
              return try computed(try of(a).adding(isAdding ? other : other.negated))
            }),
          .member(
            "quantity_\(name)_int", [quantityType, .int], quantityType,
            .binary { a, b throws(CELFailure) in
              guard case .int(let number) = b else { throw .noSuchOverload }
              let other = Quantity(number)
              return try computed(try of(a).adding(isAdding ? other : other.negated))
            }),
        ])
    }
    var library = CELLanguage.Library()
    library.functions = [
      FunctionDeclaration(
        "quantity",
        [
          Overload(
            "string_to_quantity", [.string], quantityType,
            ofText { text throws(CELFailure) in
              .opaque(QuantityValue(try parsed(text), isComputed: false))
            })
        ]),
      FunctionDeclaration(
        "isQuantity",
        [Overload("is_quantity_string", [.string], .bool, ofText { text in .bool((try? parsed(text)) != nil) })]),
      // Not before a dot: so it is declared.
      FunctionDeclaration("sign", [Overload("quantity_sign", [quantityType], .int, unary { .int(Int64($0.sign)) })]),
      FunctionDeclaration(
        "isGreaterThan",
        [.member("quantity_is_greater_than", [quantityType, quantityType], .bool, compared { .bool($0 > 0) })]),
      FunctionDeclaration(
        "isLessThan",
        [.member("quantity_is_less_than", [quantityType, quantityType], .bool, compared { .bool($0 < 0) })]),
      FunctionDeclaration(
        "compareTo",
        [.member("quantity_compare_to", [quantityType, quantityType], .int, compared { .int(Int64($0)) })]),
      FunctionDeclaration(
        "asApproximateFloat",
        [.member("quantity_get_float", [quantityType], .double, unary { .double($0.approximate) })]),
      FunctionDeclaration(
        "asInteger",
        [
          .member(
            "quantity_get_int", [quantityType], .int,
            unary { quantity throws(CELFailure) in
              guard let whole = quantity.whole else { throw .argument("cannot convert value to integer") }
              return .int(whole)
            })
        ]),
      FunctionDeclaration(
        "isInteger", [.member("quantity_is_integer", [quantityType], .bool, unary { .bool($0.whole != nil) })]),
      sum("add", isAdding: true), sum("sub", isAdding: false),
    ]
    return library
  }()
}

final class QuantityValue: CELOpaque {
  let quantity: Quantity
  /// Made by adding or subtracting. The API server cannot compare such a value from the right.
  let isComputed: Bool

  init(_ quantity: Quantity, isComputed: Bool) {
    self.quantity = quantity
    self.isComputed = isComputed
  }

  var type: CELType { Libraries.quantityType }

  func equals(_ other: any CELOpaque) throws(CELFailure) -> Bool {
    guard let other = other as? QuantityValue, !other.isComputed else { throw .noSuchOverload }
    return quantity.compare(other.quantity) == 0
  }
}
