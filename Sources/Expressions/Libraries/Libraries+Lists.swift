extension Libraries {
  private static let comparable: [(name: String, type: CELType)] = [
    ("int", .int), ("uint", .uint), ("double", .double), ("bool", .bool), ("duration", .duration),
    ("timestamp", .timestamp), ("string", .string), ("bytes", .bytes),
  ]

  private static func ofList(_ body: @escaping @Sendable (CELList) throws(CELFailure) -> CELValue) -> Overload.Body {
    .unary { value throws(CELFailure) in
      guard case .list(let list) = value else { throw .noSuchOverload }
      return try body(list)
    }
  }

  /// Functions of lists of the API server (`pkg/cel/library/lists.go`).
  static let lists: CELLanguage.Library = {
    var library = CELLanguage.Library()
    library.functions = [
      FunctionDeclaration(
        "isSorted",
        comparable.map { name, type in
          .member(
            "list_\(name)_is_sorted_bool", [.list(type)], .bool,
            ofList { list throws(CELFailure) in
              for index in 0..<max(0, list.count - 1) {
                // What cannot be ordered is not out of order.
                if let order = try? CELValue.compare(list[index], list[index + 1], ""), order > 0 {
                  return .bool(false)
                }
              }
              return .bool(true)
            })
        }),
      FunctionDeclaration(
        "sum",
        [
          ("int", CELType.int, CELValue.int(0)), ("uint", .uint, .uint(0)), ("double", .double, .double(0)),
          ("duration", .duration, .duration(0)),
        ]
        .map { name, type, zero in
          .member(
            "list_\(name)_sum_\(name)", [.list(type)], type,
            ofList { list throws(CELFailure) in
              var total = zero
              for index in 0..<list.count {
                do throws(CELFailure) { total = try CELValue.add(total, list[index]) } catch { throw .noSuchOverload }
              }
              return total
            })
        }),
      extremum("max", -1), extremum("min", 1),
      FunctionDeclaration(
        "indexOf",
        [
          .member(
            "list_a_index_of_int", [.list(a), a], .int,
            .binary { list, item throws(CELFailure) in
              guard case .list(let list) = list else { throw .noSuchOverload }
              for index in 0..<list.count where isEqual(list[index], item) { return .int(Int64(index)) }
              return .int(-1)
            })
        ]),
      FunctionDeclaration(
        "lastIndexOf",
        [
          .member(
            "list_a_last_index_of_int", [.list(a), a], .int,
            .binary { list, item throws(CELFailure) in
              guard case .list(let list) = list else { throw .noSuchOverload }
              for index in (0..<list.count).reversed() where isEqual(list[index], item) { return .int(Int64(index)) }
              return .int(-1)
            })
        ]),
    ]
    return library
  }()

  static func isEqual(_ a: CELValue, _ b: CELValue) -> Bool {
    do throws(CELFailure) { return try CELValue.equal(a, b) } catch { return false }
  }

  private static func extremum(_ name: String, _ replaces: Int) -> FunctionDeclaration {
    FunctionDeclaration(
      name,
      comparable.map { typeName, type in
        .member(
          "list_\(typeName)_\(name)_\(typeName)", [.list(type)], type,
          ofList { list throws(CELFailure) in
            guard list.count > 0 else { throw .argument("\(name) called on empty list") }
            var best = list[0]
            for index in 1..<max(1, list.count) {
              let next = list[index]
              if let order = try? CELValue.compare(best, next, ""), order == replaces { best = next }
            }
            return best
          })
      })
  }

  /// Most elements of a list that a function makes of a number.
  private static let longestRange = 1_000_000

  /// Functions of lists of cel-go (`ext/lists.go`, version 3), in Kubernetes since 1.34.
  static let listExtensions: CELLanguage.Library = {
    var library = CELLanguage.Library()
    library.macros = [sortBy]
    library.functions = [
      FunctionDeclaration(
        "slice",
        [
          .member(
            "list_slice", [.list(t), .int, .int], .list(t),
            .any { values throws(CELFailure) in
              guard case .list(let list) = values[0], case .int(let start) = values[1], case .int(let end) = values[2]
              else { throw .noSuchOverload }
              guard start >= 0, end >= 0 else {
                throw .argument("cannot slice(\(start), \(end)), negative indexes not supported")
              }
              guard start <= end else {
                throw .argument(
                  "cannot slice(\(start), \(end)), start index must be less than or equal to end index")
              }
              guard end <= list.count else {
                throw .argument("cannot slice(\(start), \(end)), list is length \(list.count)")
              }
              return .list(.values((Int(start)..<Int(end)).map { list[$0] }))
            })
        ]),
      FunctionDeclaration(
        "flatten",
        [
          .member(
            "list_flatten", [.list(.list(t))], .list(t),
            ofList { list throws(CELFailure) in
              try flattened(list, 1)
            }),
          .member(
            "list_flatten_int", [.list(.dyn), .int], .list(.dyn),
            .binary { list, depth throws(CELFailure) in
              guard case .list(let list) = list, case .int(let depth) = depth else { throw .noSuchOverload }
              guard depth >= 0 else { throw .argument("level must be non-negative") }
              return try flattened(list, depth)
            }),
        ]),
      FunctionDeclaration(
        "sort",
        comparable.map { name, type in
          .member(
            "list_\(type.name)_sort", [.list(type)], .list(type),
            ofList { list throws(CELFailure) in
              try sorted(list, by: list)
            })
        }),
      FunctionDeclaration(
        "@sortByAssociatedKeys",
        comparable.map { name, type in
          .member(
            "list_\(type.name)_sortByAssociatedKeys", [.list(t), .list(type)], .list(t),
            .binary { list, keys throws(CELFailure) in
              guard case .list(let list) = list, case .list(let keys) = keys else { throw .noSuchOverload }
              return try sorted(list, by: keys)
            })
        }),
      FunctionDeclaration(
        "lists.range",
        [
          Overload(
            "lists_range", [.int], .list(.int),
            .unary { value throws(CELFailure) in
              guard case .int(let count) = value else { throw .noSuchOverload }
              guard count <= longestRange else { throw .costLimit }
              return .list(.values((0..<max(0, count)).map { .int($0) }))
            })
        ]),
      FunctionDeclaration(
        "reverse",
        [.member("list_reverse", [.list(t)], .list(t), ofList { .list(.values($0.values.reversed())) })]),
      FunctionDeclaration(
        "distinct",
        [
          .member(
            "list_distinct", [.list(t)], .list(t),
            ofList { list throws(CELFailure) in
              // Quadratic, as its cost says: lists above a thousand cost more than may be spent.
              guard list.count <= 2_000 else { throw .costLimit }
              var kept: [CELValue] = []
              for index in 0..<list.count where !kept.contains(where: { isEqual(list[index], $0) }) {
                kept.append(list[index])
              }
              return .list(.values(kept))
            })
        ]),
    ]
    return library
  }()

  private static func flattened(_ list: CELList, _ depth: Int64) throws(CELFailure) -> CELValue {
    var result: [CELValue] = []
    func add(_ list: CELList, _ depth: Int64) {
      for index in 0..<list.count {
        let value = list[index]
        if depth > 0, case .list(let inner) = value { add(inner, depth - 1) } else { result.append(value) }
      }
    }
    add(list, depth)
    return .list(.values(result))
  }

  private static func sorted(_ list: CELList, by keys: CELList) throws(CELFailure) -> CELValue {
    guard list.count == keys.count else {
      throw .argument(
        "@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got \(list.count) and \(keys.count) elements respectively"
      )
    }
    guard list.count > 1 else { return .list(list) }
    let values = keys.values
    let type = values[0].type
    switch type {
    case .int, .uint, .double, .bool, .string, .bytes, .duration, .timestamp: break
    default: throw .argument("list elements must be comparable")
    }
    guard values.allSatisfy({ $0.type == type }) else { throw .argument("list elements must have the same type") }
    let order = values.indices.sorted { first, second in
      do throws(CELFailure) {
        return try CELValue.compare(values[first], values[second], "") < 0
      } catch {
        return false
      }
    }
    return .list(.values(order.map { list[$0] }))
  }

  /// `list.sortBy(x, key(x))`.
  private static let sortBy = Macro(name: "sortBy", count: 2, isMember: true) { call throws(Macro.Refusal) in
    let input = "@__sortBy_input__"
    if let target = call.target {
      switch target.kind {
      case .list, .select, .identifier, .comprehension, .call: break
      default:
        throw Macro.Refusal(
          "sortBy can only be applied to a list, identifier, comprehension, call or select expression", target)
      }
    }
    let variable = try call.iterationVariable(0, "argument is not an identifier")
    let keys = call.fold(
      call.identifier(input), variable, initial: call.list(), condition: call.literal(.bool(true)),
      step: call.call(Operators.add, call.accumulated, call.list(call.arguments[1])), result: call.accumulated)
    return call.fold(
      call.list(), "#unused", accumulator: input, initial: call.operand, condition: call.literal(.bool(false)),
      step: call.identifier(input), result: call.memberCall("@sortByAssociatedKeys", call.identifier(input), keys))
  }

  /// `sets.contains` and the others (cel-go `ext/sets.go`).
  static let sets: CELLanguage.Library = {
    @Sendable func body(_ rule: @escaping @Sendable (CELList, CELList) -> Bool) -> Overload.Body {
      .binary { first, second throws(CELFailure) in
        guard case .list(let first) = first, case .list(let second) = second else { throw .noSuchOverload }
        // Their cost is the product of their lengths.
        guard Double(first.count) * Double(second.count) <= 4_000_000 else { throw .costLimit }
        return .bool(rule(first, second))
      }
    }
    @Sendable func holds(_ list: CELList, _ value: CELValue) -> Bool {
      (try? CELValue.contains(.list(list), value)) ?? false
    }
    @Sendable func contains(_ list: CELList, _ part: CELList) -> Bool {
      (0..<part.count).allSatisfy { holds(list, part[$0]) }
    }
    var library = CELLanguage.Library()
    library.functions = [
      FunctionDeclaration(
        "sets.contains", [Overload("list_sets_contains_list", [.list(t), .list(t)], .bool, body(contains))]),
      FunctionDeclaration(
        "sets.equivalent",
        [
          Overload(
            "list_sets_equivalent_list", [.list(t), .list(t)], .bool,
            body { contains($0, $1) && contains($1, $0) })
        ]),
      FunctionDeclaration(
        "sets.intersects",
        [
          Overload(
            "list_sets_intersects_list", [.list(t), .list(t)], .bool,
            body { first, second in (0..<first.count).contains { holds(second, first[$0]) } })
        ]),
    ]
    return library
  }()
}
