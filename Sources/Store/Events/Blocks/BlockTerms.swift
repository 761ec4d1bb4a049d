import Bytes
import Events

/// Asks the filter of a block for the words and values of columns that a search needs.
enum BlockTerms {
  /// Whether a block may contain a match.
  static func isPossible(_ requirement: QueryRequirement, in filter: BinaryFuseFilter) -> Bool {
    requirement.isPossible { word in
      filter.contains(TermHashes.hash(word: word))
    } value: { column, text in
      filter.contains(TermHashes.hash(text, of: column))
    }
  }
}
