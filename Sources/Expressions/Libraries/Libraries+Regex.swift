import Bytes

extension Libraries {
  /// `find` and `findAll` (kube-apiserver, `pkg/cel/library/regex.go`).
  static let regex: CELLanguage.Library = {
    @Sendable func compiled(_ pattern: String) throws(CELFailure) -> LinearRegex {
      do throws(CELFailure) {
        return try Pattern.compiled(pattern)
      } catch {
        throw .argument("Illegal regex: " + error.message)
      }
    }
    var library = CELLanguage.Library()
    library.functions = [
      FunctionDeclaration(
        "find",
        [
          .member(
            "string_find_string", [.string, .string], .string,
            ofTexts { text, pattern throws(CELFailure) in .string(try compiled(pattern).firstMatch(in: text) ?? "") })
        ]),
      FunctionDeclaration(
        "findAll",
        [
          .member(
            "string_find_all_string", [.string, .string], .list(.string),
            ofTexts { text, pattern throws(CELFailure) in
              .list(try compiled(pattern).allMatches(in: text, limit: -1).map { .string($0) })
            }),
          .member(
            "string_find_all_string_int", [.string, .string, .int], .list(.string),
            .any { values throws(CELFailure) in
              guard values.count == 3, case .string(let text) = values[0], case .string(let pattern) = values[1],
                case .int(let limit) = values[2]
              else { throw .noSuchOverload }
              return .list(
                try compiled(pattern).allMatches(in: text, limit: Int(clamping: limit)).map { .string($0) })
            }),
        ]),
    ]
    return library
  }()
}

/// Regular expressions that are known at run time only.
enum Pattern {
  /// - Throws: in the words of Go's `regexp`.
  static func compiled(_ pattern: String) throws(CELFailure) -> LinearRegex {
    do throws(LinearRegex.Invalid) {
      return try LinearRegex(pattern)
    } catch {
      throw .argument("error parsing regexp: " + error.message)
    }
  }
}
