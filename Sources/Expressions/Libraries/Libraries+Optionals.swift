extension Libraries {
  /// Optional values (cel-go `cel/library.go`).
  static let optionals: CELLanguage.Library = {
    let k = CELType.parameter("K")
    let v = CELType.parameter("V")
    let optional = CELType.optional(v)
    @Sendable func ofOptional(_ body: @escaping @Sendable (CELValue?) throws(CELFailure) -> CELValue) -> Overload.Body {
      .unary { value throws(CELFailure) in
        guard case .optional(let optional) = value else { throw .noSuchOverload }
        return try body(optional.value)
      }
    }
    @Sendable func unwrapped(_ value: CELValue) throws(CELFailure) -> CELValue {
      guard case .list(let list) = value else { throw .noSuchOverload }
      var held: [CELValue] = []
      for index in 0..<list.count {
        guard case .optional(let optional) = list[index] else {
          throw .argument("value \(list[index].shown) is not optional")
        }
        if let value = optional.value { held.append(value) }
      }
      return .list(.values(held))
    }
    var library = CELLanguage.Library()
    library.types = ["optional_type": .optional(.dyn)]
    library.macros = Macro.optionals
    library.functions = [
      FunctionDeclaration(
        "optional.of", [Overload("optional_of", [v], optional, .unary { .optional(CELOptional($0)) })]),
      FunctionDeclaration(
        "optional.ofNonZeroValue",
        [
          Overload(
            "optional_ofNonZeroValue", [v], optional, .unary { .optional($0.isZero ? .none : CELOptional($0)) })
        ]),
      FunctionDeclaration(
        "optional.none", [Overload("optional_none", [], optional, .constant { .optional(.none) })]),
      FunctionDeclaration(
        "value",
        [
          .member(
            "optional_value", [optional], v,
            ofOptional { value throws(CELFailure) in
              guard let value else { throw .argument("optional.none() dereference") }
              return value
            })
        ]),
      FunctionDeclaration(
        "hasValue", [.member("optional_hasValue", [optional], .bool, ofOptional { .bool($0 != nil) })]),
      FunctionDeclaration("or", [.member("optional_or_optional", [optional, optional], optional)]),
      FunctionDeclaration("orValue", [.member("optional_orValue_value", [optional, v], v)]),
      FunctionDeclaration(
        Operators.optionalSelect, [Overload("select_optional_field", [.dyn, .string], optional)]),
      FunctionDeclaration(
        Operators.optionalIndex,
        [
          Overload("list_optindex_optional_int", [.list(v), .int], optional),
          Overload("optional_list_optindex_optional_int", [.optional(.list(v)), .int], optional),
          Overload("map_optindex_optional_value", [.map(k, v), k], optional),
          Overload("optional_map_optindex_optional_value", [.optional(.map(k, v)), k], optional),
        ]),
      FunctionDeclaration(
        Operators.index,
        [
          Overload("optional_list_index_int", [.optional(.list(v)), .int], optional),
          Overload("optional_map_index_value", [.optional(.map(k, v)), k], optional),
        ]),
      FunctionDeclaration(
        "last",
        [
          .member(
            "list_last", [.list(v)], optional,
            .unary { value throws(CELFailure) in
              guard case .list(let list) = value else { throw .noSuchOverload }
              return .optional(list.count == 0 ? .none : CELOptional(list[list.count - 1]))
            })
        ]),
      FunctionDeclaration(
        "first",
        [
          .member(
            "list_first", [.list(v)], optional,
            .unary { value throws(CELFailure) in
              guard case .list(let list) = value else { throw .noSuchOverload }
              return .optional(list.count == 0 ? .none : CELOptional(list[0]))
            })
        ]),
      FunctionDeclaration(
        "optional.unwrap", [Overload("optional_unwrap", [.list(optional)], .list(v), .unary(unwrapped))]),
      FunctionDeclaration(
        "unwrapOpt", [.member("optional_unwrapOpt", [.list(optional)], .list(v), .unary(unwrapped))]),
    ]
    return library
  }()

  /// Comprehensions over index and element, or key and value (cel-go `ext/comprehensions.go`).
  static let twoVariableComprehensions: CELLanguage.Library = {
    let k = CELType.parameter("K")
    let v = CELType.parameter("V")
    var library = CELLanguage.Library()
    library.macros = Macro.twoVariables
    library.functions = [
      FunctionDeclaration(
        "cel.@mapInsert",
        [
          Overload("@mapInsert_map_map", [.map(k, v), .map(k, v)], .map(k, v)),
          Overload("@mapInsert_map_key_value", [.map(k, v), k, v], .map(k, v)),
        ])
    ]
    return library
  }()
}
