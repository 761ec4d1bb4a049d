package import Bytes

/// What programs say: the templates of the messages of events, how often each occurs, and since when.
package struct TemplateCensus: Sendable {
  /// A template and where it was seen.
  package struct Row: Sendable, Equatable {
    /// With `<*>` for what varies.
    package let template: String
    /// Number of events with it.
    package let events: Int
    /// The earliest and the latest moment; nil where none of its events has a time.
    package let first: Timestamp?
    package let last: Timestamp?
    /// The first message that was read with it, by its beginning.
    package let example: String

    package init(template: String, events: Int, first: Timestamp?, last: Timestamp?, example: String) {
      self.template = template
      self.events = events
      self.first = first
      self.last = last
      self.example = example
    }
  }

  private struct Entry: Sendable {
    let example: String
    var first: Timestamp?
    var last: Timestamp?
  }

  /// Longer messages are shown by their beginning.
  private static let mostLetters = 512

  private var miner: TemplateMiner
  /// By the number of the template.
  private var entries: [Entry] = []
  /// Number of events that were added.
  package private(set) var events = 0
  /// Number of those without a message.
  package private(set) var silent = 0

  package init(limits: TemplateMiner.Limits = TemplateMiner.Limits()) { miner = TemplateMiner(limits: limits) }

  /// Number of messages that have no template, for want of room for more.
  package var omitted: Int { miner.omitted }

  package mutating func add(_ event: Event) {
    events += 1
    guard let message = event.text(.message), message.contains(where: { !$0.isWhitespace }) else {
      silent += 1
      return
    }
    guard let match = miner.add(message) else { return }
    let moment = event.time
    if match.isNew {
      entries.append(Entry(example: String(message.prefix(Self.mostLetters)), first: moment, last: moment))
      return
    }
    guard let moment else { return }
    entries[match.id].first = min(entries[match.id].first ?? moment, moment)
    entries[match.id].last = max(entries[match.id].last ?? moment, moment)
  }

  /// The templates, the most frequent first; the rarest first where these are asked for: what a program says once in a
  /// month is what nobody reads.
  package func rows(rarestFirst: Bool) -> [Row] {
    zip(miner.templates, entries).map { template, entry in
      Row(
        template: template.text, events: template.count, first: entry.first, last: entry.last, example: entry.example)
    }.sorted { a, b in
      if a.events != b.events { return rarestFirst ? a.events < b.events : a.events > b.events }
      return a.template < b.template
    }
  }
}
