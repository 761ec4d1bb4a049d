/// A regular expression in the syntax of RE2 (Go's `regexp`, Envoy's), matched in time linear in the text, whatever the
/// expression: Thompson's simulation of a nondeterministic automaton (Commun. ACM 11(6), 1968) with the priorities of
/// Pike's. Of several matches the leftmost is found, and of those the one that the order of alternatives and the greed of
/// repetitions prefer.
///
/// Back references and look-around are refused, as RE2 refuses them.
package struct LinearRegex: Sendable {
  package struct Invalid: Error, Sendable {
    /// In the words of Go's `regexp`: missing closing ]: `[`.
    package let message: String
  }

  private let program: RegexProgram

  package init(_ text: String) throws(Invalid) {
    var parser = RegexParser(text)
    let tree = try parser.parse()
    program = try RegexProgram(tree)
  }

  /// Steps of the automaton in which a search of a text is tried at most: the number of states and the length of the
  /// text multiply.
  package static let mostSteps = 200_000_000

  /// Whether a search of the text stays within `mostSteps`.
  package func isWithinBounds(_ text: String) -> Bool {
    let product = program.count.multipliedReportingOverflow(by: text.utf8.count + 1)
    return !product.overflow && product.partialValue <= Self.mostSteps
  }

  /// Whether the whole text matches.
  package func matchesWhole(_ text: String) -> Bool {
    scalars(text) { program.search($0, from: 0, anchoredStart: true, anchoredEnd: true) != nil }
  }

  /// Whether any part of the text matches.
  package func matches(_ text: String) -> Bool {
    scalars(text) { program.search($0, from: 0, anchoredStart: false, anchoredEnd: false, anyMatch: true) != nil }
  }

  /// The part of the text that matches; nil if none does.
  package func firstMatch(in text: String) -> String? {
    scalars(text) { scalars in
      program.search(scalars, from: 0, anchoredStart: false, anchoredEnd: false).map { Self.text(scalars[$0]) }
    }
  }

  /// The parts that match, each behind the one before, as Go's `FindAllString`; nil if finding them takes more than
  /// `mostSteps`, which expressions whose matches end long before their searches can make of a text.
  ///
  /// - Parameter limit: how many at most; all of them if negative.
  package func allMatches(in text: String, limit: Int) -> [String]? {
    scalars(text) { scalars -> [String]? in
      var found: [String] = []
      var steps = 0
      var position = 0
      var previousEnd = -1
      while position <= scalars.count, limit < 0 || found.count < limit {
        var end = position
        let match = program.search(
          scalars, from: position, anchoredStart: false, anchoredEnd: false, anyMatch: false, end: &end)
        let (cost, overflow) = program.count.multipliedReportingOverflow(by: end - position + 1)
        guard !overflow, cost <= Self.mostSteps - steps else { return nil }
        steps += cost
        guard let match else { break }
        var isAccepted = true
        if match.upperBound == position {
          // An empty match right behind the one before does not count.
          if match.isEmpty, match.lowerBound == previousEnd { isAccepted = false }
          position = match.upperBound + 1
        } else {
          position = match.upperBound
        }
        previousEnd = match.upperBound
        if isAccepted { found.append(Self.text(scalars[match])) }
      }
      return found
    }
  }

  private func scalars<T>(_ text: String, _ body: (UnsafeBufferPointer<UInt32>) -> T) -> T {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: max(1, text.utf8.count)) { buffer in
      var count = 0
      for scalar in text.unicodeScalars {
        buffer[count] = scalar.value
        count += 1
      }
      return body(UnsafeBufferPointer(rebasing: buffer[..<count]))
    }
  }

  private static func text(_ scalars: Slice<UnsafeBufferPointer<UInt32>>) -> String {
    var result = ""
    for value in scalars { if let scalar = Unicode.Scalar(value) { result.unicodeScalars.append(scalar) } }
    return result
  }
}
