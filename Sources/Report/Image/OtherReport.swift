import Bytes

/// A report that was given along, as a baseline or to be merged, and is not about the image at hand, or not known to be.
package struct OtherReport: Sendable, Equatable {
  /// What became of it.
  package enum Use: String, Sendable {
    case notMerged = "not-merged"
    case merged
    case compared
    /// Its findings count as known.
    case baseline
  }

  package let file: String
  /// What it is about, as it says; empty where it does not.
  package let name: String
  package let digests: [String]
  /// Digests, or names, of the image at hand.
  package let expected: [String]
  /// Whether it is about something else; it cannot be told otherwise.
  package let isCertain: Bool
  package let use: Use

  package init(file: String, name: String, digests: [String], expected: [String], isCertain: Bool, use: Use) {
    self.file = file
    self.name = name
    self.digests = digests
    self.expected = expected
    self.isCertain = isCertain
    self.use = use
  }

  /// One line for people.
  package var text: String {
    let about = [name].filter { !$0.isEmpty } + digests
    guard isCertain else {
      return
        "\(file): \(about.isEmpty ? "it does not say what it is a report on" : "a report on \(about.joined(separator: " "))"); whether that is this image cannot be told\(ending)"
    }
    return
      "\(file): this is a report on another image, \(about.joined(separator: " ")), not \(expected.joined(separator: " "))\(ending)"
  }

  private var ending: String {
    switch use {
    case .notMerged: "; it was not merged"
    case .baseline: "; its findings were taken as known all the same"
    case .merged, .compared: ""
    }
  }

  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("file", file)
      writer.field("name", name)
      writer.field("digests", digests)
      writer.field("isCertain", isCertain)
      writer.field("use", use.rawValue)
    }
  }
}
