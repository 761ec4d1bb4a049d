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
            ofTexts { text, pattern throws(CELFailure) in .string(try Pattern.first(compiled(pattern), text)) })
        ]),
      FunctionDeclaration(
        "findAll",
        [
          .member(
            "string_find_all_string", [.string, .string], .list(.string),
            ofTexts { text, pattern throws(CELFailure) in
              .list(try Pattern.all(compiled(pattern), text))
            }),
          .member(
            "string_find_all_string_int", [.string, .string, .int], .list(.string),
            .any { values throws(CELFailure) in
              guard values.count == 3, case .string(let text) = values[0], case .string(let pattern) = values[1],
                case .int(let limit) = values[2]
              else { throw .noSuchOverload }
              return .list(try Pattern.all(compiled(pattern), text, limit: Int(clamping: limit)))
            }),
        ]),
    ]
    return library
  }()
}

/// Regular expressions over texts, in bounded time: what is too much ends as costs that are too high do.
enum Pattern {
  static func matches(_ regex: LinearRegex, _ text: String) throws(CELFailure) -> Bool {
    guard regex.isWithinBounds(text) else { throw .costLimit }
    return regex.matches(text)
  }

  static func first(_ regex: LinearRegex, _ text: String) throws(CELFailure) -> String {
    guard regex.isWithinBounds(text) else { throw .costLimit }
    return regex.firstMatch(in: text) ?? ""
  }

  static func all(_ regex: LinearRegex, _ text: String, limit: Int = -1) throws(CELFailure) -> [CELValue] {
    guard regex.isWithinBounds(text), let matches = regex.allMatches(in: text, limit: limit) else { throw .costLimit }
    return matches.map { .string($0) }
  }

  /// - Throws: in the words of Go's `regexp`.
  static func compiled(_ pattern: String) throws(CELFailure) -> LinearRegex {
    do throws(LinearRegex.Invalid) {
      return try LinearRegex(pattern)
    } catch {
      throw .argument("error parsing regexp: " + error.message)
    }
  }
}
