import Bytes
package import Images

/// A statement of a supplier that would take out a finding and was not applied.
package struct UnappliedStatement: Sendable, Equatable {
  package let statement: VEX.Unapplied
  /// `CVE-… in curl`; empty for a statement that is of no use, whatever is looked at.
  package let finding: String

  package init(_ statement: VEX.Unapplied, finding: String = "") {
    self.statement = statement
    self.finding = finding
  }

  /// One line for people.
  package var text: String {
    let what = finding.isEmpty ? statement.vulnerability : finding
    return
      "\(statement.file): statement \(statement.statement)\(what.isEmpty ? "" : " (\(what))"): \(statement.obstacle.text); it was not applied"
  }

  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("by", statement.file)
      writer.field("statement", statement.statement)
      writer.field("vulnerability", statement.vulnerability)
      writer.field("finding", finding)
      writer.field("reason", statement.obstacle.code)
      writer.field("message", statement.obstacle.text)
    }
  }
}

extension VEX.Obstacle {
  /// For programs.
  var code: String {
    switch self {
    case .otherProduct: "other-product"
    case .otherPackage: "other-package"
    case .otherVersion: "other-version"
    case .openVersion: "affected-version"
    case .contradictory: "contradictory-names"
    case .unverified: "not-comparable"
    case .noReason: "no-justification"
    case .unknownReason: "unknown-justification"
    case .unknownStatus: "unknown-status"
    case .noProduct: "no-product"
    case .unidentified: "unidentified-product"
    case .noVulnerability: "no-vulnerability"
    case .fixWithoutVersion: "fix-without-version"
    case .contradicted: "contradicted"
    }
  }

  /// For people.
  var text: String {
    switch self {
    case .otherProduct(let name): "it is about \(name), not about this image"
    case .otherPackage(let name): "it is about \(name), which this was not found in"
    case .otherVersion(let text): "it is about another version: \(text)"
    case .openVersion(let text): "it says itself that version \(text) is affected, or that nothing is known of it"
    case .contradictory(let text): "its names of one product contradict each other: \(text)"
    case .unverified(let text): "what it names cannot be compared with what is known of this: \(text)"
    case .noReason: "not_affected without a justification or a statement of the impact, one of which there has to be"
    case .unknownReason(let text): "its format knows no justification \"\(text)\""
    case .unknownStatus(let text): "its format knows no status \"\(text)\""
    case .noProduct: "it names no product"
    case .unidentified(let name): "it is about \(name), which no package URL in it identifies"
    case .noVulnerability: "it names no vulnerability"
    case .fixWithoutVersion: "it calls the vulnerability fixed, and says in no way in which version"
    case .contradicted(let text): "another statement of the same time says \(text)"
    }
  }
}
