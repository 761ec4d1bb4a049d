/// A regular expression in RE2 syntax (as in Go's `regexp` and Envoy), matched in time linear in the text, whatever the
/// expression: Thompson's simulation of a nondeterministic automaton (Commun. ACM 11(6), 1968) with Pike's priorities.
/// Finds the leftmost match, and of several there the one that the order of alternatives and greediness prefer.
///
/// Back references and look-around are rejected, as in RE2.
package struct LinearRegex: Sendable {
  /// Thrown for an expression that RE2 would not accept, or that exceeds the limits on size and depth.
  package struct Invalid: Error, Sendable {
    /// In the words of Go's `regexp`, such as: missing closing ]: `[`.
    package let message: String
  }

  private let program: RegexProgram
  /// Text that every match contains, without regard to case (`CaseFolding`); empty where none is known.
  package let requiredLiteral: [UInt8]

  /// - Throws: `Invalid` for what RE2 would not accept, and for expressions that compile to too large a program.
  package init(_ text: String) throws(Invalid) {
    var parser = RegexParser(text)
    let tree = try parser.parse()
    program = try RegexProgram(tree)
    requiredLiteral = tree.requiredLiteral
  }

  /// Maximum number of steps for a search, which is the number of states times the length of the text.
  package static let mostSteps = 200_000_000

  /// The number of steps that a search of the text takes at most.
  package func steps(_ text: String) -> Int {
    let product = program.count.multipliedReportingOverflow(by: text.utf8.count + 1)
    return product.overflow ? .max : product.partialValue
  }

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

  /// The first match; nil if there is none.
  package func firstMatch(in text: String) -> String? {
    scalars(text) { scalars in
      program.search(scalars, from: 0, anchoredStart: false, anchoredEnd: false).map { Self.text(scalars[$0]) }
    }
  }

  /// All matches without overlap, as Go's `FindAllString`; nil if the search takes more than `mostSteps`, which some
  /// expressions need because every search looks far beyond its match.
  ///
  /// - Parameter limit: maximum number of matches; negative for all.
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
          // An empty match directly after another does not count.
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
