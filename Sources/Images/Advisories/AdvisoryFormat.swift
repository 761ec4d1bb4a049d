package import Bytes

/// One way in which advisories are published.
package struct AdvisoryFormat: Sendable {
  package let name: String
  /// - Returns: nil for a document of another kind.
  package let read: @Sendable (DocumentNode) -> [Advisory]?
}

/// All formats that a document may have. Another is a file of its own and one line here.
package enum AdvisoryFormats {
  package static let all: [AdvisoryFormat] = [.osv, .alpineSecurityDatabase, .debianTracker]

  /// - Returns: nil for a document of no known kind.
  package static func read(_ document: DocumentNode) -> [Advisory]? {
    for format in all {
      if let advisories = format.read(document) { return advisories }
    }
    return nil
  }
}

extension AdvisoryFormat {
  /// A record of the Open Source Vulnerability format.
  static let osv = AdvisoryFormat(
    name: "OSV",
    read: { document in
      guard document["id"] != nil, document["affected"] != nil || document["modified"] != nil else { return nil }
      return Advisory(document).map { [$0] }
    })
}
