extension Macro {
  /// The macros of the language.
  static let standard: [Macro] = [
    Macro(name: "has", count: 1, isMember: false) { call throws(Refusal) in
      guard case .select(let operand, let field, isTest: false) = call.arguments[0].kind else {
        throw Refusal("invalid argument to has() macro", call.arguments[0])
      }
      return Node(.select(operand, field: field, isTest: true), call.offset)
    },
    Macro(name: "all", count: 2, isMember: true) { call throws(Refusal) in
      quantifier(.all, call, try call.iterationVariable(0, simpleName), nil, call.arguments[1])
    },
    Macro(name: "exists", count: 2, isMember: true) { call throws(Refusal) in
      quantifier(.exists, call, try call.iterationVariable(0, simpleName), nil, call.arguments[1])
    },
    Macro(name: "exists_one", count: 2, isMember: true) { call throws(Refusal) in
      quantifier(.existsOne, call, try call.iterationVariable(0, simpleName), nil, call.arguments[1])
    },
    Macro(name: "existsOne", count: 2, isMember: true) { call throws(Refusal) in
      quantifier(.existsOne, call, try call.iterationVariable(0, simpleName), nil, call.arguments[1])
    },
    Macro(name: "map", count: 2, isMember: true) { call throws(Refusal) in
      mapping(call, try call.iterationVariable(0, identifier), filter: nil, call.arguments[1])
    },
    Macro(name: "map", count: 3, isMember: true) { call throws(Refusal) in
      mapping(call, try call.iterationVariable(0, identifier), filter: call.arguments[1], call.arguments[2])
    },
    Macro(name: "filter", count: 2, isMember: true) { call throws(Refusal) in
      mapping(call, try call.iterationVariable(0, identifier), filter: call.arguments[1], call.arguments[0])
    },
  ]

  private static let simpleName = "argument must be a simple name"
  private static let identifier = "argument is not an identifier"

  private enum Quantifier {
    case all
    case exists
    case existsOne
  }

  private static func quantifier(
    _ kind: Quantifier, _ call: MacroCall, _ variable: String, _ second: String?, _ predicate: Node
  ) -> Node {
    switch kind {
    case .all:
      call.fold(
        call.operand, variable, second, initial: call.literal(.bool(true)),
        condition: call.call(Operators.notStrictlyFalse, call.accumulated),
        step: call.call(Operators.and, call.accumulated, predicate), result: call.accumulated)
    case .exists:
      call.fold(
        call.operand, variable, second, initial: call.literal(.bool(false)),
        condition: call.call(Operators.notStrictlyFalse, call.call(Operators.not, call.accumulated)),
        step: call.call(Operators.or, call.accumulated, predicate), result: call.accumulated)
    case .existsOne:
      call.fold(
        call.operand, variable, second, initial: call.literal(.int(0)), condition: call.literal(.bool(true)),
        step: call.call(
          Operators.conditional, predicate, call.call(Operators.add, call.accumulated, call.literal(.int(1))),
          call.accumulated),
        result: call.call(Operators.equals, call.accumulated, call.literal(.int(1))))
    }
  }

  private static func mapping(
    _ call: MacroCall, _ variable: String, _ second: String? = nil, filter: Node?, _ element: Node
  ) -> Node {
    filtered(
      call, variable, second, filter, initial: call.list(),
      call.call(Operators.add, call.accumulated, call.list(element)))
  }

  private static func filtered(
    _ call: MacroCall, _ variable: String, _ second: String?, _ filter: Node?, initial: Node, _ step: Node
  ) -> Node {
    call.fold(
      call.operand, variable, second, initial: initial, condition: call.literal(.bool(true)),
      step: filter.map { call.call(Operators.conditional, $0, step, call.accumulated) } ?? step,
      result: call.accumulated)
  }

  /// Macros over index and element, or key and value.
  static let twoVariables: [Macro] = {
    var macros: [Macro] = []
    for (name, kind) in [
      ("all", Quantifier.all), ("exists", .exists), ("existsOne", .existsOne), ("exists_one", .existsOne),
    ] {
      macros.append(
        Macro(name: name, count: 3, isMember: true) { call throws(Refusal) in
          let (first, second) = try call.twoVariables()
          return quantifier(kind, call, first, second, call.arguments[2])
        })
    }
    for count in [3, 4] {
      macros += [
        Macro(name: "transformList", count: count, isMember: true) { call throws(Refusal) in
          let (first, second) = try call.twoVariables()
          return mapping(
            call, first, second, filter: count == 4 ? call.arguments[2] : nil, call.arguments[count - 1])
        },
        Macro(name: "transformMap", count: count, isMember: true) { call throws(Refusal) in
          let (first, second) = try call.twoVariables()
          return filtered(
            call, first, second, count == 4 ? call.arguments[2] : nil, initial: Node(.map([]), call.offset),
            call.call("cel.@mapInsert", call.accumulated, call.identifier(first), call.arguments[count - 1]))
        },
        Macro(name: "transformMapEntry", count: count, isMember: true) { call throws(Refusal) in
          let (first, second) = try call.twoVariables()
          return filtered(
            call, first, second, count == 4 ? call.arguments[2] : nil, initial: Node(.map([]), call.offset),
            call.call("cel.@mapInsert", call.accumulated, call.arguments[count - 1]))
        },
      ]
    }
    return macros
  }()

  /// `x.optMap(v, f(v))` and `x.optFlatMap(v, f(v))`. The target stands in the expansion twice, and is evaluated twice.
  static let optionals: [Macro] = ["optMap", "optFlatMap"].map { name in
    Macro(name: name, count: 2, isMember: true) { call throws(Refusal) in
      let variable = try call.variable(0, "\(name)() variable name must be a simple identifier")
      let fold = call.fold(
        call.list(), "#unused", accumulator: variable, initial: call.memberCall("value", call.operand),
        condition: call.literal(.bool(false)), step: call.identifier(variable), result: call.arguments[1])
      return call.call(
        Operators.conditional, call.memberCall("hasValue", call.operand),
        name == "optMap" ? call.call("optional.of", fold) : fold, call.call("optional.none"))
    }
  }

  /// `cel.bind(name, value, expression)`, the namespace being `cel`.
  static let bindings: [Macro] = [
    Macro(name: "bind", count: 3, isMember: true) { call throws(Refusal) in
      guard call.target?.qualifiedName == "cel" else { return nil }
      let variable = try call.variable(0, "cel.bind() variable names must be simple identifiers")
      return bound(call, variable, call.arguments[1], call.arguments[2])
    }
  ]

  private static func bound(_ call: MacroCall, _ name: String, _ value: Node, _ result: Node) -> Node {
    call.fold(
      call.list(), "#unused", accumulator: name, initial: value, condition: call.literal(.bool(false)),
      step: call.identifier(name), result: result)
  }

  /// Most expressions of one `cel.block`; each is a level of the tree.
  private static let longestBlock = 64

  /// `cel.block([a, b], result)`, in which `cel.index(0)` is `a`; and names for variables of macros, `cel.iterVar(0, 1)`.
  static let blocks: [Macro] = [
    Macro(name: "block", count: 2, isMember: true) { call throws(Refusal) in
      guard call.target?.qualifiedName == "cel" else { return nil }
      guard case .list(let elements, let optionals) = call.arguments[0].kind, optionals.isEmpty,
        elements.count <= longestBlock
      else { throw Refusal("cel.block requires the first arg to be a list literal", call.arguments[0]) }
      var result = call.arguments[1]
      for (index, element) in elements.enumerated().reversed() {
        result = bound(call, "@index\(index)", element, result)
      }
      return result
    },
    Macro(name: "index", count: 1, isMember: true) { call throws(Refusal) in
      guard call.target?.qualifiedName == "cel" else { return nil }
      guard case .literal(.int(let index)) = call.arguments[0].kind, index >= 0 else {
        throw Refusal("cel.index requires a single non-negative int constant arg", call.arguments[0])
      }
      return call.identifier("@index\(index)")
    },
    named("iterVar", "@it"), named("accuVar", "@ac"),
  ]

  private static func named(_ name: String, _ prefix: String) -> Macro {
    Macro(name: name, count: 2, isMember: true) { call throws(Refusal) in
      guard call.target?.qualifiedName == "cel" else { return nil }
      guard case .literal(.int(let depth)) = call.arguments[0].kind,
        case .literal(.int(let unique)) = call.arguments[1].kind
      else { throw Refusal("cel.\(name) requires two non-negative int constant args", call.operand) }
      return call.identifier("\(prefix):\(depth):\(unique)")
    }
  }
}
