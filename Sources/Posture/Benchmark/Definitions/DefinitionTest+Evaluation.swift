import Bytes

extension DefinitionTest {
  /// Where a test looks for its value.
  package enum Place: Sendable, Equatable { case command, config, env }

  /// The verdict of one test on one output.
  package struct Result: Sendable, Equatable {
    package var isTrue = false
    package var isFound = false
    package var actual = ""
    package var expected = ""
  }

  private func name(_ place: Place) -> String {
    switch place {
    case .command: flag
    case .config: path
    case .env: env
    }
  }

  /// Judges an output, or each of its lines.
  package func evaluate(_ output: String, in place: Place, byLine: Bool) -> Result {
    var trimmed = output[...]
    while let last = trimmed.unicodeScalars.last, last == " " || last == "\n" { trimmed.unicodeScalars.removeLast() }
    let text = String(trimmed)
    var result = Result()
    for part in byLine ? text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) : [text] {
      result = evaluate(part, place)
      if !result.isTrue { break }
    }
    result.actual = text
    return result
  }

  private func evaluate(_ text: String, _ place: Place) -> Result {
    let found: String?
    switch place {
    case .command: found = flagValue(in: text)
    case .env: found = envValue(in: text)
    case .config:
      do throws(JSONPathTemplate.Failure) { found = try Self.pathValue(path, in: text) } catch {
        return Result(actual: error.message)
      }
    }
    var result = Result(isFound: found != nil)
    if !isSet {
      result.expected = "'\(name(place))' is not present"
      result.isTrue = found == nil
    } else if let found, !comparison.isEmpty {
      let compared = DefinitionComparison.compare(comparison, found: found, wanted: value, name: name(place))
      result.expected = compared.expected
      result.isTrue = compared.isTrue
    } else {
      result.expected = "'\(name(place))' is present"
      result.isTrue = found != nil
    }
    return result
  }

  /// The value after the first occurrence of the flag, which is a regular expression, as `(flag)(=|: *)*([^\s]*)`
  /// would find it; `true` for a bare `--flag`, the flag itself for another bare word.
  private func flagValue(in text: String) -> String? {
    guard !text.isEmpty, !flag.isEmpty, text.contains(flag) else { return nil }
    let matched: String
    if flag.unicodeScalars.contains(where: { Self.metacharacters.contains($0) }) {
      guard let regex = try? LinearRegex(flag), regex.isWithinBounds(text), let first = regex.firstMatch(in: text)
      else { return flag }
      matched = first
    } else {
      matched = flag
    }
    guard let range = text.firstRange(of: matched) else { return flag }
    var rest = text[range.upperBound...].unicodeScalars
    while let next = rest.first {
      if next == "=" {
        rest.removeFirst()
      } else if next == ":" {
        rest.removeFirst()
        while rest.first == " " { rest.removeFirst() }
      } else {
        break
      }
    }
    let value = String(Substring(rest.prefix { $0 != " " && $0 != "\t" && $0 != "\n" && $0 != "\r" && $0 != "\u{C}" }))
    if !value.isEmpty { return value }
    return flag.hasPrefix("--") ? "true" : matched
  }

  private static let metacharacters = Set(#"\.+*?()|[]{}^$"#.unicodeScalars)

  private func envValue(in text: String) -> String? {
    guard !text.isEmpty, !env.isEmpty, let range = text.firstRange(of: env + "=") else { return nil }
    let value = String(text[range.upperBound...].prefix { !$0.unicodeScalars.contains("\n") })
    return value.isEmpty ? nil : value
  }

  /// The text that a path template makes of a document; nil where it makes none.
  package static func pathValue(_ path: String, in text: String) throws(JSONPathTemplate.Failure) -> String? {
    let document: DocumentNode
    if let json = try? JSONReader.read(text) {
      document = json
    } else {
      let stream = YAMLReader.readStream(text)
      if let error = stream.errors.first {
        throw JSONPathTemplate.Failure("failed to load YAML or JSON from input \"\(text)\": \(error.message)")
      }
      document = stream.documents.first ?? .null
    }
    do throws(JSONPathTemplate.Failure) {
      let value = try JSONPathTemplate(path).text(of: document)
      return value.isEmpty ? nil : value
    } catch {
      throw JSONPathTemplate.Failure("unable to parse path expression \"\(path)\": \(error.message)")
    }
  }
}
