import Bytes
package import Findings

extension ImageReport {
  /// How many of the advisories that cannot be compared are named.
  private static let mostNamed = 5

  /// Whether no package was judged: what such a report does not find says nothing.
  package var judgesNothing: Bool { judged == 0 }

  /// What of an image could not be judged, and why: packages that no advisory at hand speaks of, versions that cannot be compared, and
  /// an image in which there is nothing to judge.
  ///
  /// - Parameter image: as the user named it.
  package func gaps(image: String) -> [NotEvaluated] {
    reasons.map {
      NotEvaluated(check: nil, subject: nil, reason: "\(image): \($0)", cause: .uncoveredPackages)
    }
  }

  /// The same without the name of the image.
  package var reasons: [String] {
    guard !packages.isEmpty else { return ["no package was found in it, so that nothing was judged"] }
    var reasons = uncovered.sorted { $0.key < $1.key }.map { name, count in
      "\(Phrase.count(count, "package")) of \(name) \(Phrase.noun(count, "was", "were")) not judged: the store has no advisories for \(Phrase.noun(count, "it", "them"))"
    }
    if !undecided.isEmpty {
      reasons.append(
        "\(Phrase.count(undecided.count, "advisory")) could not be decided, since the versions, or the streams of the module, cannot be compared: \(Phrase.list(undecided, shown: Self.mostNamed))"
      )
    }
    return reasons
  }
}
