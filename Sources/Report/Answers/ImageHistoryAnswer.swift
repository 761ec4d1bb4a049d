package import Bytes
package import Images

/// What became known of a watched image, and when (`image history IMAGE`).
package struct ImageHistoryAnswer: KindOfAnswer {
  package static let kind = "ImageHistory"

  /// An advisory that applies to a package.
  package typealias Match = (package: SoftwarePackage, match: KnownMatch)

  package struct Event: Sendable {
    /// RFC 3339.
    package let time: String
    /// When the advisories were built that told of it, RFC 3339.
    package let advisoriesOf: String
    package let package: SoftwarePackage
    package let change: MatchChange

    package init(time: String, advisoriesOf: String, package: SoftwarePackage, change: MatchChange) {
      self.time = time
      self.advisoriesOf = advisoriesOf
      self.package = package
      self.change = change
    }
  }

  private let image: WatchedImage
  private let first: [Match]
  private let events: [Event]
  private let open: [Match]
  private let showsAll: Bool

  /// - Parameters:
  ///   - first: what applied when the image was added.
  ///   - open: what applies now.
  ///   - showsAll: whether the text shows what applied at first, and changes that are no news.
  package init(_ image: WatchedImage, first: [Match], events: [Event], open: [Match], showsAll: Bool) {
    self.image = image
    self.first = first
    self.events = events
    self.open = open
    self.showsAll = showsAll
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    image.write(&writer)
    for (key, list) in [("atFirst", first), ("open", open)] {
      writer.key(key)
      writer.array(of: list) { writer, item in writer.object { $0.fields(item.match, of: item.package) } }
    }
    writer.key("changes")
    writer.array(of: events) { writer, event in
      writer.object { writer in
        writer.field("time", event.time)
        writer.field("advisoriesOf", event.advisoriesOf)
        writer.field("change", event.change.kind.rawValue)
        writer.field("applies", event.change.isOpen)
        writer.fields(event.change.match, of: event.package)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = "\((image.names.isEmpty ? image.formerNames : image.names).joined(separator: ", "))\n"
    if image.names.isEmpty { text += "  no longer tagged, and not watched\n" }
    text += "  image \(image.identifier)\n"
    if !image.digest.isEmpty { text += "  manifest \(image.digest)\n" }
    text +=
      "  \(image.system.isEmpty ? "no distribution" : image.system), \(Phrase.count(image.packages, "package")), added \(image.added)\n\n"
    text += "At first: \(Self.tally(first))\n"
    if showsAll { text += Self.table(first.map { ("", "", $0.match, $0.package) }, terminal) }
    let shown = events.filter { showsAll || $0.change.kind.isNews }
    text += Self.table(
      shown.map { ($0.time, Self.word($0.change.kind), $0.change.match, $0.package) }, terminal)
    if shown.isEmpty { text += "Nothing has changed since.\n" }
    return text + "Now: \(Self.tally(open))\n"
  }

  private static func word(_ kind: MatchChange.Kind) -> String {
    switch kind {
    case .new: "new"
    case .gone: "no longer affected"
    case .fixable: "fix available"
    case .fixMoved: "another fix"
    case .raised: "more urgent"
    case .lowered: "less urgent"
    case .renamed: "another advisory"
    }
  }

  private static func tally(_ matches: [Match]) -> String {
    let levels = Priority.Level.allCases.reversed().compactMap { level -> String? in
      let count = matches.count { $0.match.level == level }
      return count == 0 ? nil : "\(count) \(level.name)"
    }
    return levels.isEmpty ? "nothing" : levels.joined(separator: ", ")
  }

  private static func table(
    _ items: [(time: String, what: String, match: KnownMatch, package: SoftwarePackage)], _ terminal: Terminal
  ) -> String {
    guard !items.isEmpty else { return "" }
    let table = TextTable(
      columns: ["time", "what", "priority", "package", "version", "fixed in", "vulnerability"],
      rows: items.map { item in
        [
          item.time, item.what, item.match.level.name, item.package.name, item.package.version,
          item.match.fix ?? "none", item.match.title,
        ]
      })
    return "\n" + table.text(terminal) + "\n"
  }
}
