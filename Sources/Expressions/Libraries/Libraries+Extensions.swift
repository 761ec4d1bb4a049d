import Bytes

/// Libraries of cel-go that Kubernetes does not offer, and that other users of CEL have.
extension Libraries {
  /// `base64.encode` and `base64.decode` (cel-go `ext/encoders.go`).
  static let encoders: CELLanguage.Library = {
    var library = CELLanguage.Library()
    library.functions = [
      FunctionDeclaration(
        "base64.decode",
        [
          Overload(
            "base64_decode_string", [.string], .bytes,
            ofText { text throws(CELFailure) in
              guard let bytes = Base64.decode(exactly: text) ?? Base64.decode(exactly: text, isPadded: false) else {
                throw .argument("illegal base64 data at input byte \(text.utf8.count)")
              }
              return .bytes(bytes)
            })
        ]),
      FunctionDeclaration(
        "base64.encode",
        [
          Overload(
            "base64_encode_bytes", [.bytes], .string,
            .unary { value throws(CELFailure) in
              guard case .bytes(let bytes) = value else { throw .noSuchOverload }
              return .string(Base64.encode(bytes))
            })
        ]),
    ]
    return library
  }()

  static let bindings: CELLanguage.Library = {
    var library = CELLanguage.Library()
    library.macros = Macro.bindings + Macro.blocks
    return library
  }()

  /// `math.greatest` and the others (cel-go `ext/math.go`).
  static let math: CELLanguage.Library = {
    var library = CELLanguage.Library()
    library.macros = [extreme("greatest", "math.@max"), extreme("least", "math.@min")]
    let numbers: [(name: String, type: CELType)] = [("int", .int), ("double", .double), ("uint", .uint)]
    @Sendable func extremum(_ name: String, _ wanted: Int) -> FunctionDeclaration {
      @Sendable func pick(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> CELValue {
        let order: Result<Int, CELFailure> = Result { () throws(CELFailure) in try CELValue.compare(a, b, name) }
        switch order {
        case .success(let order): return order == wanted ? b : a
        case .failure(let failure):
          throw failure.message.contains(name) ? failure : .argument(failure.message + ": " + name)
        }
      }
      @Sendable func ofList(_ value: CELValue) throws(CELFailure) -> CELValue {
        guard case .list(let list) = value else { throw .noSuchOverload }
        guard list.count > 0 else { throw .argument("\(name)(list) argument must not be empty") }
        var best = list[0]
        for index in 1..<max(1, list.count) { best = try pick(best, list[index]) }
        switch best {
        case .int, .double, .uint: return best
        default: throw .noSuchOverload(name)
        }
      }
      @Sendable func identity(_ value: CELValue) -> CELValue { value }
      let id = name.dropFirst(6)
      var overloads: [Overload] = []
      for (name, type) in numbers { overloads.append(Overload("math_\(id)_\(name)", [type], type, .unary(identity))) }
      for (first, a) in numbers {
        for (second, b) in numbers {
          overloads.append(Overload("math_\(id)_\(first)_\(second)", [a, b], a == b ? a : .dyn, .binary(pick)))
        }
      }
      for (name, type) in numbers {
        overloads.append(Overload("math_\(id)_list_\(name)", [.list(type)], type, .unary(ofList)))
      }
      return FunctionDeclaration(name, overloads)
    }
    @Sendable func ofDouble(_ name: String, _ body: @escaping @Sendable (Double) -> CELValue) -> FunctionDeclaration {
      FunctionDeclaration(
        "math." + name,
        [
          Overload(
            "math_\(name)_double", [.double], ["isNaN", "isInf", "isFinite"].contains(name) ? .bool : .double,
            .unary { value throws(CELFailure) in
              guard case .double(let number) = value else { throw .noSuchOverload }
              return body(number)
            })
        ])
    }
    @Sendable func bits(
      _ name: String, _ ints: @escaping @Sendable (Int64, Int64) -> Int64,
      _ uints: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> FunctionDeclaration {
      @Sendable func body(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> CELValue {
        switch (a, b) {
        case (.int(let x), .int(let y)): return .int(ints(x, y))
        case (.uint(let x), .uint(let y)): return .uint(uints(x, y))
        default: throw .noSuchOverload
        }
      }
      return FunctionDeclaration(
        "math." + name,
        [
          Overload("math_\(name)_int_int", [.int, .int], .int, .binary(body)),
          Overload("math_\(name)_uint_uint", [.uint, .uint], .uint, .binary(body)),
        ])
    }
    @Sendable func shift(_ name: String, isLeft: Bool) -> FunctionDeclaration {
      @Sendable func body(_ value: CELValue, _ count: CELValue) throws(CELFailure) -> CELValue {
        guard case .int(let count) = count else { throw .noSuchOverload }
        guard count >= 0 else { throw .argument("math.\(name)() negative offset: \(count)") }
        switch value {
        case .int(let number):
          let pattern = UInt64(bitPattern: number)
          return .int(Int64(bitPattern: count > 63 ? 0 : isLeft ? pattern << count : pattern >> count))
        case .uint(let number): return .uint(count > 63 ? 0 : isLeft ? number << count : number >> count)
        default: throw .noSuchOverload
        }
      }
      return FunctionDeclaration(
        "math." + name,
        [
          Overload("math_\(name)_int_int", [.int, .int], .int, .binary(body)),
          Overload("math_\(name)_uint_int", [.uint, .int], .uint, .binary(body)),
        ])
    }
    @Sendable func absolute(_ value: CELValue) throws(CELFailure) -> CELValue {
      switch value {
      case .int(let number):
        guard number != .min else { throw .intOverflow }
        return .int(abs(number))
      case .uint: return value
      case .double(let number): return .double(number.magnitude)
      default: throw .noSuchOverload
      }
    }
    @Sendable func sign(_ value: CELValue) throws(CELFailure) -> CELValue {
      switch value {
      case .int(let number): return .int(number.signum())
      case .uint(let number): return .uint(number == 0 ? 0 : 1)
      case .double(let number): return .double(number.isNaN ? number : number > 0 ? 1 : number < 0 ? -1 : 0)
      default: throw .noSuchOverload
      }
    }
    @Sendable func root(_ value: CELValue) throws(CELFailure) -> CELValue {
      switch value {
      case .int(let number): return .double(Double(number).squareRoot())
      case .uint(let number): return .double(Double(number).squareRoot())
      case .double(let number): return .double(number.squareRoot())
      default: throw .noSuchOverload("sqrt")
      }
    }
    @Sendable func complement(_ value: CELValue) throws(CELFailure) -> CELValue {
      switch value {
      case .int(let number): return .int(~number)
      case .uint(let number): return .uint(~number)
      default: throw .noSuchOverload
      }
    }
    library.functions = [
      extremum("math.@max", -1), extremum("math.@min", 1),
      ofDouble("ceil") { .double($0.rounded(.up)) }, ofDouble("floor") { .double($0.rounded(.down)) },
      ofDouble("round") { .double($0.rounded(.toNearestOrAwayFromZero)) },
      ofDouble("trunc") { .double($0.rounded(.towardZero)) }, ofDouble("isInf") { .bool($0.isInfinite) },
      ofDouble("isNaN") { .bool($0.isNaN) }, ofDouble("isFinite") { .bool($0.isFinite) },
      FunctionDeclaration(
        "math.abs", numbers.map { Overload("math_abs_\($0.name)", [$0.type], $0.type, .unary(absolute)) }),
      FunctionDeclaration(
        "math.sign", numbers.map { Overload("math_sign_\($0.name)", [$0.type], $0.type, .unary(sign)) }),
      FunctionDeclaration(
        "math.sqrt", numbers.map { Overload("math_sqrt_\($0.name)", [$0.type], .double, .unary(root)) }),
      bits("bitAnd", { $0 & $1 }, { $0 & $1 }), bits("bitOr", { $0 | $1 }, { $0 | $1 }),
      bits("bitXor", { $0 ^ $1 }, { $0 ^ $1 }),
      FunctionDeclaration(
        "math.bitNot",
        [
          Overload("math_bitNot_int_int", [.int], .int, .unary(complement)),
          Overload("math_bitNot_uint_uint", [.uint], .uint, .unary(complement)),
        ]),
      shift("bitShiftLeft", isLeft: true), shift("bitShiftRight", isLeft: false),
    ]
    return library
  }()

  /// `math.greatest(a, b, c)` and `math.greatest([a, b, c])`.
  private static func extreme(_ name: String, _ function: String) -> Macro {
    Macro(name: name, count: nil, isMember: true) { call throws(Macro.Refusal) in
      guard call.target?.qualifiedName == "math" else { return nil }
      func isNumeric(_ node: Node) -> Bool {
        switch node.kind {
        case .literal(.int), .literal(.uint), .literal(.double): true
        case .literal, .list, .map, .message: false
        default: true
        }
      }
      let full = "math." + name + "()"
      switch call.arguments.count {
      case 0: throw Macro.Refusal("\(full) requires at least one argument", call.operand)
      case 1:
        let only = call.arguments[0]
        if case .list(let elements, _) = only.kind, !elements.isEmpty, elements.allSatisfy(isNumeric) {
          return call.call(function, only)
        }
        guard isNumeric(only) else { throw Macro.Refusal("\(full) invalid single argument value", only) }
        return call.call(function, only)
      case 2:
        for argument in call.arguments where !isNumeric(argument) {
          throw Macro.Refusal("\(full) simple literal arguments must be numeric", argument)
        }
        return call.call(function, call.arguments[0], call.arguments[1])
      default:
        for argument in call.arguments where !isNumeric(argument) {
          throw Macro.Refusal("\(full) simple literal arguments must be numeric", argument)
        }
        return call.call(function, Node(.list(call.arguments, optionals: []), call.offset))
      }
    }
  }
}
